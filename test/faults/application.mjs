import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("./app.mjs", import.meta.url));

const aMoment = 100;

/** The application of the fault programs, as its visitors and the program see it. */
export class Application {
  #child;
  #port;
  #agent = new Agent({ keepAlive: true, maxSockets: 1_024 });
  #questions = new Map();
  #numbers = 0;
  #failedWith = "";

  /** Starts the application. It needs no store for that. */
  static async start(orders) {
    const application = new Application();
    const child = fork(file, [JSON.stringify(orders)], { stdio: ["ignore", "inherit", "pipe", "ipc"] });
    application.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text) => application.#note(text));
    const [message] = await Promise.race([once(child, "message"), once(child, "exit").then(() => [{}])]);
    if (!message.port) throw new Error(`The application did not start: ${application.#failedWith}`);
    application.#port = message.port;
    child.on("message", ({ number, result }) => application.#hear(number, result));
    child.on("exit", () => application.#hearEnd());
    return application;
  }

  /** Why the process has ended, or `null` while it runs. */
  get end() {
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null ? null : `${signalCode ?? exitCode} ${this.#failedWith}`;
  }

  /** Sends a request. Every one ends with an answer, or with `{ status: 0 }` where there is none within `patience`. */
  ask(deed, { query = {}, cookie = null, patience }) {
    const [method, path] = deed.split(" ");
    const search = new URLSearchParams(query);
    const options = {
      ...{ host: "127.0.0.1", port: this.#port, agent: this.#agent, method },
      path: search.size > 0 ? `${path}?${search}` : path,
      headers: { "sec-fetch-site": "same-origin", ...(cookie && { cookie }) }, // as the browser does that it stands for
    };
    const start = performance.now();
    return new Promise((resolve) => {
      const end = (answer) => {
        clearTimeout(timer);
        resolve({ ...answer, ms: performance.now() - start });
      };
      // Where the process itself has ended, that is known by then.
      const fail = (error) => setTimeout(() => end({ status: 0, error: error.message }), aMoment);
      const asked = request(options, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text) => {
          body += text;
        });
        response.on("end", () => end({ status: response.statusCode, headers: response.headers, body }));
        response.on("error", (error) => fail(error));
      });
      const timer = setTimeout(() => asked.destroy(new Error("it did not end")), patience);
      asked.on("error", (error) => fail(error));
      asked.end();
    });
  }

  /** Asks the process about itself: how many store calls are under way, how many there were at most, its memory. */
  report() {
    return this.#question("report");
  }

  /** The same, and begins to count the most calls under way anew. */
  reset() {
    return this.#question("reset");
  }

  /** Every digest that was ever issued: pairs of an id and its digests. */
  issued() {
    return this.#question("issued");
  }

  close() {
    this.#agent.destroy();
    this.#child.kill("SIGKILL");
  }

  #question(question) {
    const number = ++this.#numbers;
    return new Promise((resolve, reject) => {
      this.#questions.set(number, { resolve, reject });
      this.#child.send({ number, question });
    });
  }

  #hear(number, result) {
    this.#questions.get(number).resolve(result);
    this.#questions.delete(number);
  }

  #hearEnd() {
    for (const { reject } of this.#questions.values()) reject(new Error(`The application ended: ${this.end}`));
    this.#questions.clear();
  }

  #note(text) {
    this.#failedWith = (this.#failedWith + text).slice(-2_000);
  }
}
