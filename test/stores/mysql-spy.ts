import { connect, createServer, type Server, type Socket } from "node:net";
import type { Pool, PoolConnection } from "mysql2/promise";
import type { MysqlStatement } from "../../src/stores/mysql.ts";
import { url } from "./mysql-server.ts";

/** What happens to a statement before it is sent: nothing, something else first, or a change of it. */
export type Interference = (statement: MysqlStatement) => unknown;

/** A pool whose statements somebody sees, holds up or changes. */
export function spyOn(pool: Pool, interfere: Interference) {
  return {
    execute: () => undefined,
    async getConnection() {
      const connection: PoolConnection = await pool.getConnection();
      const told = (ask: (statement: MysqlStatement) => Promise<unknown>) => async (statement: MysqlStatement) => {
        const changed = await interfere(statement);
        return ask((changed ?? statement) as MysqlStatement);
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

/** Does something once, just before the first statement that matches is sent. */
export function before(pattern: RegExp, act: () => Promise<unknown>): Interference {
  let isDone = false;
  return ({ sql }) => {
    if (isDone || !pattern.test(sql)) return;
    isDone = true;
    return act().then(() => undefined);
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
