import { readFileSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { toBase64url } from "../bytes.ts";
import { systemRuntime } from "../runtime.ts";
import { answer, type ExitCode, exitCodes, reasonOf, tell, UsageError } from "./output.ts";
import { reseal } from "./reseal.ts";

const help = `Usage: coatcheck COMMAND

  secret                               Prints a new secret, for the options "secrets".
  token-key [--algorithm EdDSA|ES256]  Prints a new private key to sign access tokens with.
  reseal MODULE [--export NAME]        Seals the tokens of linked accounts with the first secret.

  --help, --version

reseal loads the application's module, whose export NAME (default "connection") is what connections({ … }) gave, and reads
the ids of users from the standard input, one a line:

  psql -Atc "select id from users" | npx coatcheck reseal ./dist/session.js

It ends with 0: every link that it met is sealed with the first secret; with 1: not every one, see what it said; with 2: it
was asked for wrongly. It may run again, and as often as you like.`;

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<ExitCode>>> = {
  async secret(args) {
    parse(args, {});
    answer(toBase64url(systemRuntime.randomBytes(32)));
    return exitCodes.done;
  },

  async "token-key"(args) {
    const { algorithm = "EdDSA" } = parse(args, { algorithm: { type: "string" } }).values;
    if (algorithm !== "EdDSA" && algorithm !== "ES256")
      throw new UsageError(`There is no algorithm ${JSON.stringify(algorithm)}: EdDSA, or ES256.`);
    const { generateTokenKey } = await import("../tokens/index.ts");
    answer(await generateTokenKey({ algorithm }));
    return exitCodes.done;
  },

  async reseal(args) {
    const { values, positionals } = parse(args, { export: { type: "string", default: "connection" } }, 1);
    return reseal({ file: positionals[0] as string, name: values.export, input: process.stdin });
  },
};

/** Runs what was typed, and answers how the process should end. Nothing is thrown. */
export async function runCommand(args: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = args;
  try {
    if (name === "--version" || name === "-v") return say(version());
    if (args.includes("--help") || args.includes("-h") || name === "help") return say(help);
    const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command) return await command(rest);
    throw new UsageError(name === undefined ? "Which command?" : `There is no command ${JSON.stringify(name)}.`);
  } catch (error) {
    if (!(error instanceof UsageError)) {
      tell(reasonOf(error));
      return exitCodes.failed;
    }
    tell(`${error.message}\nSee "coatcheck --help".`);
    return exitCodes.usage;
  }
}

function say(text: string): ExitCode {
  answer(text);
  return exitCodes.done;
}

function version(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Takes what was typed behind a command apart. Whatever the command does not know is an error. */
function parse<const Given extends Options>(args: readonly string[], options: Given, modules = 0) {
  const taken = takeApart(args, options);
  if (taken.positionals.length > modules)
    throw new UsageError(`${JSON.stringify(taken.positionals[modules])} is one word too many.`);
  if (taken.positionals.length < modules) throw new UsageError("Which module?");
  return taken;
}

function takeApart<const Given extends Options>(args: readonly string[], options: Given) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
