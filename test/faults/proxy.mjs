import { once } from "node:events";
import { createServer } from "node:net";
import { Link } from "./link.mjs";

/**
 * A way through TCP to a server on this machine, with faults that are switched on and off while it is in use. `lift` ends
 * whatever fault there is.
 */
export class FaultyProxy {
  #server = createServer((socket) => this.#accept(socket));
  #target;
  #links = new Set();
  #weather = {};
  port;

  static async open(target) {
    const proxy = new FaultyProxy(target);
    await proxy.#listen(0);
    return proxy;
  }

  constructor(target) {
    this.#target = target;
  }

  get connections() {
    return this.#links.size;
  }

  /** Every open connection is reset. New ones work. */
  cut() {
    for (const link of this.#links) link.reset();
  }

  /** Every open connection is reset, and new ones are refused. */
  async refuse() {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }

  /** Each chunk of bytes comes so many milliseconds later, in both directions. */
  delay(ms) {
    this.#weather = { delay: ms };
  }

  /** Every connection, open or new, swallows everything from now on, for good. */
  blackHole() {
    this.#weather = { swallows: true };
    this.halfOpen();
  }

  /** Every open connection swallows everything from now on, for good. New ones work. */
  halfOpen() {
    for (const link of this.#links) link.die();
  }

  /** Bytes are held back in both directions, and delivered when the fault is lifted: a network that was parted. */
  stall() {
    this.#weather = { stalls: true };
  }

  /**
   * Each connection is reset when it has carried so many bytes of the server's answers: in the middle of one. Resolves when
   * that has happened to the first one.
   */
  resetAfter(bytes) {
    return new Promise((resolve) => {
      this.#weather = { resetAfter: bytes, onReset: resolve };
      this.cut();
    });
  }

  /** The next answer of the server is lost, and its connection reset. What it answered to was carried out. */
  loseAnswer() {
    let isLost = false;
    this.#weather = {
      loseAnswer: () => {
        const isFirst = !isLost;
        isLost = true;
        return isFirst;
      },
    };
  }

  /** Everything passes again. A connection that swallowed something stays dead. */
  async lift() {
    this.#weather = {};
    for (const link of this.#links) link.release();
    if (!this.#server.listening) await this.#listen(this.port);
  }

  async close() {
    this.#server.close();
    this.cut();
  }

  async #listen(port) {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = this.#server.address().port;
  }

  #accept(socket) {
    const link = new Link(socket, this.#target, () => this.#weather);
    this.#links.add(link);
    socket.once("close", () => this.#links.delete(link));
    if (this.#weather.swallows) link.die();
  }
}
