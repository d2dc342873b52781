import { importBuilt } from "../races/library.mjs";

/**
 * Looks into the store itself when all is over: every session has the token that its visitor holds, or, where the last
 * change was not answered, one that was issued for it; and the user who goes with it. What was ended is gone.
 */
export async function audit({ dist, store, visitors, issued, findings }) {
  const { digestOf } = await importBuilt(dist, "token/digest.js");
  const { parseToken } = await importBuilt(dist, "token/token.js");
  const digests = new Map(issued);
  const find = async (id) => (await store.find([id], Date.now()))[0];
  for (const visitor of visitors) {
    const { id, token, user, inDoubt, ended } = visitor;
    for (const over of ended) findings.check((await find(over)) === null, "a session that was signed out is there");
    if (!id || !token) continue;
    const record = await find(id);
    if (inDoubt && record === null) continue;
    findings.check(record !== null, "a session is gone");
    if (!record) continue;
    const digest = await digestOf(parseToken("session", token).secret);
    const known = digests.get(id) ?? [];
    findings.check(inDoubt || record.digest === digest, "the store holds another token than the visitor");
    findings.check(known.includes(record.digest), "a session has a token that nobody was given");
    const { previousDigest } = record;
    findings.check(previousDigest === null || known.includes(previousDigest), "a session is half rotated");
    findings.check(inDoubt || record.userId === user, "the user and the token do not go together");
  }
}
