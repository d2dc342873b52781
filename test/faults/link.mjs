import { connect } from "node:net";

/**
 * One connection through the proxy: a client's socket and the one to the server, and what becomes of the bytes between
 * them. The weather is asked for each chunk, so that it may change at any moment.
 */
export class Link {
  #client;
  #server;
  #weather;
  #held = [];
  #isDead = false;
  #answered = 0;
  #clearAt = { client: 0, server: 0 };

  /** @param weather answers what happens to a chunk: see {@link FaultyProxy}. */
  constructor(client, port, weather) {
    this.#client = client;
    this.#weather = weather;
    client.on("error", () => undefined);
    this.#server = connect({ host: "127.0.0.1", port, noDelay: true });
    client.setNoDelay(true);
    this.#server.on("error", () => undefined);
    client.on("data", (chunk) => this.#carry(chunk, this.#server, "server"));
    this.#server.on("data", (chunk) => this.#answer(chunk));
    client.on("close", () => this.#server.destroy());
    this.#server.on("close", (failed) => this.#serverClosed(failed));
  }

  get isOpen() {
    return !this.#client.destroyed;
  }

  /** From now on nothing comes through, in either direction, and nobody is told. */
  die() {
    this.#isDead = true;
    this.#held = [];
  }

  /** Breaks it: the client sees a reset. */
  reset() {
    resetNow(this.#client);
    this.#server.destroy();
  }

  /** Sends what was held back. */
  release() {
    for (const { chunk, to } of this.#held.splice(0)) if (!to.destroyed) to.write(chunk);
  }

  #answer(chunk) {
    if (this.#isDead) return;
    const { resetAfter, loseAnswer } = this.#weather();
    if (loseAnswer?.()) return this.reset();
    if (resetAfter === undefined || this.#answered + chunk.length <= resetAfter) {
      this.#answered += chunk.length;
      return this.#carry(chunk, this.#client, "client");
    }
    // The client has the first bytes of an answer, and then a reset: what it has read so far must not be lost to that.
    const part = chunk.subarray(0, resetAfter - this.#answered);
    this.#isDead = true;
    if (part.length === 0) return this.reset();
    return this.#client.write(part, () => setImmediate(() => this.reset()));
  }

  #carry(chunk, to, side) {
    const { delay = 0, stalls } = this.#weather();
    if (this.#isDead || to.destroyed) return;
    if (stalls) return void this.#held.push({ chunk, to });
    const now = performance.now();
    // No chunk overtakes one before it, even when the delay gets shorter meanwhile.
    const due = Math.max(now + delay, this.#clearAt[side]);
    if (due <= now) return void to.write(chunk);
    this.#clearAt[side] = due;
    setTimeout(() => this.#isDead || to.destroyed || to.write(chunk), due - now);
  }

  #serverClosed(failed) {
    if (this.#isDead) return;
    if (failed) resetNow(this.#client);
    else this.#client.end();
  }
}

// resetAndDestroy() ends the socket in good order first. This is the flag that it then destroys the socket with.
function resetNow(socket) {
  socket.resetAndClosing = true;
  socket.destroy();
}
