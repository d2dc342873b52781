import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";

/** What a page or an API route does with its request. */
export type Task<Result> = (req: IncomingMessage, res: ServerResponse) => Result | Promise<Result>;

/** What came of a visit: what the task answered, and what the browser saw. */
export interface Outcome<Result> {
  readonly result: Result;
  readonly response: Response;
  /** The Set-Cookie lines of the response. */
  readonly setCookies: readonly string[];
}

/** How a request is sent (default: a plain `GET /`). */
interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const tasks = new Map<string, Task<unknown>>();
const results = new Map<string, { readonly value?: unknown; readonly error?: unknown }>();
let made = 0;
let origin = "";

/** Runs a real server for the tests of a file. A visit names the task that its request is answered by. */
export function startServer(): void {
  const server = createServer(async (req, res) => {
    const name = req.headers["x-task"] as string;
    try {
      results.set(name, { value: await tasks.get(name)?.(req, res) });
      if (!res.writableEnded) res.end("ok");
    } catch (error) {
      results.set(name, { error });
      if (!res.headersSent) res.statusCode = 500;
      res.end();
    }
  });
  beforeAll(async () => {
    await new Promise<void>((done) => {
      server.listen(0, "127.0.0.1", done);
    });
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
}

/** A browser: keeps the cookies it is given and sends them back. */
export class Browser {
  readonly cookies = new Map<string, string>();

  /** Makes a request. What the task throws is thrown here. */
  async visit<Result>(task: Task<Result>, sent: Sent = {}): Promise<Outcome<Result>> {
    const name = `task-${made++}`;
    tasks.set(name, task);
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    const { method = "GET", path = "/", headers = {} } = sent;
    const fields = { "x-task": name, ...(cookie && { cookie }), ...headers };
    const response = await fetch(origin + path, { method, headers: fields });
    await response.arrayBuffer();
    const setCookies = response.headers.getSetCookie();
    for (const line of setCookies) this.#keep(line);
    const outcome = results.get(name);
    if (!outcome || "error" in outcome) throw outcome?.error;
    return { result: outcome.value as Result, response, setCookies };
  }

  /** Makes a request and answers the result alone. */
  async ask<Result>(task: Task<Result>): Promise<Result> {
    return (await this.visit(task)).result;
  }

  /** Another browser with the same cookies: what an attacker has who planted or stole them. */
  copy(): Browser {
    const other = new Browser();
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  #keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const isGone = /max-age=0(;|$)/i.test(line) || /expires=thu, 01 jan 1970/i.test(line);
    if (isGone) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** How many Set-Cookie lines are for a cookie of this name. */
export function countOf(lines: readonly string[], name: string): number {
  return lines.filter((line) => line.startsWith(`${name}=`)).length;
}

/** Numbers from 0. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
