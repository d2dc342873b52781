import type { Problem } from "../cookie/rules.ts";
import { chain } from "../maybe.ts";
import { createViewData, type ViewData } from "./data-view.ts";
import { createEndings, type Endings } from "./endings.ts";
import { createEmit, type Emit, type EventListener, type SessionEvent } from "./events.ts";
import { createGuard, type Guard } from "./guard.ts";
import { createLimits, type Limits } from "./limits.ts";
import { type Policy, type PolicyOptions, resolvePolicy } from "./policy.ts";
import { type CopyOf, createCopyOf, createReads, type FindRecord } from "./reads.ts";
import { createFaces, type Faces } from "./session-face.ts";
import type { OpenTokens } from "./token-issuer.ts";
import { createTouches, type Touches } from "./touches.ts";
import { lookUpUser } from "./user-look-up.ts";
import { createWrites, type Writes } from "./writes.ts";

/** The parts that every visit of one configuration shares. */
export interface Engine {
  readonly policy: Policy;
  readonly emit: Emit;
  readonly guard: Guard;
  readonly find: FindRecord;
  /** Looks at the copies that the store keeps; `null` where it keeps none. */
  readonly copyOf: CopyOf | null;
  readonly touches: Touches;
  readonly writes: Writes;
  /** `null` where users may have any number of sessions. */
  readonly limits: Limits | null;
  /** `null` where sessions issue no tokens. */
  readonly tokens: OpenTokens | null;
  readonly endings: Endings;
  readonly faces: Faces;
  readonly viewData: ViewData;
}

/** Everybody who is told of events: the application, and its extensions. */
function listenersOf({ onEvent, extensions }: Policy): EventListener[] {
  const own = extensions.flatMap(({ definition }) =>
    definition.events ? [(event: SessionEvent) => definition.events?.(event)] : [],
  );
  return onEvent ? [onEvent, ...own] : own;
}

/** Puts the engine together. Does no I/O and reads no clock. */
export function createEngine(options: PolicyOptions, found: readonly Problem[] = []): Engine {
  const policy = resolvePolicy(options, found);
  const { store, storeLimits, runtime, limit } = policy;
  const report = createEmit(listenersOf(policy), runtime.now);
  const endings = createEndings({
    policy,
    report,
    read: (ids, now) => guard.read("look at watched sessions", () => store.find(ids, now)),
  });
  const emit: Emit = (event) => {
    endings.hear(event);
    report(event);
  };
  const guard = createGuard(store, storeLimits, runtime, emit);
  const find = createReads(store, guard, runtime);
  const touches = createTouches(store, guard, runtime);
  const writes = createWrites({ store, guard, find, runtime });
  const { openTokens, basePath } = policy;
  const isKnown = (userId: string) =>
    policy.user === undefined || chain(lookUpUser(policy, userId), (user) => user !== null && user !== undefined);
  return {
    policy,
    emit,
    guard,
    find,
    copyOf: createCopyOf(store, emit),
    touches,
    writes,
    limits: limit && createLimits(limit, { store, guard, find, writes, runtime, emit }),
    tokens: openTokens?.({ store, guard, find, runtime, emit, basePath, isKnown }) ?? null,
    endings,
    faces: createFaces(policy),
    viewData: createViewData(policy.shape),
  };
}
