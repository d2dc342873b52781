/*
 * G14: no token where none may be, in the complete run of the tests. Vitest loads this file before each file of tests, and a
 * test during which a session token was seen fails, whatever it asks itself. Looked at are, in the process of the tests:
 *
 * - what is printed: the methods of `console`, the standard output and the standard error;
 * - every event of `src/`, whether anybody listens or not, and every error of `src/`: message, hint, JSON, inspection, causes;
 * - every `Response` that is made or read, and every answer of a `node:http` server or to a `node:http` request: the body, and
 *   the headers but for `Set-Cookie` and `Coatcheck-Token`;
 *
 * and of the processes that it starts: what they print, and what they answer to the requests of the tests.
 *
 * Not looked at: what a test takes over itself (a mocked `console`), what one started process says to another, the pages that a
 * browser of the browser tests reads (their servers' output is), what the manager's own calls answer (`create` gives the token),
 * and the output of synchronous children. A token is known by its shape; its halves and its digest are looked for by the tests
 * of G14 that know which ones were issued.
 */
import { inspect } from "node:util";
import { afterAll, afterEach, vi } from "vitest";
import type { EventListener } from "../../../src/core/events.ts";
import { finishAnswers, watchAnswers } from "./answers.ts";
import { watchChildren } from "./children.ts";
import { look, takeFindings } from "./findings.ts";
import { watchPrinting } from "./printing.ts";

vi.mock("../../../src/core/events.ts", async (load) => {
  const original = await load<typeof import("../../../src/core/events.ts")>();
  const listen: EventListener = (event) => look("an event", event);
  const createEmit: typeof original.createEmit = (listeners, now) => original.createEmit([listen, ...listeners], now);
  return { ...original, createEmit };
});

vi.mock("../../../src/errors.ts", async (load) => {
  const original = await load<typeof import("../../../src/errors.ts")>();
  const watched = <Class extends new (...values: never[]) => Error>(type: Class): Class =>
    new Proxy(type, {
      construct(target, values, derived) {
        const error = Reflect.construct(target, values, derived);
        look("an error", `${error.message} ${JSON.stringify(error)} ${inspect(error, { depth: 12 })}`);
        return error;
      },
    });
  return {
    ...original,
    SessionError: watched(original.SessionError),
    SessionConfigError: watched(original.SessionConfigError),
    SessionStateError: watched(original.SessionStateError),
    SessionStoreError: watched(original.SessionStoreError),
    SessionDataError: watched(original.SessionDataError),
  };
});

watchPrinting();
watchAnswers();
watchChildren();
afterEach(refuseFindings);
afterAll(refuseFindings);

function refuseFindings(): void {
  finishAnswers();
  const found = takeFindings();
  if (found.length > 0) throw new Error(`G14: a session token stood in\n${found.join("\n")}`);
}
