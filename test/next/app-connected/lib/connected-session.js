import { connections, oidc } from "coatcheck/connections";
import { nextSessions } from "coatcheck/next";
import { clock } from "./clock.js";
import { httpStore } from "./http-store.js";

// The build reads this file, too, and knows no provider.
const unknown = { issuer: "https://id.example", clientId: "unknown", clientSecret: "unknown" };
export const provider = process.env.PROVIDER ? JSON.parse(process.env.PROVIDER) : unknown;
const origin = "https://shop.example";

const connection = connections({
  store: httpStore,
  secrets: ["a secret of the shop's that is long enough"],
  origin,
  providers: { corp: oidc({ ...provider, scope: ["openid", "email"] }) },
  // The test lets the provider wait for 50 pages, on whatever machine.
  lease: "90s",
  providerTimeLimit: "60s",
  runtime: clock,
});

export const { getSession, createAuthSession, handlers } = nextSessions({
  store: httpStore,
  origins: [origin],
  extend: { connection },
  runtime: clock,
});
