import type { Link, Reply } from "./client.ts";
import { isRedirection, isScriptMissing, storeError, unconfirmedError } from "./errors.ts";
import type { RedisSettings } from "./options.ts";

/** Runs scripts, each on one key. */
export interface Runner {
  /** Runs a script. `task` says in an error what could not be done. */
  run(task: string, script: string, key: string, args: readonly string[]): Promise<Reply>;
  /** Sends a plain command that reads. */
  read(task: string, key: string, command: readonly string[]): Promise<Reply>;
  /** Sends a plain command that changes something. */
  change(task: string, key: string, command: readonly string[]): Promise<Reply>;
}

type Send = (task: string, key: string, command: readonly string[]) => Promise<Reply>;

/** Makes the runner of a link. Scripts are called by their digest; a server that does not know one yet is sent the text. */
export function createRunner(link: Link, { name, replicas }: RedisSettings): Runner {
  const send: Send = replicas ? waitingSend(link, name, replicas) : (_, key, command) => link.send(key, command);

  async function guarded(task: string, sending: () => Promise<Reply>): Promise<Reply> {
    try {
      return await sending();
    } catch (error) {
      throw storeError(name, task, error);
    }
  }

  /** The scripts that some server knows, with their digests. */
  const known = new Map<string, string>();

  // By its text until one answer has come: calls that leave together then also arrive in their order.
  async function runWhole(task: string, script: string, key: string, args: readonly string[]): Promise<Reply> {
    const reply = await send(task, key, ["EVAL", script, "1", key, ...args]);
    if (!known.has(script)) known.set(script, await sha1Of(script));
    return reply;
  }

  async function runScript(task: string, script: string, key: string, args: readonly string[]): Promise<Reply> {
    const digest = known.get(script);
    if (digest === undefined) return runWhole(task, script, key, args);
    try {
      return await send(task, key, ["EVALSHA", digest, "1", key, ...args]);
    } catch (error) {
      if (isScriptMissing(error)) return runWhole(task, script, key, args);
      throw error;
    }
  }

  return {
    run: (task, script, key, args) => guarded(task, () => runScript(task, script, key, args)),
    read: (task, key, command) => guarded(task, () => link.send(key, command)),
    change: (task, key, command) => guarded(task, () => send(task, key, command)),
  };
}

const mostRedirections = 8;

// The script and WAIT go out together: on a new connection WAIT would wait for nothing and confirm everything.
function waitingSend(link: Link, name: string, replicas: NonNullable<RedisSettings["replicas"]>): Send {
  const wait = ["WAIT", String(replicas.wait), String(replicas.timeoutMs)];
  return async (task, key, command) => {
    for (let attempt = 1; ; attempt++) {
      const [reply, confirmed] = await link.sendPair(key, command, wait);
      if (reply instanceof Error) {
        if (!isRedirection(reply) || attempt === mostRedirections) throw reply;
        // Any command that the client redirects by itself lets it learn where the slot is now.
        await link.send(key, ["EXISTS", key]);
        continue;
      }
      if (confirmed instanceof Error) throw confirmed;
      if (Number(confirmed) < replicas.wait) throw unconfirmedError(name, task);
      return reply;
    }
  };
}

// The name by which Redis knows a script; nothing relies on it being hard to forge.
async function sha1Of(script: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(script));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
