import type { AnyReadonlySession } from "./session.ts";

/** What an extension may know beside the session. */
export interface ExtensionContext {
  /** The present instant in epoch milliseconds. */
  readonly now: number;
  /** A header of the request, or `null` where there is no request. */
  header(name: string): string | null;
}

/**
 * A property of the session that the application adds: a function of the session, or an object with such a function as
 * `resolve`. It runs when the property is first read, once per request; a promise is memoised as the promise it is.
 */
export type Extension<Session, Value> =
  | ((session: Session, context: ExtensionContext) => Value)
  | { resolve(session: Session, context: ExtensionContext): Value };

/** The extensions of one configuration, by name. */
export type Extensions = Readonly<Record<string, Extension<AnyReadonlySession, unknown>>>;

/** What an extension needs of the visit that its session belongs to. */
export interface ExtensionHost {
  memo<Value>(name: string, make: () => Value): Value;
  readonlySession(): AnyReadonlySession;
  extensionContext(): ExtensionContext;
}

/** Adds the extensions to a session class: as getters of its prototype, so that listing or logging a session runs none. */
export function defineExtensions(
  prototype: object,
  extensions: Extensions,
  hostOf: (session: object) => ExtensionHost,
): void {
  for (const [name, extension] of Object.entries(extensions)) {
    const resolve = typeof extension === "function" ? extension : extension.resolve.bind(extension);
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(this: AnyReadonlySession) {
        const host = hostOf(this);
        return host.memo(name, () => resolve(host.readonlySession(), host.extensionContext()));
      },
    });
  }
}
