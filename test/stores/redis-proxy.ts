import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to a server on which one answer can be lost, together with its connection. */
export class LossyProxy {
  /** What clients have sent, chunk by chunk. */
  readonly sent: string[] = [];
  #server: Server;
  #target: number;
  #port = 0;
  #word: string | null = null;
  #onLost = () => {};
  #sockets = new Set<Socket>();

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async open(target: number): Promise<LossyProxy> {
    const proxy = new LossyProxy(target);
    await proxy.#listen();
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /**
   * The next command with this word reaches the server; its answer and the connection are lost, and there is no new one
   * until `mend`. Resolves when the answer is lost.
   */
  loseAnswerTo(word: string): Promise<void> {
    this.#word = word;
    return new Promise((resolve) => {
      this.#onLost = resolve;
    });
  }

  mend(): Promise<void> {
    return this.#listen();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #listen(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(this.#port, "127.0.0.1", () => {
        const address = this.#server.address();
        this.#port = typeof address === "object" && address ? address.port : 0;
        resolve();
      });
    });
  }

  #accept(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    let isLosing = false;
    this.#sockets.add(client).add(server);
    client.on("data", (data) => {
      this.sent.push(String(data));
      if (this.#word !== null && String(data).includes(this.#word)) {
        isLosing = true;
        this.#word = null;
      }
      server.write(data);
    });
    server.on("data", (data) => {
      if (!isLosing) return void client.write(data);
      this.#server.close();
      for (const socket of this.#sockets) socket.destroy();
      this.#sockets.clear();
      this.#onLost();
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => {});
      one.on("close", () => other.destroy());
    }
  }
}
