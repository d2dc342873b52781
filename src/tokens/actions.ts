import type { Action, ActionTable, Call } from "../http/action.ts";
import type { Desk } from "./desk.ts";
import { answerIntrospection } from "./introspection.ts";
import { describeServer } from "./metadata.ts";
import { answerRevocation } from "./revocation.ts";
import { answerToken } from "./token-endpoint.ts";

/** How long others may keep the public keys, in seconds. A new key is published for longer before it signs. */
const keysMaxAge = 300;

/** The HTTP actions of tokens. No cookie is looked at in any of them. */
export function tokenActions(desk: Desk): ActionTable {
  return {
    "/token": { POST: byClient((call) => answerToken(desk, call)) },
    "/introspect": { POST: byClient((call) => answerIntrospection(desk, call)) },
    "/revoke-token": { POST: byClient((call) => answerRevocation(desk, call)) },
    "/jwks.json": { GET: byClient((call) => answerKeys(desk, call)) },
    "/.well-known/oauth-authorization-server": {
      GET: byClient(async (call) => everybodys(call, describeServer(desk))),
    },
  };
}

function byClient(answer: Action["answer"]): Action {
  return { credential: "client", answer };
}

async function answerKeys({ keyring }: Desk, call: Call): Promise<Response> {
  return everybodys(call, { keys: await keyring.published() }, "application/jwk-set+json");
}

/** An answer that is the same for everybody, so that caches may keep it. */
function everybodys({ exchange }: Call, body: object, type = "application/json"): Response {
  exchange.markPublic();
  const headers = { "content-type": type, "cache-control": `public, max-age=${keysMaxAge}` };
  return new Response(JSON.stringify(body), { headers });
}
