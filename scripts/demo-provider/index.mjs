// @ts-check
// Lantern Library, the provider that the demo connects accounts of: an OpenID provider with readers, consent, access tokens of two
// minutes, refresh tokens that rotate, and an API, a reader's shelf. It knows nothing of the shop but its address, and forgets everything
// when it is closed. LANTERN_TOKEN_LIFE says in seconds how long its access tokens live.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import { createDesk } from "./desk.mjs";

/** @typedef {import("./desk.mjs").Serve} Serve */
/** @typedef {{ clientId: string, clientSecret: string }} Client */

/**
 * Opens the library on a free port.
 *
 * @param {string} shop the address of the shop
 * @returns {Promise<Client & { issuer: string, close(): void }>}
 */
export async function openLantern(shop) {
  /** @type {Serve} */
  let answer = async () => undefined;
  const server = createServer((request, response) => answer(request, response));
  // Not localhost: browsers would send it the cookies of the shop, whose port they do not look at.
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const issuer = `http://127.0.0.1:${port}`;
  const client = { clientId: "vesper", clientSecret: randomBytes(32).toString("base64url") };
  const provider = await makeProvider(issuer, await configurationOf(shop, client));
  answer = createAnswer(provider, createDesk(provider));
  return { issuer, ...client, close: () => server.close() };
}

/**
 * Makes the provider, without its warnings: they are about what an operator has to do, and this library is closed with the demo.
 *
 * @param {string} issuer
 * @param {object} configuration
 */
async function makeProvider(issuer, configuration) {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    // @ts-expect-error It comes without types.
    const { default: Provider } = await import("oidc-provider");
    return new Provider(issuer, configuration);
  } finally {
    console.warn = warn;
  }
}

/** @param {string} shop @param {Client} client */
async function configurationOf(shop, client) {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        client_name: "Vesper",
        redirect_uris: [`${shop}/api/session/callback.lantern`],
        grant_types: ["authorization_code", "refresh_token"],
      },
    ],
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: "RS256", use: "sig" }] },
    scopes: ["openid", "shelf"],
    claims: { openid: ["sub"] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true, allowedPolicy: ownToken } },
    interactions: { url: (/** @type {unknown} */ _, /** @type {{ uid: string }} */ { uid }) => `/visit/${uid}` },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: Number(process.env.LANTERN_TOKEN_LIFE ?? 120),
      IdToken: 3_600,
      RefreshToken: 86_400,
      Grant: 86_400,
      Interaction: 600,
      Session: 3_600,
    },
    findAccount: (/** @type {unknown} */ _, /** @type {string} */ id) => ({
      accountId: id,
      claims: () => ({ sub: id }),
    }),
  };
}

/** @param {unknown} _ @param {{ clientId: string }} client @param {{ clientId: string }} token */
function ownToken(_, client, token) {
  return token.clientId === client.clientId;
}

/**
 * Answers whatever is asked, the desk's paths and those of the protocol. It never throws: nobody's request may end the demo.
 *
 * @param {any} provider
 * @param {import("./desk.mjs").Desk} desk
 * @returns {Serve}
 */
function createAnswer(provider, desk) {
  /** @type {Serve} */
  const callback = provider.callback();
  return async (request, response) => {
    try {
      const [path = "/"] = (request.url ?? "/").split("?"); // not new URL: "//" is none, and may be asked for all the same
      await (desk.find(path) ?? callback)(request, response);
    } catch (thrown) {
      const status = /** @type {{ status?: number } | null} */ (thrown)?.status ?? 500;
      if (status >= 500) console.error("Lantern Library:", thrown);
      if (!response.headersSent) desk.sendTrouble(response, status);
    }
  };
}
