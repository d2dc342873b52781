import { systemRuntime } from "../../runtime.ts";
import type { SessionStore } from "../port.ts";
import { openScene, type Scene } from "./scene.ts";

/** A part of the port that a store may leave out. */
export type StoreCapability = "byUser" | "sweep";

/** What a conformance case runs on. */
export interface ConformanceContext {
  /** The store under test. It may hold other data: every case makes records of its own and removes them again. */
  readonly store: SessionStore;
  /** Another handle on the same data, such as a second connection. The races then go through both (default: `store`). */
  readonly peer?: SessionStore;
  /** The instant that the cases start from, in epoch milliseconds (default: the present one). */
  readonly now?: number;
}

/** One rule of the store port, as a check that any test runner can run. */
export interface ConformanceCase {
  /** A sentence that no other case has. It begins with the group. */
  readonly name: string;
  readonly group: string;
  /** The capabilities without which the rule means nothing. */
  readonly requires?: readonly StoreCapability[];
  /**
   * Runs the case; resolves when the store keeps the rule.
   *
   * @throws Error whose message says what was expected and what came.
   */
  run(context: ConformanceContext): Promise<void>;
}

/** What a case does with its own corner of the store. */
export type CaseBody = (scene: Scene) => Promise<void>;

/** Makes the cases of one group from their titles and bodies. */
export function cases(
  group: string,
  bodies: Readonly<Record<string, CaseBody>>,
  requires: readonly StoreCapability[] = [],
): readonly ConformanceCase[] {
  return Object.entries(bodies).map(([title, body]) => {
    const name = `${group}: ${title}`;
    return { name, group, requires, run: (context) => runCase(name, body, requires, context) };
  });
}

async function runCase(
  name: string,
  body: CaseBody,
  requires: readonly StoreCapability[],
  context: ConformanceContext,
): Promise<void> {
  for (const capability of requires) demand(capability, context.store, name);
  const scene = openScene(context.store, context.peer ?? context.store, context.now ?? systemRuntime.now());
  try {
    await body(scene);
  } finally {
    await scene.close();
  }
}

function demand(capability: StoreCapability, store: SessionStore, name: string): void {
  if (store[capability]) return;
  const remedy = `storeConformance({ without: ["${capability}"] }) leaves such cases out.`;
  throw new Error(`"${name}" needs "${capability}", which the store "${store.name}" does not have. ${remedy}`);
}
