import { describe, expect, it } from "vitest";
import { world } from "../support/world.ts";

describe("A request that a page makes on its own", () => {
  it.each([
    ["slides no idle deadline", { "coatcheck-passive": "1" }, 0],
    ["is told from one of the visitor's, which does", {}, 1],
  ])("%s", async (_, headers, touches) => {
    const here = world({ timeouts: { idle: "30m" } });
    const { token } = await here.sessions.create({ userId: "u1" });
    const { name, value } = here.sessions.createSessionCookie(token);
    here.runtime.advance("20m");
    const request = new Request("http://localhost/api/session", {
      headers: { ...headers, cookie: `${name}=${value}`, "sec-fetch-site": "same-origin" },
    });
    const response = await here.sessions.handler(request);
    await here.runtime.settle();
    expect(await response.json()).toMatchObject({ userId: "u1" });
    expect(here.store.counts.update).toBe(touches);
  });
});
