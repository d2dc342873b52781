import { describe, expect, it } from "vitest";
import { cookieValues } from "../../src/cookie/parse.ts";
import { credentialOf } from "../../src/http/credential.ts";
import { arrivedAt } from "../../src/http/node-exchange.ts";
import { cookieTransport } from "../../src/http/transport.ts";
import { webExchange } from "../../src/http/web-exchange.ts";
import { world } from "../support/world.ts";

const here = world({ bearer: true });

/** Checks where a request comes from by the one transport, and then reads the session by the other. */
async function twoMinds(request: Request): Promise<number> {
  const { policy, crossSite, visit } = here.sessions;
  const exchange = webExchange(request, policy.runtime);
  if (!crossSite.admits(exchange)) return 403;
  const presented = cookieValues(exchange.header("cookie"), policy.cookie.name);
  await visit(cookieTransport(exchange, presented, () => {})).write((draft) => draft.write("seen", "true"));
  return 200;
}

describe("T12 two Authorization lines", () => {
  it("are none, whichever comes first, though Node's headers show the first alone", () => {
    for (const pair of [
      ["Bearer a", "Bearer b"],
      ["Bearer a", "Basic b"],
    ]) {
      const rawHeaders = pair.flatMap((value) => ["Authorization", value]);
      const arrived = arrivedAt({ headers: { authorization: pair[0] }, rawHeaders });
      expect(credentialOf(here.sessions.policy, arrived)).toEqual({ kind: "malformed" });
    }
  });
});

describe("T11 control", () => {
  it("where the check asks the header and the session the cookie, another site acts by a forged header", async () => {
    const { token } = await here.sessions.create({ userId: "ann" });
    const headers = {
      cookie: `__Host-session=${token}`,
      authorization: "Bearer forged.signature",
      origin: "https://evil.test",
    };
    expect(await twoMinds(new Request("https://shop.example/", { method: "POST", headers }))).toBe(200);
    expect((await here.sessions.validate(token))?.data).toEqual({ seen: true });
  });
});
