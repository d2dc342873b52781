/**
 * Runs `task` once for all who ask while it runs. What it gives is run after it has ended, so that whoever is called from there
 * and asks again starts anew.
 */
export function singleFlight(task: () => Promise<(() => Promise<void> | void) | void>): () => Promise<void> {
  let flight: Promise<void> | undefined;
  return () => {
    flight ??= task()
      .finally(() => {
        flight = undefined;
      })
      .then((land) => land?.());
    return flight;
  };
}
