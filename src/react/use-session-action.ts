import { startTransition, useMemo } from "./react.ts";
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
  const { tab } = useScope();
  return useMemo(
    () =>
      async (...parameters: Parameters) => {
        const settle = tab.begin();
        try {
          return await action(...parameters);
        } finally {
          startTransition(() => tab.commit?.(settle));
        }
      },
    [action, tab],
  );
}
