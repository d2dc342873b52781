import type { SessionErrorCode } from "../errors.ts";
import { isPromise } from "../maybe.ts";

/** Why a presented token was not accepted. */
export type RejectReason = "malformed" | "unknown" | "wrong-secret" | "ambiguous" | "corrupt";

/** Why a presented API key was not accepted. */
export type KeyRejectReason = Exclude<RejectReason, "ambiguous"> | "expired";

/**
 * Why a presented refresh token gave nothing. `"unproven"`: it is bound to a key, and no proof of it was sent. `"ahead"`: it is newer
 * than what is stored, as after a restored backup.
 */
export type RefreshRejectReason =
  | "malformed"
  | "forged"
  | "unknown"
  | "expired"
  | "wrong-client"
  | "user-missing"
  | "unproven"
  | "ahead";

/** Why a presented ticket was not accepted. `unknown` is one that was redeemed, has expired, or never was. */
export type TicketRejectReason =
  | "malformed"
  | "unknown"
  | "corrupt"
  | "wrong-secret"
  | "wrong-purpose"
  | "session-ended";

/** Why a request was taken for one of another site. */
export type RefusalReason = "fetch-site" | "origin" | "referer" | "no-origin" | "token";

/** What happened, in the words of the glossary. */
export type SessionEventDetails =
  | { readonly type: "created"; readonly sessionId: string; readonly userId: string | null }
  | { readonly type: "signed-in"; readonly sessionId: string; readonly userId: string }
  | { readonly type: "rotated"; readonly sessionId: string; readonly userId: string | null }
  | { readonly type: "replayed"; readonly sessionId: string; readonly userId: string | null }
  | {
      readonly type: "expired";
      readonly sessionId: string;
      readonly userId: string | null;
      readonly reason: "idle" | "absolute";
    }
  | { readonly type: "rejected"; readonly sessionId: string | null; readonly reason: RejectReason }
  | {
      readonly type: "destroyed";
      readonly sessionId: string;
      readonly userId: string | null;
      /** Its holder, the application from outside, a later sign-in that the limit made room for, or a reused refresh token. */
      readonly by: "holder" | "manager" | "limit" | "reuse";
      /** Who really ended it, while impersonating. */
      readonly actorId?: string;
    }
  | { readonly type: "reauthenticated"; readonly sessionId: string; readonly userId: string }
  | { readonly type: "sign-in-started"; readonly sessionId: string; readonly userId: string }
  | { readonly type: "limit-reached"; readonly userId: string }
  | {
      readonly type: "impersonation-started";
      readonly sessionId: string;
      /** Who is impersonated. */
      readonly userId: string;
      /** Who acts. */
      readonly actorId: string;
      readonly reason: string;
      readonly until: number;
    }
  | {
      readonly type: "impersonation-ended";
      readonly sessionId: string;
      readonly userId: string;
      readonly actorId: string;
      readonly by: "holder" | "time";
    }
  | {
      readonly type: "data-discarded";
      readonly sessionId: string;
      readonly key: string;
      readonly reason: "unreadable" | "invalid";
    }
  | { readonly type: "api-key-issued"; readonly keyId: string; readonly userId: string }
  | {
      readonly type: "api-key-revoked";
      readonly keyId: string;
      readonly userId: string;
      /** Its user, or the application from outside. */
      readonly by: "holder" | "manager";
      /** Who really did, while impersonating. */
      readonly actorId?: string;
    }
  | { readonly type: "api-key-rejected"; readonly keyId: string | null; readonly reason: KeyRejectReason }
  | {
      /** By `session.issueTokens`, or at the token endpoint in exchange for a refresh token. */
      readonly type: "tokens-issued" | "tokens-refreshed";
      readonly sessionId: string;
      readonly userId: string;
      readonly clientId: string;
    }
  | {
      /** A refresh token came back that another one had taken the place of: somebody has a copy. The session is ended. */
      readonly type: "refresh-token-reused";
      readonly sessionId: string;
      readonly userId: string | null;
      readonly clientId: string;
      /** How often the family was rotated when the token was issued, and how often it was by now. */
      readonly generation: number;
      readonly newest: number;
    }
  | {
      readonly type: "refresh-token-rejected";
      readonly sessionId: string | null;
      readonly clientId: string;
      readonly reason: RefreshRejectReason;
    }
  | {
      readonly type: "refresh-token-revoked";
      readonly sessionId: string;
      readonly userId: string | null;
      readonly clientId: string;
      readonly by: "client" | "holder" | "manager";
      /** Who really acts, while impersonating. */
      readonly actorId?: string;
    }
  | {
      /** Somebody did not prove to be the client that they named; `null` where no such client is known. */
      readonly type: "client-rejected";
      readonly clientId: string | null;
    }
  | {
      /** A key was made to sign access tokens with, or those kept in the store cannot be read with these `secrets`. */
      readonly type: "token-key-made" | "token-key-unreadable";
      readonly keyId: string;
    }
  | {
      readonly type: "ticket-issued" | "ticket-redeemed";
      readonly purpose: string;
      /** The session that the ticket ends with, or `null`. */
      readonly sessionId: string | null;
    }
  | { readonly type: "ticket-rejected"; readonly purpose: string; readonly reason: TicketRejectReason }
  | {
      /** A response went without a snapshot of its session. */
      readonly type: "snapshot-skipped";
      readonly sessionId: string;
      readonly reason: "too-large" | "unavailable";
    }
  | {
      readonly type: "user-missing";
      /** `null` where another application has signed the user in, and there is no session yet. */
      readonly sessionId: string | null;
      readonly userId: string;
    }
  | {
      readonly type: "extension-failed";
      readonly extension: string;
      readonly sessionId: string | null;
      readonly part: "resolve" | "signedIn" | "publicView";
      readonly reason: "error" | "no-answer";
      readonly code: SessionErrorCode;
    }
  | {
      /** What an extension reports. */
      readonly type: "extension";
      readonly extension: string;
      readonly event: string;
      readonly sessionId: string | null;
      readonly userId: string | null;
      /** Who really acts, while impersonating. */
      readonly actorId?: string;
      readonly facts: Readonly<Record<string, string | number | boolean | null>>;
    }
  | { readonly type: "swept"; readonly count: number }
  | {
      readonly type: "store-failure";
      readonly store: string;
      readonly operation: string;
      readonly code: SessionErrorCode;
    }
  | {
      readonly type: "request-refused";
      readonly reason: RefusalReason;
      readonly method: string;
      /** Without its query; `null` where it is not known. */
      readonly path: string | null;
      /** The `Origin` header, or `null`. */
      readonly origin: string | null;
      /** The request was let pass: `csrf.check` is `"report"`. */
      readonly isReportOnly?: true;
    };

/**
 * Something an operator may want to see. Every event has its instant (`at`, epoch milliseconds) and names sessions by
 * their public id only: no event ever holds a token, a digest or session data.
 */
export type SessionEvent = SessionEventDetails & { readonly at: number };

/** Called with every event, at once. What it throws is printed and goes no further: it cannot fail a request. */
export type EventListener = (event: SessionEvent) => void;

/** Hands an event to the listener. */
export type Emit = (details: SessionEventDetails) => void;

/** Makes the function that the engine reports with. Each listener is told, whatever befalls the others. */
export function createEmit(listeners: readonly EventListener[], now: () => number): Emit {
  if (listeners.length === 0) return () => {};
  const emits = listeners.map((listener) => emitTo(listener, now));
  return emits.length === 1 ? (emits[0] as Emit) : (details) => emits.forEach((emit) => void emit(details));
}

function emitTo(listener: EventListener, now: () => number): Emit {
  return (details) => {
    const report = (error: unknown) => console.error("coatcheck: onEvent threw, the event was", details.type, error);
    try {
      const answer: unknown = listener({ ...details, at: now() });
      if (isPromise(answer)) answer.then(undefined, report); // the type lets asynchronous listeners pass
    } catch (error) {
      report(error);
    }
  };
}
