import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const file = fileURLToPath(new URL("./worker.mjs", import.meta.url));

/** A process of its own, which ends with the tests of the file. */
export class WorkerProcess {
  readonly #child: ChildProcess = fork(file, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: unknown): void }>();
  readonly #ended: Promise<void>;
  #numbers = 0;

  constructor() {
    this.#child.on("message", (answer: { number: number; result?: unknown; error?: string }) => {
      const call = this.#waiting.get(answer.number);
      this.#waiting.delete(answer.number);
      if (answer.error === undefined) call?.resolve(answer.result);
      else call?.reject(new Error(answer.error));
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on("exit", () => {
        for (const { reject } of this.#waiting.values()) reject(new Error("the process has ended"));
        resolve();
      });
    });
    afterAll(() => this.#child.connected && this.#child.disconnect());
  }

  call(job: "open" | "ask" | "leave", args: object): Promise<unknown> {
    const number = ++this.#numbers;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#child.send({ number, job, args });
    });
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}
