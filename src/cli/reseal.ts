import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Connections } from "../connections/index.ts";
import { type ExitCode, exitCodes, reasonOf, tell, UsageError } from "./output.ts";
import { readUserIds } from "./user-ids.ts";

type Resealing = Pick<Connections<string>, "reseal">;

/** Where the connections are, and where the ids of users come from. */
export interface ResealRequest {
  /** The application's module, as a path. */
  readonly file: string;
  /** The name of its export. */
  readonly name: string;
  readonly input: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
}

/** After how many users it says how far it is. */
const step = 1_000;

/** Seals the tokens of the users whose ids come in with the first secret, and says what became of them. */
export async function reseal({ file, name, input }: ResealRequest): Promise<ExitCode> {
  const connection = await load(file, name);
  if (input.isTTY) tell("Reading the ids of users from the terminal, one a line.");
  const seen = { users: 0, bad: 0, left: 0, present: null as string | null, done: null as string | null };

  async function* userIds() {
    for await (const { number, userId } of readUserIds(input)) {
      if (userId === null) {
        seen.bad += 1;
        tell(`Line ${number}: no user id. One has 1 to 255 characters, in UTF-8, without control characters.`);
        continue;
      }
      seen.present = userId;
      yield userId;
      // Whoever asks for the next one is done with this one.
      seen.done = userId;
      seen.users += 1;
      if (seen.users % step === 0) tell(`${countOf(seen.users, "user")} so far`);
    }
  }

  try {
    const count = await connection.reseal(userIds(), {
      onLeft({ userId, provider, reason }) {
        seen.left += 1;
        tell(`Left as it is: ${provider} of user ${JSON.stringify(userId)}, ${reasons[reason]}`);
      },
    });
    tell(`${countOf(seen.users, "user")}, ${countOf(count, "link")} sealed anew`);
  } catch (error) {
    tell(reasonOf(error));
    tell(
      `Failed${placeOf(seen)}. ${countOf(seen.users, "user")} done. It may run again, from the start or from there.`,
    );
    return exitCodes.failed;
  }
  return judge(seen);
}

/** Why a link was left, for whoever has to do something about it. */
const reasons = {
  unreadable: "which no secret opens: add the one that sealed it, or the account has to be linked again.",
  contended: "which changed at every attempt: run it again.",
} as const;

function judge({
  users,
  bad,
  left,
}: {
  readonly users: number;
  readonly bad: number;
  readonly left: number;
}): ExitCode {
  if (bad > 0) tell(`${countOf(bad, "line")} without a user id`);
  if (left > 0) tell(`${countOf(left, "link")} left`);
  if (users === 0) tell("No user id came in: did the command before fail?");
  return users === 0 || bad > 0 || left > 0 ? exitCodes.failed : exitCodes.done;
}

function placeOf({ present, done }: { readonly present: string | null; readonly done: string | null }): string {
  const at = present === null || present === done ? "" : ` at user ${JSON.stringify(present)}`;
  return done === null ? at || " before the first user" : `${at} after user ${JSON.stringify(done)}`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Loads the application's module, and takes what `connections` gave out of it. */
async function load(file: string, name: string): Promise<Resealing> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}.`);
  const module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  const found = module[name] as Partial<Resealing> | null | undefined;
  if (typeof found?.reseal === "function") return found as Resealing;
  throw new UsageError(
    `${path} has no export ${JSON.stringify(name)} that connections({ … }) gave. It exports: ${Object.keys(module).join(", ") || "nothing"}.`,
  );
}
