// The negative control: the same functions in the most naive way, each with the mistake that comes first to mind. Every test
// of a defect runs against it too, and has to find the defect there.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { CookieHandler, SessionData, SessionStore } from "../../src/adapters/next/pages.ts";

/** Makes the functions over a store and a cookie handler. */
export function naivePages(store: SessionStore, cookie: CookieHandler) {
  async function getSessionId(req: IncomingMessage, res: ServerResponse, persist = false): Promise<string> {
    const presented = await cookie.read(req);
    if (presented && (await store.get(presented))) return presented;
    const id = await store.id();
    if (persist) {
      await store.set(id, {});
      await cookie.write(res, id);
    } else if (presented) await cookie.destroy(res);
    return id;
  }

  async function getSessionData(req: IncomingMessage, res: ServerResponse): Promise<SessionData> {
    return (await store.get(await getSessionId(req, res))) ?? {};
  }

  async function setSessionData(req: IncomingMessage, res: ServerResponse, data: SessionData): Promise<void> {
    await store.merge(await getSessionId(req, res, true), data);
  }

  async function replaceSessionData(req: IncomingMessage, res: ServerResponse, data: unknown): Promise<void> {
    if (data === undefined) throw new Error("No session data given");
    await store.set(await getSessionId(req, res, true), (data ? data : res) as SessionData);
  }

  async function pluckSessionProperty(req: IncomingMessage, res: ServerResponse, name: string): Promise<unknown> {
    const data = await getSessionData(req, res);
    if (data[name] === undefined) return null;
    const { [name]: value, ...rest } = data;
    await replaceSessionData(req, res, rest);
    return value;
  }

  async function destroySession(req: IncomingMessage, res: ServerResponse): Promise<void> {
    await store.destroy(await getSessionId(req, res));
    await cookie.destroy(res);
  }

  async function getCSRFToken(req: IncomingMessage, res: ServerResponse): Promise<string> {
    const csrfToken = randomUUID();
    await setSessionData(req, res, { csrfToken });
    return csrfToken;
  }

  async function validateCSRFToken(req: IncomingMessage, res: ServerResponse, token: unknown): Promise<boolean> {
    const data = await getSessionData(req, res);
    const isValid = data.csrfToken === token;
    delete data.csrfToken;
    await setSessionData(req, res, data);
    return isValid;
  }

  return {
    getSessionId,
    getSessionData,
    setSessionData,
    replaceSessionData,
    pluckSessionProperty,
    destroySession,
    getCSRFToken,
    validateCSRFToken,
  };
}
