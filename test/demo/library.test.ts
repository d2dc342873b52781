import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLantern } from "../../scripts/demo-provider/index.mjs";

describe("the library beside the demo", () => {
  let library: Awaited<ReturnType<typeof openLantern>>;
  beforeAll(async () => {
    library = await openLantern("http://localhost:3000");
  });
  afterAll(() => library.close());

  /** Asks for a path as it stands: fetch would tidy it up. */
  function statusOf(path: string, options = {}, body = ""): Promise<number | undefined> {
    const { hostname, port } = new URL(library.issuer);
    return new Promise((resolve, reject) => {
      const asked = request({ hostname, port, path, ...options }, (answer) => {
        answer.resume().once("end", () => resolve(answer.statusCode));
      });
      asked.once("error", reject).end(body);
    });
  }

  it("answers every path, of which some are no address, and goes on", async () => {
    for (const path of ["//", "//:x", "/nothing", "/visit/", "/%zz"])
      expect([path, await statusOf(path)]).toEqual([path, 404]);
    expect(await statusOf("/")).toBe(200);
  });

  it("calls it the visitor's mistake where the visit has no cookie", async () => {
    expect(await statusOf("/visit/nobody")).toBe(400);
  });

  it("reads no form that is too long, or that does not say how long it is", async () => {
    const post = { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" } };
    const chunked = { method: "POST", headers: { "transfer-encoding": "chunked" } };
    expect(await statusOf("/", post, "card=L-7001&pin=owl+at+dusk")).toBe(403);
    expect(await statusOf("/", post, `card=${"L".repeat(2_000)}`)).toBe(413);
    expect(await statusOf("/", chunked, "card=L-7001&pin=owl+at+noon")).toBe(413);
  });

  it("shows a shelf to nobody without a token", async () => {
    expect(await statusOf("/shelf")).toBe(401);
    expect(await statusOf("/shelf", { headers: { authorization: "Bearer nothing" } })).toBe(401);
  });
});
