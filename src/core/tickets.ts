import { equalInConstantTime } from "../bytes.ts";
import type { Duration } from "../duration.ts";
import { SessionStateError, SessionStoreError } from "../errors.ts";
import { isCorrupt, isExpired, type SessionRecord } from "../store/record.ts";
import { ticketDigestOf } from "../token/digest.ts";
import { isSessionId, issueToken, parseToken } from "../token/token.ts";
import { identityOf } from "./acting.ts";
import type { Engine } from "./engine.ts";
import type { TicketRejectReason } from "./events.ts";
import { decodeJson } from "./json.ts";
import { createKeptRecords } from "./kept-records.ts";
import {
  type Bond,
  checkLife,
  checkPurpose,
  encodePayload,
  readTicket,
  type TicketOptions,
  type TicketText,
  writeTicket,
} from "./ticket-text.ts";

/** Single-use tokens for one purpose each. */
export interface Tickets {
  issue(purpose: string, payload: unknown, life: Duration, options?: TicketOptions): Promise<string>;
  redeem(purpose: string, ticket: unknown): Promise<unknown>;
}

/** Makes the tickets of one configuration. Each is a kept record, under its id, of which the store knows a digest alone. */
export function createTickets(engine: Engine): Tickets {
  const { store, runtime } = engine.policy;
  const { guard, find, emit } = engine;
  const kept = createKeptRecords({ store, guard, find, runtime }, "ticket");

  async function bondTo(session: string | null | undefined): Promise<Bond | null> {
    if (session === null || session === undefined) return null;
    const record = isSessionId(session) ? await livingSession(engine, session) : null;
    if (record) return { id: record.id, generation: record.generation, userId: userOf(engine, record) };
    throw new SessionStateError("SESSION_DESTROYED", "The session that a ticket was to end with is over.", {
      hint: "Pass the id of a living session, such as session.id, or none.",
    });
  }

  function reject(purpose: string, reason: TicketRejectReason): null {
    emit({ type: "ticket-rejected", purpose, reason });
    return null;
  }

  /** What an id and a secret open, or why they open nothing. Nothing is consumed. */
  async function look(purpose: string, id: string, secret: string) {
    const found = await kept.find(id);
    const said = found && readTicket(found.text);
    if (!found || !said) return found ? "corrupt" : "unknown";
    if (!equalInConstantTime(said.digest, await ticketDigestOf(secret))) return "wrong-secret";
    return said.purpose === purpose ? { found, said } : "wrong-purpose";
  }

  return {
    async issue(givenPurpose, givenPayload, life, { session } = {}) {
      const purpose = checkPurpose(givenPurpose);
      const lasts = checkLife(life);
      const payload = encodePayload(givenPayload);
      const bond = await bondTo(session);
      let token = "";
      // Another ticket in each attempt: one that arrives late, when the other has been used up, is a ticket that nobody has.
      const attempt = async () => {
        const issued = issueToken("ticket", runtime);
        const text: TicketText = { digest: await ticketDigestOf(issued.secret), purpose, payload, bond };
        token = issued.token;
        return { name: issued.id, text: writeTicket(text) };
      };
      if (!(await kept.createAnew(attempt, runtime.now() + lasts))) throw sameId();
      emit({ type: "ticket-issued", purpose, sessionId: bond?.id ?? null });
      return token;
    },
    async redeem(givenPurpose, ticket) {
      const purpose = checkPurpose(givenPurpose);
      const parts = typeof ticket === "string" ? parseToken("ticket", ticket) : null;
      if (!parts) return reject(purpose, "malformed");
      const opened = await look(purpose, parts.id, parts.secret);
      if (typeof opened === "string") return reject(purpose, opened);
      if (!(await kept.forget(opened.found))) return reject(purpose, "unknown"); // somebody else was first
      const { payload, bond } = opened.said;
      // Only now: of a session that ends meanwhile one of the two knows.
      if (bond && !(await isBound(engine, bond))) return reject(purpose, "session-ended");
      emit({ type: "ticket-redeemed", purpose, sessionId: bond?.id ?? null });
      return decodeJson(payload);
    },
  };
}

async function livingSession({ find, policy }: Engine, id: string) {
  const record = await find(id);
  return record === null || isCorrupt(record) || isExpired(record, policy.runtime.now()) ? null : record;
}

/** Whether the session of a bond is as it was. The time of an impersonation runs out without a new generation. */
async function isBound(engine: Engine, { id, generation, userId }: Bond): Promise<boolean> {
  const record = await livingSession(engine, id);
  return record?.generation === generation && userOf(engine, record) === userId;
}

function userOf({ policy }: Engine, record: SessionRecord): string | null {
  return identityOf(record, policy.runtime.now()).userId;
}

function sameId(): SessionStoreError {
  return new SessionStoreError("STORE_CONFLICT", "A ticket with the same id is kept already.", {
    hint: "Of 128 random bits none comes twice: look whether the runtime's randomness is what it should be.",
  });
}
