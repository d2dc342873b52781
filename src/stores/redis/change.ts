import { toBase64url } from "../../bytes.ts";
import type { Runtime } from "../../runtime.ts";
import type { ChangeableFields, RecordChange } from "../../store/port.ts";
import { fieldOf, flag, lineOf } from "./pack.ts";
import { encodeLine, encodeText } from "./text.ts";

/** Stamps every change that a process makes, so that a script which a client sends twice is applied once. */
export interface Stamps {
  /** The writer, the order of the change among its own, and the oldest order worth keeping: a text each, of a fixed length. */
  next(now: number): readonly [writer: string, order: string, oldest: string];
}

const keptMs = 60_000;

/** Makes the stamps of one store. */
export function createStamps(runtime: Pick<Runtime, "randomBytes">): Stamps {
  const writer = toBase64url(runtime.randomBytes(3));
  let last = 0;
  return {
    next(now) {
      last = Math.max(now, last + 1);
      return [writer, orderOf(last), orderOf(now - keptMs)];
    },
  };
}

// Nine letters hold any instant to the year 5188, and sort as the instants do.
function orderOf(instant: number): string {
  return Math.max(0, instant).toString(36).padStart(9, "0").slice(-9);
}

/** The arguments of the script that changes a session. */
export function changeArguments(
  change: RecordChange,
  now: number,
  stamp: ReturnType<Stamps["next"]>,
  binding: string | null,
): string[] {
  const { generation, token, touch, expect = {}, clear, remove = [], set = {}, fields = {}, raiseGeneration } = change;
  const expected = Object.keys(expect);
  return [
    String(now),
    ...stamp,
    generation === undefined ? "" : String(generation),
    token ? `=${encodeLine(token.from)}` : "",
    token ? encodeLine(token.to) : "",
    token ? String(token.graceEndsAt) : "",
    raiseGeneration ? "1" : "",
    touch ? String(touch.lastSeenAt) : "",
    touch ? String(touch.idleExpiresAt) : "",
    touch ? String(touch.ifSeenBefore) : "",
    ...fieldArguments(fields),
    binding === null ? "" : `=${binding}`,
    String(expected.length),
    clear ? "1" : "",
    String(remove.length),
    ...expected.flatMap((key) => [fieldOf(key), expectation(expect[key] ?? null)]),
    ...remove.map(fieldOf),
    ...setArguments(set),
  ];
}

/** Names and values of the fields of data. */
export function setArguments(data: Readonly<Record<string, string>>): string[] {
  return Object.keys(data).flatMap((key) => [fieldOf(key), encodeText(data[key] as string)]);
}

function expectation(text: string | null): string {
  return text === null ? "" : `=${encodeText(text)}`;
}

// In the order in which the script knows them.
function fieldArguments(fields: Partial<ChangeableFields>): string[] {
  const { userId, device, actor, authenticatedAt, lastSeenAt, idleExpiresAt, expiresAt, persistent } = fields;
  return [
    userId === undefined ? "" : `=${lineOf(userId)}`,
    device === undefined ? "" : `=${lineOf(device)}`,
    actor === undefined ? "" : `=${lineOf(actor)}`,
    authenticatedAt === undefined ? "" : `=${authenticatedAt ?? ""}`,
    lastSeenAt === undefined ? "" : `=${lastSeenAt}`,
    idleExpiresAt === undefined ? "" : `=${idleExpiresAt}`,
    expiresAt === undefined ? "" : `=${expiresAt}`,
    persistent === undefined ? "" : `=${flag(persistent)}`,
  ];
}
