import type { Problem } from "../cookie/rules.ts";
import { isScopes } from "../core/api-key-policy.ts";
import { durationOf } from "../core/timeouts.ts";
import type { Duration } from "../duration.ts";
import { type DpopRules, dpopProblems } from "../verify/dpop-options.ts";
import { type ClientPolicy, resolveClients, type TokenClient } from "./clients.ts";
import { keyProblems, type TokenKeys } from "./keyring.ts";
import { isStoredKeys } from "./stored-keys-options.ts";

/** How a client's proofs are judged at the token endpoint (RFC 9449). Those that were used are remembered in the session store. */
export type TokenDpopOptions = Omit<DpopRules, "replays">;

/** What tokens there are, for whom, and how long they live. */
export interface TokensOptions {
  /** Who issues them, as verifiers know it: an https URL without query or fragment, such as the application's own. */
  readonly issuer: string;
  /** The services that access tokens may be for, such as `["https://api.shop.example"]`. The first is the default. */
  readonly audiences: readonly string[];
  /** The scopes that there are (default: any may be issued). */
  readonly scopes?: readonly string[];
  /** The clients, by their names. */
  readonly clients: Readonly<Record<string, TokenClient>>;
  /** The keys to sign with: the text of one, several with what each is for, or `storedKeys()`. */
  readonly keys: TokenKeys;
  /** How long an access token lives (default `"5m"`, at most `"15m"` unless `longAccess`). Never longer than its session. */
  readonly access?: Duration;
  /** Says that access tokens may live for more than 15 minutes: so long does one work that nobody looks up. */
  readonly longAccess?: true;
  /** How long a refresh token lives unless it is used, and however it is used (default `"7d"` and `"30d"`). Never longer than its session. */
  readonly refresh?: { readonly idle?: Duration; readonly absolute?: Duration };
  /**
   * How long after a refresh the same token gets the same successor once more, for a client whose answer was lost (default `"10s"`, at most
   * `"60s"`). `0`: never, and a client that asks twice is signed out.
   */
  readonly reuseWindow?: Duration;
  /** Accepts proofs of possession at the token endpoint (DPoP, RFC 9449): `{}` for the usual rules (default: they are not looked at). */
  readonly dpop?: TokenDpopOptions;
}

/** The resolved options. Times are milliseconds. */
export interface TokensPolicy {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly scopes: readonly string[] | null;
  readonly clients: ReadonlyMap<string, ClientPolicy>;
  readonly keys: TokenKeys;
  readonly access: number;
  readonly refreshIdle: number;
  readonly refreshAbsolute: number;
  readonly reuseWindow: number;
  readonly dpop: TokenDpopOptions | null;
}

const longestAccess = 900_000;
const longestWindow = 60_000;

/** Resolves the options; whatever is wrong with them is pushed into `problems`. */
export function resolveTokens(options: TokensOptions, problems: Problem[]): TokensPolicy {
  const invalid = (message: string, hint: string) => void problems.push({ code: "CONFIG_INVALID", message, hint });
  const given = (typeof options === "object" && options !== null ? options : {}) as TokensOptions;
  const { issuer, clients, keys, scopes, refresh = {} } = given;
  if (given.dpop !== undefined)
    problems.push(...dpopProblems({ origin: "https://any.example", ...given.dpop, replays: null }));
  if (!isIssuer(issuer))
    invalid("tokens.issuer is no https URL.", 'Write it like "https://shop.example", without query or fragment.');
  const audiences = Array.isArray(given.audiences) ? given.audiences : [];
  if (audiences.length === 0 || !audiences.every(isAudience))
    invalid("tokens.audiences is no list of names.", 'Write it like ["https://api.shop.example"].');
  if (scopes !== undefined && !isScopes(scopes))
    invalid(
      "tokens.scopes is not a list of at most 64 scopes.",
      'Write names without spaces, such as ["orders:read"].',
    );
  problems.push(...keyProblems(keys));
  const idle = durationOf("tokens.refresh.idle", refresh.idle ?? defaults.idle, invalid);
  const absolute = durationOf(
    "tokens.refresh.absolute",
    refresh.absolute ?? Math.max(idle, defaults.absolute),
    invalid,
  );
  if (refresh.absolute !== undefined && refresh.idle !== undefined && idle > absolute)
    invalid("tokens.refresh.idle is longer than tokens.refresh.absolute.", "Shorten it.");
  return {
    ...{ issuer, audiences, scopes: scopes ?? null, keys, refreshIdle: Math.min(idle, absolute) },
    refreshAbsolute: absolute,
    access: accessOf(given, invalid),
    reuseWindow: windowOf(given, invalid),
    dpop: given.dpop ?? null,
    clients: resolveClients(clients, { audiences, scopes: scopes ?? null }, problems),
  };
}

/** What is missing of the secrets. */
export function secretProblems({ keys }: TokensPolicy, secrets: readonly string[]): Problem[] {
  if (secrets.length > 0) return [];
  const what = isStoredKeys(keys) ? "tokens and storedKeys need secrets" : "tokens needs secrets";
  const hint = "Pass secrets: [process.env.SESSION_SECRET].";
  return [{ code: "CONFIG_SECRET_MISSING", message: `${what}, and there are none.`, hint }];
}

const defaults = { idle: 7 * 86_400_000, absolute: 30 * 86_400_000 };

type Report = (message: string, hint: string) => void;

function accessOf({ access = "5m", longAccess }: TokensOptions, invalid: Report): number {
  const time = durationOf("tokens.access", access, invalid, 1_000);
  if (time > longestAccess && longAccess !== true)
    invalid("tokens.access is longer than 15 minutes.", "Shorten it, or say longAccess: true.");
  return time;
}

function windowOf({ reuseWindow = "10s" }: TokensOptions, invalid: Report): number {
  const time = durationOf("tokens.reuseWindow", reuseWindow, invalid, 0);
  if (time > longestWindow) invalid("tokens.reuseWindow is longer than 60 seconds.", "A thief would have as long.");
  return time;
}

function isAudience(name: unknown): boolean {
  return typeof name === "string" && /^[\x21-\x7e]{1,256}$/.test(name);
}

// RFC 8414 section 2; plain http is for the machine that one develops on.
function isIssuer(issuer: unknown): boolean {
  if (typeof issuer !== "string" || /[?#]/.test(issuer) || !URL.canParse(issuer)) return false;
  const { protocol, hostname, username } = new URL(issuer);
  if (username !== "") return false;
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
