// @ts-check
// What the library has beside the protocol: its desk, where readers show their card, and an API, a reader's shelf. Only the desk sends
// pages.
import { cardPage, consentPage, html, loginPage, takenBackPage, troublePage } from "./pages.mjs";

/** @typedef {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => Promise<void>} Serve */
/** @typedef {ReturnType<typeof createDesk>} Desk */

/** The one reader. */
export const reader = { card: "L-7001", pin: "owl at noon", name: "D. Moreau" };

const shelf = [
  { title: "The Shape of Letters", author: "Aino Kettunen" },
  { title: "A Field Guide to Evening", author: "Tomas Reyl" },
  { title: "Salt, Flour, Patience", author: "Ilse van Dorn" },
];

/** So many bytes a form may have: a card and a PIN are fewer. */
const longestForm = 1_024;

const wrongCard = "That card and PIN do not go together.";

/** @param {any} provider it comes without types */
export function createDesk(provider) {
  /** The ids of what the reader has granted. @type {Set<string>} */
  const grants = new Set();
  let given = 0;
  provider.on("grant.success", () => {
    given += 1;
  });

  /** A step on the way from the shop and back to it. @type {Serve} */
  async function visit(request, response) {
    const details = await provider.interactionDetails(request, response);
    const isConsent = details.prompt.name === "consent";
    if (request.method !== "POST") return send(response, isConsent ? consentPage() : loginPage());
    const fields = await fieldsOf(request);
    /** @type {(result: object) => Promise<void>} */
    const finish = (result) =>
      provider.interactionFinished(request, response, result, {
        mergeWithLastSubmission: isConsent && !fields.has("no"),
      });
    if (fields.has("no")) return finish({ error: "access_denied" });
    if (isConsent) return finish({ consent: { grantId: await consent(details) } });
    if (!isReader(fields)) return send(response, loginPage(wrongCard));
    return finish({ login: { accountId: reader.card } });
  }

  /** Notes what the reader has granted, and answers its id. @param {any} details */
  async function consent({ prompt, params, session, grantId }) {
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(" "));
    const id = await grant.save();
    grants.add(id);
    return id;
  }

  /** @type {Serve} */
  async function takeBack(request, response) {
    if (request.method !== "POST") return send(response, cardPage({ given }));
    if (!isReader(await fieldsOf(request))) return send(response, cardPage({ given, said: wrongCard }), 403);
    for (const id of grants) {
      await provider.AccessToken.revokeByGrantId(id);
      await provider.RefreshToken.revokeByGrantId(id);
      await (await provider.Grant.find(id))?.destroy();
    }
    grants.clear();
    return send(response, takenBackPage());
  }

  /** @type {Serve} */
  async function books({ headers }, response) {
    const [, shown = ""] = /^Bearer (\S+)$/.exec(headers.authorization ?? "") ?? [];
    const token = shown && (await provider.AccessToken.find(shown));
    const isGood = Boolean(token) && token.isValid && token.scopes.has("shelf");
    const head = isGood ? {} : { "www-authenticate": 'Bearer error="invalid_token"' };
    response.writeHead(isGood ? 200 : 401, { "content-type": "application/json", ...head });
    response.end(JSON.stringify(isGood ? { reader: reader.name, books: shelf } : { error: "invalid_token" }));
  }

  const served = [
    { path: /^\/visit\/[\w-]+$/, serve: visit },
    { path: /^\/$/, serve: takeBack },
    { path: /^\/shelf$/, serve: books },
  ];

  return {
    /** What answers at a path, if the desk does. @param {string} path @returns {Serve | undefined} */
    find: (path) => served.find((one) => one.path.test(path))?.serve,
    /** @param {import("node:http").ServerResponse} response @param {number} status */
    sendTrouble: (response, status) => send(response, troublePage(), status),
  };
}

/** @param {URLSearchParams} fields */
function isReader(fields) {
  return fields.get("card") === reader.card && fields.get("pin") === reader.pin;
}

/** @param {import("node:http").ServerResponse} response @param {import("./pages.mjs").Page} page @param {number} [status] */
function send(response, page, status = 200) {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  response.end(html(page));
}

/** @param {import("node:http").IncomingMessage} request */
async function fieldsOf(request) {
  // Browsers always say how long a form is, and no more than that is read.
  if (!(Number(request.headers["content-length"]) <= longestForm))
    throw Object.assign(new Error("The form is too long, or does not say how long it is."), { status: 413 });
  let text = "";
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}
