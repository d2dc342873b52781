import { connect, createServer, type Server, type Socket } from "node:net";
import type { Pool, PoolConnection } from "mysql2/promise";
import type { MysqlStatement } from "../../src/stores/mysql.ts";
import { url } from "./mysql-server.ts";

/** A pool that tells which statements it was asked for. */
export function spyOn(pool: Pool, onStatement: (statement: MysqlStatement) => void) {
  return {
    execute: () => undefined,
    async getConnection() {
      const connection: PoolConnection = await pool.getConnection();
      const told = (ask: (statement: MysqlStatement) => Promise<unknown>) => (statement: MysqlStatement) => {
        onStatement(statement);
        return ask(statement);
      };
      return {
        connection: connection.connection,
        query: told((statement) => connection.query(statement)),
        execute: told((statement) => connection.execute(statement)),
        destroy: () => connection.destroy(),
        release: () => connection.release(),
      };
    },
  };
}

/** A way to the server that can become a black hole, which takes everything and gives nothing. */
export class Hole {
  #isOpen = false;
  #sockets = new Set<Socket>();
  #server: Server = createServer((socket) => this.#join(socket));

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    return (this.#server.address() as { port: number }).port;
  }

  /** From now on nothing comes through; what is connected is lost for good. */
  open(): void {
    this.#isOpen = true;
    for (const socket of this.#sockets) socket.removeAllListeners("data");
    for (const socket of this.#sockets) socket.resume();
  }

  /** New connections come through again. */
  close(): void {
    this.#isOpen = false;
  }

  end(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(near: Socket): void {
    this.#keep(near);
    if (this.#isOpen) return void near.resume();
    const { hostname, port } = new URL(url);
    const far = connect(Number(port || 3306), hostname);
    this.#keep(far);
    near.on("data", (bytes) => far.write(bytes));
    far.on("data", (bytes) => near.write(bytes));
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
  }
}
