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
  const isMounted = useRef(false);
  // How many renders had been shown when the last action began that has ended by now.
  const [settled, setSettled] = useState<{ readonly renders: number }>();

  const settle = useCallback(
    (renders: number) => {
      if (session.renders() === renders) void session.refresh();
    },
    [session],
  );
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);
  // In the commit that has the action's render, if there is one: the provider has taken its session before.
  useEffect(() => {
    if (settled) settle(settled.renders);
  }, [settled, settle]);

  return useCallback(
    async (...parameters: Parameters) => {
      const renders = session.renders();
      try {
        return await action(...parameters);
      } finally {
        // A component that the action took away commits no more.
        if (isMounted.current) startTransition(() => setSettled({ renders }));
        else settle(renders);
      }
    },
    [action, session, settle],
  );
}
