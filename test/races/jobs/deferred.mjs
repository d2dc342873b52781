/**
 * The timers of a runtime for one request: what is deferred until after the response is collected in `tasks`, so that a job
 * can wait for it; everything else is a timer as usual.
 */
export function collectDeferred(tasks) {
  return (ms, task) => {
    if (ms === 0) {
      tasks.push(task);
      return () => undefined;
    }
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  };
}
