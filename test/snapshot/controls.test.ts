import { describe, expect, it } from "vitest";
import { renewSnapshot } from "../../src/http/snapshot-cookie.ts";
import { sessionTransport } from "../../src/http/transport.ts";
import { webExchange } from "../../src/http/web-exchange.ts";
import { signSnapshot } from "../../src/token/snapshot.ts";
import { name, secret, seen, signedIn, snapshots } from "./scene.ts";

describe("controls", () => {
  it("L14 a snapshot that is dated when it is signed shows a revoked session for longer than the bound", async () => {
    const here = snapshots();
    const browser = await signedIn(here);
    browser.cookies.delete(name);
    const { policy, visit: begin } = here.sessions;
    const exchange = webExchange(browser.request(), policy.runtime);
    const visit = begin(sessionTransport(exchange, policy));
    await visit.load();
    await here.sessions.revokeUser("ann");
    here.runtime.advance(20_000);
    await renewSnapshot({ manager: here.sessions, exchange, visit, readAt: policy.runtime.now() });
    browser.cookies.set(name, exchange.given(name) ?? "");
    here.runtime.advance(29_999);
    expect(await seen(here, browser)).not.toBeNull(); // 50 seconds after the revocation
  });

  it("G3 a snapshot that is not bound to a token is good beside anybody's, as far as the public id goes", async () => {
    const here = snapshots();
    const [ann, ben] = [await signedIn(here), await signedIn(here, "ben")];
    const sessionId = ben.token.slice(4, 26);
    const now = here.runtime.now();
    const content = { sessionId, generation: 0, version: 0, readAt: now, until: now + 30_000, view: { userId: "ben" } };
    // What signs for whatever token it is handed stands for a signature over none.
    ann.cookies.set("__Host-session", `ccs_${sessionId}.${"A".repeat(43)}`);
    ann.cookies.set(name, await signSnapshot(secret, ann.token, content));
    expect((await seen(here, ann))?.view).toEqual({ userId: "ben" });
  });
});
