import type { SessionStore } from "../../../src/store/port.ts";
import type { SessionRecord } from "../../../src/store/record.ts";
import { type Decisions, right } from "../reference-store.ts";
import { byUserOf, decidesWrongly, worksWrongly } from "./broken-store.ts";

type Spell = (text: string) => string;

/** Spells the texts of data otherwise than they came. */
const values = (spell: Spell): Partial<Decisions> => ({
  take: (record) => ({ ...record, data: mapped(record.data, (key) => key, spell) }),
  nextData: (record, change) => mapped(right.nextData(record, change), (key) => key, spell),
});

/** Spells the keys of data otherwise than they came. */
const keys = (spell: Spell): Partial<Decisions> => ({
  take: (record) => ({ ...record, data: mapped(record.data, spell, (text) => text) }),
  nextData: (record, change) => mapped(right.nextData(record, change), spell, (text) => text),
});

const users = (spell: Spell): Partial<Decisions> => ({
  isOf: (record, userId) => record.userId !== null && spell(record.userId) === spell(userId),
});

const decoder = new TextDecoder();
const throughUtf8: Spell = (text) => decoder.decode(new TextEncoder().encode(text));
const upToNul: Spell = (text) => text.split("\u0000")[0] ?? "";
const collated: Spell = (text) => text.normalize("NFC").trim().toLowerCase();

/** Looks ids up by something other than equality. */
function ids(spell: (id: string, rows: ReadonlyMap<string, unknown>) => string) {
  return (store: SessionStore, rows: ReadonlyMap<string, unknown>): Partial<SessionStore> => ({
    find: (list, now) =>
      store.find(
        list.map((id) => spell(id, rows)),
        now,
      ),
  });
}

export const brokenTexts = [
  ...decidesWrongly("texts", {
    "parses JSON and writes it anew": values((text) => attempt(() => JSON.stringify(JSON.parse(text)), text)),
    "cuts texts at a NUL": values(upToNul),
    "turns down escaped NULs": values((text) => text.replaceAll("\\u0000", "")),
    "writes texts as UTF-8": values(throughUtf8),
    "normalises texts": values((text) => text.normalize("NFC")),
    "trims texts": values((text) => text.trim()),
    "fills in what looks like a placeholder": values((text) => text.replace("?", "''")),
    "doubles quotes": values((text) => text.replaceAll("'", "''")),
    "cuts texts at 32,000 characters": values((text) => text.slice(0, 32_000)),
    "stores numbers as numbers": values((text) =>
      text !== "" && !Number.isNaN(Number(text)) ? String(Number(text)) : text,
    ),
    "takes dots in keys for paths": keys((key) => key.split(".")[0] ?? ""),
    "compares keys as a lenient collation does": keys(collated),
    "cuts keys at a NUL": keys(upToNul),
    "has no empty keys": keys((key) => key || "empty"),
    "assigns keys to a plain object": {
      nextData: (record, change) => Object.assign({}, right.nextData(record, change)),
    },
    "writes keys into the prototype": {
      give: (record) => ({ ...record, data: parsedPrototype(record) }),
    },
    "reads keys through the prototype": {
      failsExpectations: ({ data }, { expect = {} }) =>
        Object.entries(expect).some(([key, text]) => (data[key] ?? null) !== text),
    },
    "keeps data beside the fields": {
      give: (record) => ({ ...right.give(record), digest: record.data.digest ?? record.digest }),
    },
    "keeps 256 keys at most": {
      nextData: (record, change) => Object.fromEntries(Object.entries(right.nextData(record, change)).slice(0, 256)),
    },
    "trims the device": {
      give: (record) => ({ ...right.give(record), device: record.device?.trim() ?? null }),
    },
    "compares users as a lenient collation does": users(collated),
    "compares users up to a NUL": users(upToNul),
    "compares users in UTF-8": users(throughUtf8),
    "takes user ids for patterns": {
      isOf: (record, userId) => record.userId !== null && like(userId).test(record.userId),
    },
    "takes user ids for numbers": users((id) => id.replace(/(?<=\D)0+(?=\d+$)/, "")),
  }),
  ...worksWrongly("texts", {
    "trims ids": ids((id) => id.trim()),
    "takes ids for patterns": ids((id, rows) => [...rows.keys()].find((each) => like(id).test(each)) ?? id),
    "ends the session of a user who is spelt alike": (store, rows) => ({
      byUser: {
        ...byUserOf(store),
        destroyOne: (userId, id) =>
          collated(rows.get(id)?.userId ?? "") === collated(userId) && rows.delete(id) ? "destroyed" : "missing",
      },
    }),
    "groups records by user in a plain object": (store, rows) => ({
      byUser: {
        ...byUserOf(store),
        list(userId) {
          const groups: Record<string, SessionRecord[]> = {};
          for (const row of rows.values()) {
            groups[String(row.userId)] ??= [];
            groups[String(row.userId)]?.push(right.give(row));
          }
          return groups[userId] ?? [];
        },
      },
    }),
    "looks ids up in a plain object": (_store, rows) => ({
      find: (list) => {
        const object: Record<string, SessionRecord> = Object.fromEntries(rows);
        return list.map((id) => object[id] ?? null);
      },
    }),
  }),
];

function mapped(data: SessionRecord["data"], spellKey: Spell, spellText: Spell): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [spellKey(key), spellText(text)]));
}

function parsedPrototype(record: SessionRecord): Record<string, string> {
  const { __proto__: text, ...rest } = { ...record.data } as Record<string, string>;
  const prototype = Object.hasOwn(record.data, "__proto__")
    ? attempt(() => JSON.parse(String(text)), {})
    : Object.prototype;
  return Object.assign(Object.create(Object(prototype)), rest);
}

function like(pattern: string): RegExp {
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("%", ".*").replaceAll("_", ".")}$`, "s");
}

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
