import type { Link, Reply } from "./client.ts";
import type { RedisSettings } from "./options.ts";

/** Asks the server about its settings, once for each client, and warns of those that lose sessions. Never fails. */
export async function warnOnce(client: object, link: Link, { name, onWarning }: RedisSettings): Promise<void> {
  if (onWarning === null || asked.has(client)) return;
  asked.add(client);
  const info = await answerOf(link, ["INFO"]);
  if (typeof info !== "string") return;
  const appendfsync = info.includes("aof_enabled:1") ? await answerOf(link, ["CONFIG", "GET", "appendfsync"]) : null;
  for (const warning of [...warningsOfMemory(info), ...warningsOfDisk(info, appendfsync)]) {
    onWarning(`coatcheck: the Redis server of the store "${name}" ${warning}`);
  }
}

const asked = new WeakSet<object>();

/** A user of few rights may not ask; then nothing is known, and nothing is said. */
async function answerOf(link: Link, command: readonly string[]): Promise<Reply> {
  return link.ask(command).catch(() => null);
}

function warningsOfMemory(info: string): string[] {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "noeviction";
  if (policy === "noeviction") return [];
  return [
    `removes keys when its memory is full (maxmemory-policy ${policy}): users would be signed out at random. Set maxmemory-policy to noeviction.`,
  ];
}

function warningsOfDisk(info: string, appendfsync: Reply): string[] {
  if (info.includes("aof_enabled:0")) {
    return [
      "keeps no log of its writes (appendonly no): a crash brings back the sessions of its last snapshot, those that were signed out since then included, and loses those that were made since. Set appendonly to yes.",
    ];
  }
  const mode = ["everysec", "no"].find((mode) => JSON.stringify(appendfsync ?? null).includes(`"${mode}"`));
  if (mode === undefined) return [];
  const lost = mode === "everysec" ? "the last second" : "what the system has not written yet, often half a minute";
  return [
    `writes its log to the disk later than it answers (appendfsync ${mode}): a loss of power takes back ${lost}, sign-outs included. Set appendfsync to always if that matters.`,
  ];
}
