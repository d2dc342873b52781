import { createSessions, memoryStore } from "../../src/index.ts";
import { type CountingStore, countingStore, type FailingStore, failingStore } from "../../src/testing/index.ts";
import type { Act, Answer, Serve, Session, Sessions } from "./servers.ts";

/** What a request asks for beside its cookies. */
export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Cookies of the application. */
  readonly cookies?: readonly string[];
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly value: unknown;
  readonly headers: Headers;
  /** The `Set-Cookie` lines. */
  readonly lines: readonly string[];
}

/** A site under test: a served application whose next request does what the test says. */
export interface Site {
  readonly origin: string;
  readonly sessions: Sessions;
  readonly calls: CountingStore;
  readonly faults: FailingStore;
  /** A visitor with a cookie jar of their own. */
  visitor(): Visitor;
  stop(): Promise<void>;
}

/** The name of the session's cookie. */
export const cookieName = "__Host-session";

/** Starts a site. Anonymous carts are carried over at sign-in. */
export async function startSite(serve: Serve): Promise<Site> {
  const faults = failingStore(memoryStore());
  const calls = countingStore(faults);
  const sessions: Sessions = createSessions({ store: calls, origins: ["https://shop.example"], keep: ["cart"] });
  let next: Act = () => ({ value: null });
  const running = await serve(sessions, (session) => next(session));
  const setNext = (act: Act) => {
    next = act;
  };
  const visitor = () => new Visitor(running.origin, setNext);
  return { ...running, sessions, calls, faults, visitor };
}

/** A browser as far as cookies go: it keeps what it is given and sends it back. */
export class Visitor {
  readonly jar = new Map<string, string>();
  readonly #origin: string;
  readonly #setNext: (act: Act) => void;

  constructor(origin: string, setNext: (act: Act) => void) {
    this.#origin = origin;
    this.#setNext = setNext;
  }

  /** The session token in the jar. */
  get token(): string | undefined {
    return this.jar.get(cookieName);
  }

  /** Makes a request in which the application does something with the session; its result comes back as JSON. */
  async request(act: (session: Session) => unknown = (session) => session.userId, ask: Ask = {}): Promise<Reply> {
    this.#setNext(async (session): Promise<Answer> => ({ value: await act(session), cookies: ask.cookies ?? [] }));
    const { method = "GET", path = "/", headers = {}, body } = ask;
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(this.#origin + path, {
      method,
      headers: { ...(cookie && { cookie }), ...headers },
      redirect: "manual",
      ...(body !== undefined && { body }),
    });
    const lines = response.headers.getSetCookie();
    for (const line of lines) this.#keep(line);
    const text = await response.text();
    return { status: response.status, value: text === "" ? null : JSON.parse(text), headers: response.headers, lines };
  }

  #keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0(;|$)/i.test(line)) this.jar.delete(name);
    else this.jar.set(name, value);
  }
}
