// Verifying an access token beside bare jose with the same key, both warm: what the checks of RFC 9068 cost on top.
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { accessTokenVerifier, verifyAccessToken } from "../dist/verify/index.js";
import { measure, print } from "./measure.mjs";

const issuer = "https://shop.example";
const audience = "https://api.shop.example";
const many = 1_000;

async function scene(alg) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const claims = {
    client_id: "app",
    scope: "orders:read",
    sid: "A".repeat(22),
    auth_time: 1_760_000_000,
    amr: ["pwd"],
  };
  const tokenOf = (_, index) =>
    new SignJWT({ ...claims, jti: `${index}` })
      .setProtectedHeader({ alg, typ: "at+jwt", kid: "k1" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(`u${index}`)
      .setIssuedAt()
      .setExpirationTime("10m")
      .sign(privateKey);
  const tokens = await Promise.all(Array.from({ length: many }, tokenOf));
  return { publicKey, tokens, keys: { keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg }] } };
}

const held = ({ claims }) => {
  if (!claims) throw new Error("A token of the benchmark was refused.");
};

for (const alg of ["EdDSA", "ES256"]) {
  const { publicKey, tokens, keys } = await scene(alg);
  const options = { issuer, audience, keys };
  const verify = accessTokenVerifier(options);
  const requests = tokens.map((token) => new Request(audience, { headers: { authorization: `Bearer ${token}` } }));
  const asked = { issuer, audience, typ: "at+jwt", algorithms: [alg] };
  const bare = "jose jwtVerify, a key at hand";
  const rows = [
    { name: bare, run: (step) => jwtVerify(tokens[step % many], publicKey, asked) },
    { name: "accessTokenVerifier, a text", run: async (step) => held(await verify(tokens[step % many])) },
    { name: "accessTokenVerifier, a Request", run: async (step) => held(await verify(requests[step % many])) },
    {
      name: "verifyAccessToken, options at hand",
      run: async (step) => held(await verifyAccessToken(tokens[step % many], options)),
    },
    {
      name: "verifyAccessToken, options made anew",
      run: async (step) => held(await verifyAccessToken(tokens[step % many], { issuer, audience, keys })),
    },
  ];
  print(`Verify an access token, ${alg}, one after the other`, await measure(rows), { against: bare });
}
