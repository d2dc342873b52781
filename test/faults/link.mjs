import { connect } from "node:net";

/**
 * One connection through the proxy: a client's socket and the one to the server, and what becomes of the bytes between
 * them. The weather is asked for each chunk, so that it may change at any moment.
 */
export class Link {
  #client;
  #server;
  #weather;
  #questions;
  #answers;
  #isDead = false;
  #answered = 0;

  /** @param weather answers what happens to a chunk: see the proxy. */
  constructor(client, port, weather) {
    this.#client = client;
    this.#weather = weather;
    this.#server = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#questions = new Lane(this.#server);
    this.#answers = new Lane(client);
    client.setNoDelay(true);
    client.on("error", () => undefined);
    this.#server.on("error", () => undefined);
    client.on("data", (chunk) => this.#carry(chunk, this.#questions));
    this.#server.on("data", (chunk) => this.#answer(chunk));
    client.on("close", () => this.#server.destroy());
    this.#server.on("close", (failed) => this.#serverClosed(failed));
  }

  /** From now on nothing comes through, in either direction, and nobody is told. */
  die() {
    this.#isDead = true;
    this.#questions.drop();
    this.#answers.drop();
  }

  /** Breaks it: the client sees a reset. */
  reset() {
    resetNow(this.#client);
    this.#server.destroy();
  }

  /** Sends what was held back. */
  release() {
    this.#questions.release();
    this.#answers.release();
  }

  #answer(chunk) {
    if (this.#isDead) return;
    const { resetAfter, onReset, loseAnswer } = this.#weather();
    if (loseAnswer?.()) return this.reset();
    if (resetAfter === undefined || this.#answered + chunk.length <= resetAfter) {
      this.#answered += chunk.length;
      return this.#carry(chunk, this.#answers);
    }
    // The client has the first bytes of an answer, and then a reset: what it has read so far must not be lost to that.
    const part = chunk.subarray(0, resetAfter - this.#answered);
    this.#isDead = true;
    const reset = () => {
      this.reset();
      onReset();
    };
    return part.length === 0 ? reset() : this.#client.write(part, () => setImmediate(reset));
  }

  #carry(chunk, lane) {
    const { delay = 0, stalls } = this.#weather();
    if (!this.#isDead) lane.carry(chunk, stalls ? Number.POSITIVE_INFINITY : delay);
  }

  #serverClosed(failed) {
    if (this.#isDead) return;
    if (failed) resetNow(this.#client);
    else this.#answers.end();
  }
}

/** One direction: chunks that are on their way. None overtakes the one before it, whatever their delays. */
class Lane {
  #to;
  #chunks = [];
  #timer = null;
  #isEnding = false;

  constructor(to) {
    this.#to = to;
  }

  carry(chunk, delay) {
    this.#chunks.push({ chunk, due: performance.now() + delay });
    if (this.#timer === null) this.#send();
  }

  /** What is on its way arrives now. */
  release() {
    for (const { chunk } of this.#chunks.splice(0)) this.#write(chunk);
    this.#send();
  }

  drop() {
    this.#chunks = [];
  }

  end() {
    this.#isEnding = true;
    this.#send();
  }

  #send() {
    clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#chunks.length > 0 && this.#chunks[0].due <= performance.now()) this.#write(this.#chunks.shift().chunk);
    const wait = (this.#chunks[0]?.due ?? Number.POSITIVE_INFINITY) - performance.now();
    if (Number.isFinite(wait)) this.#timer = setTimeout(() => this.#send(), wait);
    if (this.#isEnding && this.#chunks.length === 0) this.#to.end();
  }

  #write(chunk) {
    if (!this.#to.destroyed) this.#to.write(chunk);
  }
}

// resetAndDestroy() ends the socket in good order first. This is the flag that it then destroys the socket with.
function resetNow(socket) {
  socket.resetAndClosing = true;
  socket.destroy();
}
