import { describe, expect, it } from "vitest";
import { startProvider } from "./openid-provider.ts";
import { asProvider, callbackOf, openShop } from "./shop.ts";

const provider = await startProvider({ redirectUris: [callbackOf("corp")] });

describe("Sign-in with a provider", () => {
  it("signs in with a new token, links the account, and goes on to where the visitor wanted", async () => {
    const { visitor, connection, sessions } = openShop({ corp: asProvider(provider) });
    const browser = visitor();
    expect(await browser.goThrough("sign-in-with", "corp", "anna")).toBe("303 /after");
    expect(await browser.linked()).toMatchObject([{ provider: "corp", subject: "anna", state: "active" }]);
    const token = await connection.of("corp:anna", "corp").accessToken();
    expect(token).toMatch(/^[\w-]{20,}$/);
    expect(await (await browser.request("/token?provider=corp")).json()).toEqual({ token });
    expect(sessions).toBeDefined();
  });
});
