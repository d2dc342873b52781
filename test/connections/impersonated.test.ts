import { expect, it } from "vitest";
import { createSessions } from "../../src/index.ts";
import { startProvider } from "./openid-provider.ts";
import { asProvider, callbackOf, openShop, origin } from "./shop.ts";

const provider = await startProvider({ redirectUris: [callbackOf("corp")] });

it("O4 whoever impersonates a user sees what they have linked, is given no token of it, and ends no link", async () => {
  const shop = openShop({ corp: asProvider(provider) });
  await shop.visitor().goThrough("sign-in-with", "corp", "carl");
  const sessions = createSessions({
    ...{ store: shop.store, runtime: shop.runtime, origins: [origin] },
    extend: { connection: shop.connection },
    impersonation: { allow: () => true },
  });
  const { session } = await sessions.create({ userId: "admin" });
  await session.impersonate("corp:carl", { reason: "a question" });
  const { connection } = session;
  await expect(connection("corp").accessToken()).rejects.toMatchObject({ code: "IMPERSONATION_REFUSED" });
  await expect(connection("corp").discard("x")).rejects.toMatchObject({ code: "IMPERSONATION_REFUSED" });
  await expect(connection("corp").unlink()).rejects.toMatchObject({ code: "IMPERSONATION_REFUSED" });
  expect(await connection("corp").find()).toMatchObject({ state: "active" });

  // The user's own session, and a job of the application, have it still.
  const own = await sessions.create({ userId: "corp:carl" });
  expect(await own.session.connection("corp").accessToken()).toEqual(expect.any(String));
  expect(await shop.connection.of("corp:carl", "corp").accessToken()).toEqual(expect.any(String));
});
