import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { SessionStoreError } from "../../src/errors.ts";
import { exchange } from "../http/raw.ts";
import { type Door, doors } from "./doors.ts";

type Here = Awaited<ReturnType<Door["open"]>>;
let here: Here;
afterEach(() => here.stop());

type Fields = Readonly<Record<string, string | undefined>>;

async function ask(path: string, headers: Fields = {}, method = "GET") {
  const answer = await exchange(here.origin, { method, path, headers });
  return {
    ...answer,
    token: answer.headers["coatcheck-token"],
    challenge: answer.headers["www-authenticate"],
    value: answer.body === "" ? null : (JSON.parse(answer.body) as { readonly userId?: string | null }),
  };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const cookie = (token: string) => ({ cookie: `__Host-session=${token}` });
const signedIn = async (userId = "ann") => (await here.sessions.create({ userId })).token;
const forged = `ccs_${"A".repeat(22)}.${"A".repeat(43)}`;

describe.each(doors)("the session token in the header: $name", ({ open }) => {
  it("T12 opens the session, whatever the case of the scheme; the answer is private", async () => {
    here = await open();
    const token = await signedIn();
    for (const scheme of ["Bearer", "bearer", "BEARER", "bEaReR"]) {
      const { status, value, headers, cookies } = await ask("/who", { authorization: `${scheme} ${token}` });
      expect([status, value?.userId, cookies.length]).toEqual([200, "ann", 0]);
      expect(headers["cache-control"]).toBe("private, no-store");
    }
  });

  it("T10 hands a new token on in one header, and sets no cookie", async () => {
    here = await open();
    const wants = { "coatcheck-transport": "bearer" };
    const first = await ask("/sign-in", wants, "POST");
    expect([first.status, first.cookies]).toEqual([200, []]);
    expect(first.token).toMatch(/^ccs_/);
    expect(first.body).not.toContain("ccs_");
    const token = String(first.token);
    expect((await ask("/who", bearer(token))).value?.userId).toBe("ann");

    const rotated = await ask("/rotate", bearer(token), "POST");
    expect([rotated.cookies, rotated.body.includes("ccs_")]).toEqual([[], false]);
    expect(rotated.token).not.toBe(token);
    expect((await ask("/who", bearer(String(rotated.token)))).value?.userId).toBe("ann");

    const left = await ask("/leave", bearer(String(rotated.token)), "POST");
    expect([left.status, left.token, left.cookies]).toEqual([200, "none", []]);
    expect((await ask("/who", bearer(String(rotated.token)))).status).toBe(401);
  });

  it("T10 tells no token in a header to whoever did not choose it", async () => {
    here = await open();
    const answer = await ask("/sign-in", { "sec-fetch-site": "same-origin" }, "POST");
    expect([answer.token, answer.cookies.length]).toEqual([undefined, 1]);
    const rotated = await ask("/rotate", { ...cookie(await signedIn()), "sec-fetch-site": "same-origin" }, "POST");
    expect([rotated.token, rotated.cookies.length]).toEqual([undefined, 1]);
  });

  it("X11 needs no check for cross-site requests, since no other site can send the header", async () => {
    here = await open();
    const token = await signedIn();
    for (const site of [{ "sec-fetch-site": "cross-site" }, { origin: "https://evil.test" }, {}])
      expect((await ask("/write", { ...bearer(token), ...site }, "POST")).status).toBe(200);
  });

  it("T11 a valid cookie gains nothing from a forged header, nor a header from a cookie", async () => {
    here = await open();
    const token = await signedIn();
    const before = await here.sessions.list("ann");
    for (const header of [forged, "forged.signature", "forged.three.parts", "x", ""]) {
      const answer = await ask("/write", { ...cookie(token), ...bearer(header), origin: "https://evil.test" }, "POST");
      expect([header, answer.status === 200, answer.cookies.length, answer.token]).toEqual([
        header,
        false,
        0,
        undefined,
      ]);
      const read = await ask("/who", { ...cookie(token), ...bearer(header) });
      expect([header, read.value?.userId ?? null]).toEqual([header, null]);
    }
    expect((await here.sessions.validate(token))?.data).toEqual({});
    expect(await here.sessions.list("ann")).toEqual(before);
  });

  it("T11 the header wins over the cookie of somebody else, which stays as it is", async () => {
    here = await open();
    const [ann, ben] = [await signedIn("ann"), await signedIn("ben")];
    const answer = await ask("/leave", { ...cookie(ben), ...bearer(ann) }, "POST");
    expect([answer.status, answer.cookies, answer.token]).toEqual([200, [], "none"]);
    expect(await here.sessions.validate(ann)).toBeNull();
    expect((await here.sessions.validate(ben))?.userId).toBe("ben");
  });

  it("T11 whoever asks for a token in the header is nobody so far, whatever cookie is beside it", async () => {
    here = await open();
    const token = await signedIn();
    const asking = { ...cookie(token), "coatcheck-transport": "bearer", origin: "https://evil.test" };
    const answer = await ask("/write", asking, "POST");
    expect([answer.value?.userId, answer.cookies, answer.token === token]).toEqual([null, [], false]);
    expect((await here.sessions.validate(token))?.data).toEqual({});
  });

  it("X11 T11 without the header, or with another scheme, the cookie alone counts, and is checked", async () => {
    here = await open();
    const token = await signedIn();
    for (const other of [{}, { authorization: `Basic ${btoa("a:b")}` }, { authorization: "Bearish x" }]) {
      const foreign = { ...cookie(token), ...other, origin: "https://evil.test" };
      expect((await ask("/write", foreign, "POST")).status).toBe(403);
      expect((await ask("/who", { ...cookie(token), ...other })).value?.userId).toBe("ann");
    }
  });

  it("T12 answers a credential that is none with 401 and a challenge, without a store call", async () => {
    here = await open();
    const token = await signedIn();
    const before = here.store.total();
    const bad = ["", " ", "  x", `  ${token}`, `${token} ${token}`, `Bearer ${token}`, `${token}, Bearer ${token}`];
    for (const text of [...bad, "ü", `${token}\u00ff`, `${token}x`, "a".repeat(5_000), "\t", `"${token}"`, "ccr_x.y"]) {
      const { status, challenge, cookies } = await ask("/who", { authorization: `Bearer ${text}` });
      expect([text.slice(0, 90), status]).toEqual([text.slice(0, 90), 401]);
      expect([challenge, cookies.length]).toEqual(['Bearer error="invalid_token"', 0]);
    }
    expect(here.store.total()).toBe(before);
  });

  it("T12 answers a token that opens nothing any more with 401, and does not tell why", async () => {
    here = await open();
    const [ended, expired] = [await signedIn(), await signedIn("ben")];
    await here.sessions.revokeUser("ann");
    const bodies = new Set<string>();
    const refused = async (token: string) => {
      const { status, challenge, body } = await ask("/who", bearer(token));
      expect([status, challenge]).toEqual([401, 'Bearer error="invalid_token"']);
      bodies.add(body);
    };
    await refused(ended);
    await refused(forged);
    here.runtime.advance("31d");
    await refused(expired);
    expect(bodies.size).toBe(1);
  });

  it("T9 ignores a token in the query", async () => {
    here = await open();
    const token = await signedIn();
    for (const name of ["access_token", "token", "session", "__Host-session"])
      expect((await ask(`/who?${name}=${token}`)).value?.userId).toBeNull();
  });

  it("is off unless the configuration turns it on: the header is not looked at", async () => {
    here = await open({ bearer: false });
    const token = await signedIn();
    expect((await ask("/who", bearer(token))).value?.userId).toBeNull();
    expect((await ask("/who", { ...cookie(token), ...bearer("x") })).value?.userId).toBe("ann");
    const foreign = { ...cookie(token), ...bearer(token), origin: "https://evil.test" };
    expect((await ask("/write", foreign, "POST")).status).toBe(403);
    const asked = await ask("/sign-in", { "coatcheck-transport": "bearer" }, "POST");
    expect([asked.token, asked.cookies.length]).toEqual([undefined, 1]);
  });

  it("G8 an outage is a 503, and says nothing of the token", async () => {
    here = await open({ store: failing() });
    const { status, challenge } = await ask("/who", bearer(forged));
    expect([status, challenge]).toEqual([503, undefined]);
  });

  it("T12 G13 no header makes a 5xx, nor anybody of nobody", async () => {
    here = await open();
    const token = await signedIn();
    const bytes = fc.string({
      unit: fc
        .integer({ min: 32, max: 255 })
        .filter((code) => code !== 127)
        .map((code) => String.fromCharCode(code)),
      maxLength: 90,
    });
    const near = fc.tuple(
      fc.constantFrom("Bearer ", "bearer  ", "BEARER\t", "Bearer", ""),
      fc.oneof(bytes, fc.constant(token)),
      bytes,
    );
    await fc.assert(
      fc.asyncProperty(near, async ([scheme, text, more]) => {
        const authorization = `${scheme}${text}${more}`;
        const { status, value } = await ask("/who", { authorization });
        const isRight = /^bearer (.*?)[ \t]*$/i.exec(authorization)?.[1] === token;
        expect([status < 500, value?.userId ?? null]).toEqual([true, isRight ? "ann" : null]);
      }),
      { numRuns: 200, seed: 6 },
    );
  });
});

function failing() {
  const fail = () => {
    throw new SessionStoreError("STORE_FULL", "Out of order.");
  };
  return { name: "broken", find: fail, create: fail, update: fail, destroy: fail };
}
