// A default import: in Next 14 the bundles of the proxy and of the Pages Router have no `cache`, and a named import of it
// fails the build there.
import React from "react";

const { cache } = React as { cache?: <Result>(make: () => Result) => () => Result };
const scope = typeof cache === "function" ? cache(() => ({})) : () => ({});

/**
 * Tells whether Server Components are being rendered. React remembers what a cached function gave for as long as a render
 * lasts, and for nothing else: actions, route handlers and the proxy get a new object at each call.
 *
 * Trying to set a cookie would be no way to find out: Next lets that through in some renders, and in an action it makes
 * Next render the page again.
 */
export function isRendering(): boolean {
  const [first, second] = [scope(), scope()];
  return first === second;
}
