const window = 20;

/** Looks in a dump for secrets, however they are written. */
export function findSecrets(dump, secrets) {
  const needles = new Map();
  for (const secret of secrets) for (const form of formsOf(secret)) needles.set(form.slice(0, window), form);
  const found = new Set();
  for (let at = 0; at + window <= dump.length; at++) {
    const form = needles.get(dump.slice(at, at + window));
    if (form && dump.startsWith(form, at)) found.add(form);
  }
  return [...found];
}

/** Presents every stretch of a dump that looks like a secret, for each of the ids that stand near it. */
export async function presentDump(sessions, dump, ids, most, findings) {
  let presented = 0;
  for (const id of ids) {
    const at = dump.indexOf(id);
    if (at === -1) continue;
    const near = dump.slice(Math.max(0, at - 100), at + 600);
    for (const stretch of near.matchAll(/(?=([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]))/g)) {
      if (presented++ >= most) return presented;
      const session = await sessions.validate(`ccs_${id}.${stretch[1]}`);
      findings.check(session === null, "a string of the dump opens a session");
    }
  }
  return presented;
}

// The half after the dot is enough to find a whole token too: what precedes it is the public id.
function formsOf(secret) {
  const bytes = Buffer.from(secret, "base64url");
  const text = Buffer.from(secret);
  const wide = Buffer.from(secret, "utf16le").toString("latin1");
  const encodings = ["base64", "base64url", "hex"].flatMap((name) => [bytes.toString(name), text.toString(name)]);
  return [secret, wide, ...encodings, ...encodings.map((form) => form.toUpperCase())];
}
