import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { SessionRecord } from "../../src/store/record.ts";

const at = 1_700_000_000_000;

/** A record that is stored nowhere yet. */
export function record(parts: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: "session-1",
    digest: "digest-1",
    previousDigest: null,
    previousGraceEndsAt: null,
    userId: null,
    data: {},
    device: null,
    actor: null,
    createdAt: at,
    authenticatedAt: null,
    lastSeenAt: at,
    idleExpiresAt: at + 1_000,
    expiresAt: at + 2_000,
    persistent: true,
    generation: 1,
    version: 1,
    ...parts,
  };
}

/** Paths of databases in a folder that goes away after the tests of the file. */
export function temporaryFiles(): { path(): string; folder(): string; dump(): string } {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-sqlite-"));
  let count = 0;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: () => join(folder, `${++count}.db`),
    folder: () => join(folder, `${++count}`),
    dump: () =>
      readdirSync(folder)
        .map((file) => readFileSync(join(folder, file), "latin1"))
        .join(""),
  };
}
