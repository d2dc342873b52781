import { withSession } from "../../src/adapters/web.ts";
import type { DataSchemas } from "../../src/core/data-shape.ts";
import {
  createSessions,
  type IdentityFunction,
  type InferSession,
  memoryStore,
  type SessionEvent,
} from "../../src/index.ts";
import { type CountingStore, countingStore, type FakeRuntime, fakeRuntime } from "../../src/testing/index.ts";

/** Sessions of any data, any user and no extensions. */
type Sessions = ReturnType<typeof createSessions<DataSchemas, unknown, object, IdentityFunction>>;
type Options = Parameters<typeof createSessions<DataSchemas, unknown, Record<string, unknown>, IdentityFunction>>[0];

/** A configuration under test: its clock, its counted store, its events. */
export interface World {
  readonly runtime: FakeRuntime;
  readonly store: CountingStore;
  readonly events: SessionEvent[];
  readonly sessions: Sessions;
}

/** Makes a world over a store of its own. */
export function world({ store = memoryStore(), ...options }: Partial<Options> = {}): World {
  const runtime = fakeRuntime();
  const events: SessionEvent[] = [];
  const counted = countingStore(store);
  const origins = ["https://shop.example"];
  const sessions = createSessions({
    store: counted,
    runtime,
    origins,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { runtime, store: counted, events, sessions };
}

/** The types of events so far, with their reason where they have one. */
export function eventNames({ events }: World): string[] {
  return events.map((event) => ("reason" in event ? `${event.type}:${event.reason}` : event.type));
}

/** Two independent visits to one session, as two requests make them. */
export async function twoVisits({ sessions }: World, token: string) {
  const [one, other] = await Promise.all([sessions.validate(token), sessions.validate(token)]);
  if (!one || !other) throw new Error("the token opens no session");
  return [one, other] as const;
}

type Session = InferSession<Sessions>;

/** What a browser does: it keeps the cookies it is given and sends them back. */
export class Browser {
  readonly #world: World;
  readonly cookies = new Map<string, string>();
  lastResponse = new Response();

  constructor(world: World) {
    this.#world = world;
  }

  /** Makes a request and runs a function with its session. */
  async visit<Result>(
    task: (session: Session, request: Request) => Result | Promise<Result>,
    headers: Record<string, string> = {},
  ) {
    let result!: Result;
    const handler = withSession(this.#world.sessions, async (request, session) => {
      result = await task(session as Session, request);
      return new Response("ok");
    });
    this.lastResponse = await handler(this.request(headers));
    this.#keep(this.lastResponse);
    return result;
  }

  request(headers: Record<string, string> = {}): Request {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return new Request("https://shop.example/", { headers: { ...(cookie && { cookie }), ...headers } });
  }

  #keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name === undefined || value === undefined) continue;
      if (/max-age=0(;|$)/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  /** The value of the session cookie. */
  get token(): string {
    return this.cookies.get("__Host-session") ?? "";
  }
}
