import type { Policy } from "../../core/policy.ts";
import type { Visit } from "../../core/visit.ts";
import type { Exchange } from "../../http/exchange.ts";

/** The visit of one request, and what is known of the request beside. */
export interface Entry {
  readonly visit: Visit;
  /** Collects the cookies while `withSession` makes the response; otherwise Next collects them. */
  collector: Exchange | null;
  /** Whether `withSession` answers: an error of ours becomes the right response there. */
  isWrapped: boolean;
  /** Whether `withSession` has looked where the request comes from, and let it in. */
  isAdmitted: boolean;
  /** When the request was first heard of: no read of its session began before. */
  readonly readAt: number;
  /** The path of the request, where something knows it. */
  path: string | null;
}

const anchor = Symbol.for("coatcheck.next.requests");

type Entries = WeakMap<object, Map<string, Entry>>;

/**
 * Remembers one entry for each request and configuration. On `globalThis`, since Next evaluates this module once for each
 * layer of an application; keyed by an object that lives as long as the request.
 */
export function rememberEntry(request: object, configuration: string, make: () => Entry): Entry {
  const found = entriesOf(request).get(configuration);
  if (found) return found;
  const entry = make();
  entriesOf(request).set(configuration, entry);
  return entry;
}

/** The entry that is remembered for a request, if there is one. */
export function recallEntry(request: object, configuration: string): Entry | undefined {
  return entriesOf(request).get(configuration);
}

/** What tells one configuration from another, and is the same in every copy of this package. */
export function configurationKey({ cookie, basePath }: Policy): string {
  const { domain = "", path } = cookie.attributes;
  return [cookie.name, domain, path, basePath].join(" ");
}

function entriesOf(request: object): Map<string, Entry> {
  const shared = globalThis as { [anchor]?: Entries };
  shared[anchor] ??= new WeakMap();
  const entries = shared[anchor].get(request) ?? new Map<string, Entry>();
  shared[anchor].set(request, entries);
  return entries;
}
