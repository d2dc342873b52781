import { startTransition, useCallback, useEffect, useRef, useState } from "react";
import { useScope } from "./scope.ts";

/**
 * Wraps a Server Action that changes the session, so that the hooks of all tabs show the change at once.
 *
 * When the action made the server render the layout again (it set a cookie, or revalidated), the session of that render is
 * shown and nothing is asked. Otherwise the server is asked once, after the action. Also after an action that failed: it may
 * have changed something before.
 *
 * @param action A Server Action, or any function whose promise ends after the change.
 * @returns A function of the same kind, for `<form action>`, `useActionState` and event handlers.
 * @example
 * const rename = useSessionAction(renameAction)
 * return <form action={rename}>…</form>
 */
export function useSessionAction<Parameters extends readonly unknown[], Result>(
  action: (...parameters: Parameters) => Promise<Result>,
): (...parameters: Parameters) => Promise<Result> {
  const { session } = useScope().tab;
  // What the last action that has ended waits for: the commit with its render, if there is one.
  const waiting = useRef<{ isMounted?: boolean; renders?: number | undefined }>({});
  const [, setEnded] = useState({});

  const settle = useCallback(() => {
    const { renders } = waiting.current;
    waiting.current.renders = undefined;
    if (renders === session.renders()) void session.refresh();
  }, [session]);

  useEffect(() => {
    waiting.current.isMounted = true;
    settle(); // in this commit the provider has taken its session before
    return () => {
      waiting.current.isMounted = false;
      settle(); // an action may take its own component away
    };
  });

  return useCallback(
    async (...parameters: Parameters) => {
      const renders = session.renders();
      try {
        return await action(...parameters);
      } finally {
        waiting.current.renders = renders;
        if (waiting.current.isMounted) startTransition(() => setEnded({}));
        else settle();
      }
    },
    [action, session, settle],
  );
}
