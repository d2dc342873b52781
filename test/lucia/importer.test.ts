import { describe, expect, it } from "vitest";
import { luciaImporter } from "../../src/adapters/lucia/index.ts";
import { createSessions, memoryStore } from "../../src/index.ts";
import { day, luciaId, memoryTable, moving, secrets } from "./visitors.ts";

const oldCookie = `auth_session=${luciaId()}`;

describe("a request with Lucia's cookie", () => {
  it("is given a session of the same user that ends when Lucia's would have", async () => {
    const { importer, sessions, runtime } = moving();
    const imported = await importer.importRequest(`theme=dark; ${oldCookie}; c=d`);
    const session = await sessions.validate(imported?.token ?? "");
    expect(session).toMatchObject({ userId: "ada", id: imported?.id, expiresAt: runtime.now() + 20 * day });
    expect(imported).toMatchObject({ userId: "ada", expiresAt: runtime.now() + 20 * day });
  });

  it("is answered with our cookie for the rest of that time, and with Lucia's taken away", async () => {
    const imported = await moving().importer.importRequest(oldCookie);
    expect(imported?.setCookies).toEqual([
      `__Host-session=${imported?.token}; Path=/; Max-Age=${20 * 86_400}; HttpOnly; Secure; SameSite=Lax`,
      "auth_session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
    ]);
  });

  it("goes on with our cookie in the place of Lucia's, and with all others as they were", async () => {
    const imported = await moving().importer.importRequest(`theme=%E0; ${oldCookie}; __Host-session=junk; c=d=e`);
    expect(imported?.cookieHeader).toBe(`theme=%E0; c=d=e; __Host-session=${imported?.token}`);
  });

  it("leaves no old id behind: the row is gone, and after the grace the id opens nothing", async () => {
    const { importer, table, runtime, another } = moving();
    const first = await importer.importRequest(oldCookie);
    expect(first).not.toBeNull();
    expect(table.rows.size).toBe(0);
    runtime.advance("59s");
    expect((await another().importRequest(oldCookie))?.token).toBe(first?.token);
    runtime.advance("1s");
    for (const importerOf of [importer, another()]) {
      expect(await importerOf.importRequest(oldCookie)).toBeNull();
      expect(await importerOf.importSession(luciaId())).toBeNull();
    }
  });

  it("with a grace of 0 the old id is dead at once", async () => {
    const { importer } = moving({ grace: 0 });
    expect(await importer.importRequest(oldCookie)).not.toBeNull();
    expect(await importer.importRequest(oldCookie)).toBeNull();
  });

  it("has been authenticated long ago: being moved proves nothing", async () => {
    const { importer, sessions } = moving();
    const imported = await importer.importRequest(oldCookie);
    expect((await sessions.validate(imported?.token ?? ""))?.authenticatedAt).toBe(0);
  });

  it("makes one session of the user, and one event", async () => {
    const { importer, sessions, events } = moving();
    const imported = await importer.importRequest(oldCookie);
    expect((await sessions.list("ada")).map(({ id }) => id)).toEqual([imported?.id]);
    expect(events.map(({ type }) => type)).toEqual(["created"]);
  });

  it("is nobody when Lucia's session has expired, at equality", async () => {
    const { importer, runtime, sessions } = moving();
    runtime.advance(20 * day);
    expect(await importer.importRequest(oldCookie)).toBeNull();
    expect(await sessions.list("ada")).toEqual([]);
  });

  it("never outlives the absolute timeout of the sessions", async () => {
    const { runtime, importer } = moving(
      {},
      { rows: { [luciaId()]: { userId: "ada", expiresAt: 9_000_000_000_000 } } },
    );
    expect((await importer.importRequest(oldCookie))?.expiresAt).toBe(runtime.now() + 400 * day);
  });
});

describe("a request that is not Lucia's", () => {
  const token = `ccs_${"a".repeat(21)}A.${"b".repeat(42)}A`;
  it.each<[what: string, header: string | null | undefined]>([
    ["without cookies", undefined],
    ["with none of a session", "theme=dark"],
    ["with an empty old cookie", "auth_session="],
    ["with an old cookie that no server has set", `auth_session=${"x".repeat(256)}`],
    ["with a token of ours in the old cookie", `auth_session=${token}`],
    ["with a cookie of ours beside Lucia's", `${oldCookie}; __Host-session=${token}`],
  ])("%s costs no call, of neither side", async (_what, header) => {
    const { importer, store, table } = moving();
    expect(await importer.importRequest(header)).toBeNull();
    expect(store.total()).toBe(0);
    expect(table.asked).toEqual([]);
  });

  it.each(["'; DROP TABLE session; --", "\u0000", "a b", "ä", "__proto__", "constructor"])(
    "with the old id %j is nobody",
    async (id) => {
      const { importer } = moving();
      expect(await importer.importRequest(`auth_session=${id}`)).toBeNull();
      expect(await importer.importSession(id)).toBeNull();
    },
  );
});

describe("two old cookies", () => {
  it("are as good as one where one of them has a session", async () => {
    const { importer } = moving();
    const imported = await importer.importRequest(`auth_session=${luciaId("b")}; ${oldCookie}`);
    expect(imported?.userId).toBe("ada");
  });

  it("are none where both have one: somebody has planted the other", async () => {
    const expiresAt = Date.UTC(2027, 0, 1);
    const rows = { [luciaId("a")]: { userId: "ada", expiresAt }, [luciaId("b")]: { userId: "eve", expiresAt } };
    const { importer, table } = moving({}, { rows });
    expect(await importer.importRequest(`auth_session=${luciaId("b")}; ${oldCookie}`)).toBeNull();
    expect(table.rows.size).toBe(2);
  });
});

describe("the sessions of a user", () => {
  it("end all with revokeUser, those that are still Lucia's too", async () => {
    const expiresAt = Date.UTC(2026, 0, 20);
    const row = { userId: "ada", expiresAt };
    const rows = { [luciaId("a")]: row, [luciaId("b")]: row, [luciaId("e")]: { userId: "eve", expiresAt } };
    const { importer, sessions } = moving({}, { rows });
    const imported = await importer.importSession(luciaId("a"));
    expect(await importer.revokeUser("ada")).toBe(1);
    expect(await sessions.validate(imported?.token ?? "")).toBeNull();
    for (const id of ["a", "b"]) expect(await importer.importSession(luciaId(id))).toBeNull();
    expect(await importer.importSession(luciaId("e"))).not.toBeNull();
  });

  it("that ended after the import stay ended, whoever brings the old id, within the grace too", async () => {
    const { importer, sessions, another } = moving();
    const imported = await importer.importSession(luciaId());
    await (await sessions.validate(imported?.token ?? ""))?.destroy();
    expect(await another().importSession(luciaId())).toBeNull();
    expect(await sessions.list("ada")).toEqual([]);
  });

  it("that were signed in anew are not handed to whoever brings the old id", async () => {
    const { importer, sessions, another } = moving();
    const imported = await importer.importSession(luciaId());
    const fresh = await (await sessions.validate(imported?.token ?? ""))?.signIn("ada");
    expect(await another().importSession(luciaId())).toBeNull();
    expect(await sessions.validate(fresh ?? "")).not.toBeNull();
  });
});

describe("what is at rest", () => {
  it("holds neither the old id nor the token, and opens nothing", async () => {
    const written: string[] = [];
    const inner = memoryStore();
    const store: typeof inner = {
      ...inner,
      create: (record) => {
        written.push(JSON.stringify(record));
        return inner.create(record);
      },
    };
    const { importer, sessions, table } = moving({}, { store });
    const imported = await importer.importSession(luciaId());
    const secret = imported?.token.split(".")[1] ?? "";
    expect(written).toHaveLength(2);
    for (const text of written) {
      expect(text).not.toContain(luciaId());
      expect(text).not.toContain(secret);
      const { id, digest } = JSON.parse(text) as { id: string; digest: string };
      expect(await sessions.validate(`ccs_${id}.${digest}`)).toBeNull();
      expect(await importer.importSession(id)).toBeNull();
    }
    expect(table.rows.size).toBe(0);
  });

  // Who has a backup of Lucia's table and a copy of the store, and not the key, can make no token.
  it("makes other tokens with another key", async () => {
    const tokens = [];
    for (const key of [secrets[0] ?? "", "another key of an application, 32 bytes"]) {
      const { importer } = moving({ secrets: [key] });
      tokens.push((await importer.importSession(luciaId()))?.token);
    }
    expect(new Set(tokens).size).toBe(2);
  });

  it("is recognised by every key that is configured, whichever is the first", async () => {
    const [older, newer] = ["the older key of the application, 32 bytes", "the newer key of the application, 32 bytes"];
    const { importer, another } = moving({ secrets: [older, newer] });
    const imported = await importer.importSession(luciaId());
    expect(await another({ secrets: [newer, older] }).importSession(luciaId())).toEqual(imported);
  });
});

describe("the options", () => {
  const sessions = createSessions({ store: memoryStore(), origins: ["https://shop.example"] });
  const table = memoryTable({});
  it.each([
    ["CONFIG_SECRET_MISSING", { table, secrets: [] }],
    ["CONFIG_SECRET_MISSING", { table }],
    ["CONFIG_SECRET_WEAK", { table, secrets: ["short"] }],
    ["CONFIG_INVALID", { table: { find: () => null }, secrets }],
    ["CONFIG_INVALID", { table, secrets, grace: "soon" }],
    ["CONFIG_INVALID", { table, secrets, cookie: { name: "a b" } }],
    ["CONFIG_INVALID", { table, secrets, cookie: { name: "__Host-session", path: "/app" } }],
  ])("%s: %j is refused", (code, options) => {
    expect(() => luciaImporter(sessions, options as never)).toThrow(expect.objectContaining({ code }));
  });

  it("Lucia's cookie is taken away with the attributes that it had", async () => {
    const cookie = { name: "old", domain: "shop.example", path: "/app", sameSite: "strict" } as const;
    const imported = await moving({ cookie }).importer.importRequest(`old=${luciaId()}`);
    expect(imported?.setCookies[1]).toBe(
      "old=; Path=/app; Domain=shop.example; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
    );
  });

  it("a cookie that both use is set and not taken away", async () => {
    const imported = await moving({ cookie: { name: "__Host-session" } }).importer.importRequest(
      `__Host-session=${luciaId()}`,
    );
    expect(imported?.setCookies).toHaveLength(1);
    expect(imported?.cookieHeader).toBe(`__Host-session=${imported?.token}`);
  });
});
