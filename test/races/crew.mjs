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

  constructor() {
    this.#child.on("message", (message) => this.#hear(message));
    this.#child.on("exit", (code, signal) => this.#end(`A process of the crew ended: ${signal ?? code}.`));
  }

  call(job, args) {
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
    for (const { reject } of this.#calls.values()) reject(new Error(reason));
    this.#calls.clear();
  }
}

/** A number of real processes that share one store. */
export class Crew {
  #setup;
  #workers;
  #room = null;

  /** @param setup the folder of the built library, the module that opens the store, and how many processes there are. */
  constructor({ dist, storeModule, size }) {
    this.#setup = { dist, module: storeModule };
    this.#workers = Array.from({ length: size }, () => new Worker());
  }

  get size() {
    return this.#workers.length;
  }

  /** Opens a fresh store in every process, broken on purpose if so told. */
  async open({ broken, medium } = {}) {
    await this.#leave();
    const { makeTarget } = await import(this.#setup.module);
    this.#room = makeTarget(medium);
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
    return Promise.all(this.#workers.map((worker, index) => worker.call(job, argsOf(index))));
  }

  async close() {
    for (const worker of this.#workers) worker.close();
    await this.#leave();
  }

  async #leave() {
    this.#room?.remove();
    this.#room = null;
  }
}
