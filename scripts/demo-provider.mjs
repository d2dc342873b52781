// @ts-check
// Lantern Library, the provider that the demo connects accounts of: an OpenID provider with readers, consent, access tokens of two
// minutes, refresh tokens that rotate, and an API, a reader's shelf. It knows nothing of the shop but its address, and forgets everything
// when it is closed. LANTERN_TOKEN_LIFE says in seconds how long its access tokens live.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";

/** The one reader. */
export const reader = { card: "L-7001", pin: "owl at noon", name: "D. Moreau" };

const shelf = [
  { title: "The Shape of Letters", author: "Aino Kettunen" },
  { title: "A Field Guide to Evening", author: "Tomas Reyl" },
  { title: "Salt, Flour, Patience", author: "Ilse van Dorn" },
];

const tokenLife = Number(process.env.LANTERN_TOKEN_LIFE ?? 120);

/**
 * Opens the library on a free port.
 *
 * @param {string} shop the address of the shop
 * @returns {Promise<{ issuer: string, clientId: string, clientSecret: string }>}
 */
export async function openLantern(shop) {
  // @ts-expect-error It comes without types.
  const { default: Provider } = await import("oidc-provider");
  /** @type {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => void} */
  let answer = () => undefined;
  const server = createServer((request, response) => answer(request, response));
  // Not localhost: browsers would send it the cookies of the shop, whose port they do not look at.
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const issuer = `http://127.0.0.1:${port}`;
  const client = { clientId: "vesper", clientSecret: randomBytes(32).toString("base64url") };
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const provider = new Provider(issuer, {
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
      AccessToken: tokenLife,
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
  });
  const desk = createDesk(provider);
  const callback = provider.callback();
  answer = (request, response) => {
    const { pathname } = new URL(request.url ?? "/", issuer);
    const serve = desk.find(({ path }) => path.test(pathname))?.serve ?? callback;
    Promise.resolve(serve(request, response)).catch((error) => {
      console.error("Lantern Library:", error);
      if (!response.headersSent)
        show(response, "Something went wrong", "<p>Go back to the shop, and try again.</p>", 500);
    });
  };
  return { issuer, ...client };
}

/** @param {unknown} _ @param {{ clientId: string }} client @param {{ clientId: string }} token */
function ownToken(_, client, token) {
  return token.clientId === client.clientId;
}

/**
 * What there is beside the protocol: the pages, and the API.
 *
 * @param {any} provider
 */
function createDesk(provider) {
  /** The ids of what the reader has granted. @type {Set<string>} */
  const grants = new Set();
  let given = 0;
  provider.on("grant.success", () => {
    given += 1;
  });

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async function visit(request, response) {
    const { prompt } = await provider.interactionDetails(request, response);
    if (request.method !== "POST") return show(response, ...pageOf(prompt.name));
    const fields = await fieldsOf(request);
    if (fields.has("no")) return finish(request, response, { error: "access_denied" }, false);
    if (prompt.name === "consent") return consent(request, response);
    if (!isReader(fields)) return show(response, ...pageOf("login", "That card and PIN do not go together."));
    return finish(request, response, { login: { accountId: reader.card } }, false);
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async function consent(request, response) {
    const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(" "));
    const id = await grant.save();
    grants.add(id);
    return finish(request, response, { consent: { grantId: id } }, true);
  }

  /** @param {unknown} request @param {unknown} response @param {object} result @param {boolean} mergeWithLastSubmission */
  function finish(request, response, result, mergeWithLastSubmission) {
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission });
  }

  /** The page where a reader takes back what they have granted. @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async function takeBack(request, response) {
    const form = `<p>Vesper has been given keys ${given} times.</p>${readerForm("Vesper may see my shelf no more")}`;
    if (request.method !== "POST") return show(response, "Your library card", form);
    if (!isReader(await fieldsOf(request)))
      return show(
        response,
        "Your library card",
        `<p role="alert">That card and PIN do not go together.</p>${form}`,
        403,
      );
    for (const id of grants) {
      await provider.AccessToken.revokeByGrantId(id);
      await provider.RefreshToken.revokeByGrantId(id);
      await (await provider.Grant.find(id))?.destroy();
    }
    grants.clear();
    return show(response, "Taken back", "<p>Nobody sees your shelf any more.</p>");
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async function books({ headers }, response) {
    const [, shown = ""] = /^Bearer (\S+)$/.exec(headers.authorization ?? "") ?? [];
    const token = shown && (await provider.AccessToken.find(shown));
    const isGood = Boolean(token) && token.isValid && token.scopes.has("shelf");
    const head = isGood ? {} : { "www-authenticate": 'Bearer error="invalid_token"' };
    response.writeHead(isGood ? 200 : 401, { "content-type": "application/json", ...head });
    response.end(JSON.stringify(isGood ? { reader: reader.name, books: shelf } : { error: "invalid_token" }));
  }

  return [
    { path: /^\/visit\/[\w-]+$/, serve: visit },
    { path: /^\/$/, serve: takeBack },
    { path: /^\/shelf$/, serve: books },
  ];
}

/** @param {URLSearchParams} fields */
function isReader(fields) {
  return fields.get("card") === reader.card && fields.get("pin") === reader.pin;
}

/** @param {string} prompt @param {string} [said] @returns {[title: string, body: string]} */
function pageOf(prompt, said) {
  const alert = said ? `<p role="alert">${said}</p>` : "";
  if (prompt === "login") return ["Lantern Library", `${alert}${readerForm("Go on")}`];
  return [
    "Vesper asks for your shelf",
    `<p>It will see which books you have borrowed. It cannot borrow any, and you can take this back at any time.</p>
     <form method="post"><button>Let Vesper see it</button> <button name="no" value="no" class="quiet">No</button></form>`,
  ];
}

/** @param {string} button */
function readerForm(button) {
  return `<form method="post">
    <label>Card <input name="card" autocomplete="username" required></label>
    <label>PIN <input name="pin" type="password" autocomplete="current-password" required></label>
    <button>${button}</button>
  </form>`;
}

/** @param {import("node:http").ServerResponse} response @param {string} title @param {string} body @param {number} [status] */
function show(response, title, body, status = 200) {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  response.end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>
  :root { color-scheme: light dark; font: 1.05rem/1.5 Georgia, serif; }
  body { max-width: 24rem; margin: 4rem auto; padding: 0 1rem; background: light-dark(#eef3ee, #14201a); color: light-dark(#17301f, #e3efe6); }
  form, label { display: grid; gap: 0.5rem; } form { gap: 1rem; }
  input, button { font: inherit; padding: 0.5rem 0.8rem; border-radius: 0.3rem; border: 1px solid light-dark(#4b6b55, #8fb09a); }
  button { background: light-dark(#1f5b36, #a9dcb9); color: light-dark(#fff, #0e2416); border-color: transparent; }
  .quiet { background: none; color: inherit; border-color: currentColor; }
</style><main><h1>${title}</h1>${body}</main></html>`);
}

/** @param {import("node:http").IncomingMessage} request */
async function fieldsOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}
