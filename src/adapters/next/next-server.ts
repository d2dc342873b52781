import type { NextResponse } from "next/server.js";

interface NextServer {
  readonly NextResponse: typeof NextResponse;
  /** Not in Next 14. */
  readonly after?: (task: () => unknown) => void;
}

let loading: Promise<NextServer> | undefined;

/**
 * Loads `next/server`. Only this way compiles everywhere: a named import of `after` fails in 14, and whether the names are
 * on the module or on its default export depends on who bundles it.
 */
export function nextServer(): Promise<NextServer> {
  loading ??= import("next/server.js").then((module) => {
    const { default: main } = module as unknown as { default?: object };
    return { ...main, ...module } as unknown as NextServer;
  });
  return loading;
}

/** Runs a task when the response has gone, or at once where Next does not offer that. Nobody waits for it. */
export async function runAfterResponse(task: () => Promise<void>): Promise<void> {
  const run = () => task().catch(() => undefined);
  try {
    const { after } = await nextServer();
    if (!after) return void run();
    after(run);
  } catch {
    void run();
  }
}
