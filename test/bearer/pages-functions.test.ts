import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configure, destroySession, getSessionData, setSessionData } from "../../src/adapters/next/pages.ts";
import { exchange } from "../http/raw.ts";
import { listen, type Running } from "../http/servers.ts";
import { type World, world } from "../support/world.ts";

let here: World & Running;

beforeEach(async () => {
  const scene = world({ bearer: true });
  configure({ sessions: scene.sessions as never });
  const running = await listen((request, response) => {
    const answer = async () => {
      if (request.url === "/write") await setSessionData(request, response, { seen: true });
      if (request.url === "/leave") await destroySession(request, response);
      response.end(JSON.stringify(await getSessionData(request, response)));
    };
    answer().catch(() => response.writeHead(500).end());
  });
  here = { ...scene, ...running };
});
afterEach(() => here.stop());

const ask = (path: string, headers: Record<string, string>) => exchange(here.origin, { method: "POST", path, headers });

describe("the functions of coatcheck/next/pages, with the token in the header", () => {
  it("T10 read, write and end the session, without a cookie", async () => {
    const { token } = await here.sessions.create({ data: { cart: 1 } });
    const headers = { authorization: `Bearer ${token}` };
    const written = await ask("/write", headers);
    expect([written.body, written.cookies]).toEqual(['{"cart":1,"seen":true}', []]);
    const left = await ask("/leave", headers);
    expect([left.headers["coatcheck-token"], left.cookies]).toEqual(["none", []]);
    expect(await here.sessions.validate(token)).toBeNull();
  });

  it("T11 a forged header beside a valid cookie neither reads nor writes its session", async () => {
    const { token } = await here.sessions.create({ data: { cart: 1 } });
    const headers = { cookie: `__Host-session=${token}`, authorization: "Bearer forged", origin: "https://evil.test" };
    const answer = await ask("/write", headers);
    expect([answer.body.includes("cart"), answer.cookies]).toEqual([false, []]);
    expect((await here.sessions.validate(token))?.data).toEqual({ cart: 1 });
  });
});
