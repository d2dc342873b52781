// What tokens cost: issuing and exchanging them beside the signature alone, and what an exchange asks of the store.
import { generateKeyPair, SignJWT } from "jose";
import { createSessions, memoryStore } from "../dist/index.js";
import { countingStore } from "../dist/testing/index.js";
import { generateTokenKey, storedKeys, tokens } from "../dist/tokens/index.js";
import { measure, print, table } from "./measure.mjs";

const secrets = ["a secret of the benchmark, thirty-two bytes"];
const url = "https://shop.example/api/session/token";

function makeSessions(store, keys) {
  const clients = { mobile: { public: true } };
  const issued = { issuer: "https://shop.example", audiences: ["https://api.shop.example"], clients, keys };
  return createSessions({ store, secrets, tokens: tokens({ ...issued, refresh: { idle: "30d" } }) });
}

async function signer(algorithm) {
  const { privateKey } = await generateKeyPair(algorithm);
  const claims = { iss: "https://shop.example", sub: "u1", aud: "https://api.shop.example", client_id: "mobile" };
  const header = { alg: algorithm, typ: "at+jwt", kid: "k1" };
  const payload = { ...claims, iat: 1, exp: 2, jti: "0123456789012345678901", sid: "0123456789012345678901" };
  return () => new SignJWT(payload).setProtectedHeader(header).sign(privateKey);
}

async function issuer(algorithm, refresh) {
  const sessions = makeSessions(memoryStore(), await generateTokenKey({ algorithm }));
  const { session } = await sessions.create({ userId: "u1" });
  return () => session.issueTokens({ client: "mobile", refresh });
}

/** Exchanges one refresh token after another. */
async function exchanger(store, keys) {
  const sessions = makeSessions(store, keys);
  const { session } = await sessions.create({ userId: "u1" });
  let { refreshToken } = await session.issueTokens({ client: "mobile" });
  return async (token = refreshToken) => {
    const body = new URLSearchParams({ grant_type: "refresh_token", client_id: "mobile", refresh_token: token });
    const response = await sessions.handler(new Request(url, { method: "POST", body }));
    if (response.status !== 200) throw new Error("A refresh token of the benchmark was refused.");
    refreshToken = (await response.json()).refresh_token;
  };
}

for (const algorithm of ["EdDSA", "ES256"]) {
  const exchange = await exchanger(memoryStore(), await generateTokenKey({ algorithm }));
  const rows = [
    { name: "jose signs such a token", run: await signer(algorithm) },
    { name: "issueTokens, without a refresh token", run: await issuer(algorithm, false) },
    { name: "issueTokens, with one", run: await issuer(algorithm, true) },
    { name: "POST /token, an exchange", run: () => exchange() },
  ];
  print(`What tokens cost, ${algorithm}, on memoryStore`, await measure(rows));
}

// Counted, and not measured: what one exchange asks of the store.
async function callsOf(name, keys, prepare) {
  const store = countingStore(memoryStore());
  const exchange = await exchanger(store, keys);
  await exchange(); // a key in the store is read at the first
  const run = await prepare(exchange);
  store.reset();
  await run();
  return [name, store.counts.find, store.counts.update, store.total()];
}

const same = async () => {
  const store = countingStore(memoryStore());
  const sessions = makeSessions(store, await generateTokenKey());
  const { session } = await sessions.create({ userId: "u1" });
  const { refreshToken } = await session.issueTokens({ client: "mobile" });
  const body = new URLSearchParams({ grant_type: "refresh_token", client_id: "mobile", refresh_token: refreshToken });
  const ask = () => sessions.handler(new Request(url, { method: "POST", body }));
  await ask();
  store.reset();
  await ask();
  return ["the same token once more, within the window", store.counts.find, store.counts.update, store.total()];
};

console.log("\n## What an exchange asks of the store\n");
const rows = [
  await callsOf("an exchange, the key in the configuration", await generateTokenKey(), (exchange) => exchange),
  await callsOf("an exchange, the keys in the store", storedKeys(), (exchange) => exchange),
  await same(),
];
console.log(table(["", "reads", "writes", "all calls"], rows));
