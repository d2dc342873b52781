import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const workerFile = fileURLToPath(new URL("./worker.mjs", import.meta.url));

/** A process of the crew, as the parent sees it. */
class Worker {
  #child = fork(workerFile, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  #calls = new Map();
  #gates = new Map();
  #numbers = 0;
  #closing = false;
  #ended = null;

  constructor() {
    this.#child.on("message", (message) => this.#hear(message));
    this.#child.on("exit", (code, signal) => this.#end(`A process of the crew ended: ${signal ?? code}.`));
  }

  call(job, args) {
    if (this.#ended) return Promise.reject(new Error(this.#ended));
    const number = ++this.#numbers;
    return new Promise((resolve, reject) => {
      this.#calls.set(number, { resolve, reject });
      this.#child.send({ number, job, args });
    });
  }

  /** Has a function called whenever an actor of this process waits at a gate. */
  watch(actor, onGate) {
    this.#gates.set(actor, onGate);
  }

  unwatch(actor) {
    this.#gates.delete(actor);
  }

  pass(actor) {
    this.#child.send({ pass: actor });
  }

  close() {
    this.#closing = true;
    this.#child.disconnect();
  }

  #hear({ number, result, error, gate, call }) {
    if (gate !== undefined) return void this.#gates.get(gate)(call);
    const { resolve, reject } = this.#calls.get(number);
    this.#calls.delete(number);
    if (error === undefined) resolve(result);
    else reject(new Error(error));
  }

  #end(reason) {
    if (this.#closing) return;
    this.#ended = reason;
    for (const { reject } of this.#calls.values()) reject(new Error(reason));
    this.#calls.clear();
  }
}

/** A number of real processes that share one store. */
export class Crew {
  #setup;
  #workers;
  #size;
  #room = null;

  /** @param setup the folder of the built library, the module that opens the store, and how many processes there are. */
  constructor({ dist, storeModule, size }) {
    this.#setup = { dist, module: storeModule };
    this.#workers = Array.from({ length: size }, () => new Worker());
    this.#size = size;
  }

  /** How many processes take part. */
  get size() {
    return this.#size;
  }

  /** Opens a fresh store, broken on purpose if so told, in at most so many processes: the others look on. */
  async open({ broken, medium, processes = this.#workers.length } = {}) {
    await this.#leave();
    this.#size = Math.min(processes, this.#workers.length);
    const { makeTarget } = await import(this.#setup.module);
    this.#room = await makeTarget(medium);
    await this.everyone("open", () => ({ ...this.#setup, target: this.#room.target, broken }));
  }

  worker(index) {
    return this.#workers[index % this.size];
  }

  call(index, job, args) {
    return this.worker(index).call(job, args);
  }

  /** Gives every process a job, all at once. */
  everyone(job, argsOf) {
    return Promise.all(this.#workers.slice(0, this.#size).map((worker, index) => worker.call(job, argsOf(index))));
  }

  async close() {
    try {
      await this.#leave();
      const { release } = await import(this.#setup.module);
      await release?.();
    } finally {
      for (const worker of this.#workers) worker.close();
    }
  }

  /** Closes the store in every process before it is taken away. A process that ended has closed it already. */
  async #leave() {
    const room = this.#room;
    this.#room = null;
    if (!room) return;
    await Promise.allSettled(this.#workers.map((worker) => worker.call("leave", {})));
    await room.remove();
  }
}
