import { existsSync, readFileSync } from "node:fs";

/** Where the shop is: `ORIGINS`, the first of which its links begin with. */
export const origins = process.env.ORIGINS?.split(" ") ?? ["http://localhost:3000"];
export const origin = origins[0] ?? "http://localhost:3000";

type Seconds = `${number}s`;

/** How long a session lasts without a request: `IDLE_TIMEOUT`, such as `90s` or `30m`. Without it the defaults hold. */
export const timeouts = process.env.IDLE_TIMEOUT ? { idle: process.env.IDLE_TIMEOUT as Seconds } : {};

/** How long before the end the visitor is asked whether to stay signed in. */
export const expiryWarning = (process.env.EXPIRY_WARNING ?? "60s") as Seconds;

/**
 * The header in which a proxy of ours tells the visitor's country, such as `x-vercel-ip-country`: `COUNTRY_HEADER`. Without one
 * visitors choose where they shop from.
 */
export const countryHeader = process.env.COUNTRY_HEADER || null;

/**
 * The list of devices shows an address only behind proxies of ours: `TRUSTED_PROXIES` says how many every request passes. Even
 * then it is only the network: enough for "that is not mine".
 */
export const deviceOptions = process.env.TRUSTED_PROXIES
  ? ({ address: "coarse", trustedProxies: Number(process.env.TRUSTED_PROXIES) } as const)
  : {};

/** Who signs users in: Auth.js with `SIGN_IN=authjs`, and the shop itself without. The pages are the same ones. */
export const isAuthjsDemo = process.env.SIGN_IN === "authjs";

/** Where the SQLite file is: users, invoices, the audit list, and the sessions unless `DATABASE_URL` says otherwise. */
export const databaseFile = process.env.DATABASE_FILE ?? ".data/course.db";

/** What tokens are made with: `SESSION_SECRET`, which `npm run demo` makes once and keeps beside the database. */
export const secrets = [process.env.SESSION_SECRET || noSecret()];

/**
 * The build issues nothing, and `next dev` is for one's own machine alone. Nothing else may go without. What `npm run demo` has kept
 * `next dev` takes up: with another secret the tokens in that database would be forgeries, and its signing keys could not be opened.
 */
function noSecret(): string {
  const kept = `${databaseFile}.secret`;
  if (process.env.NODE_ENV === "development" && existsSync(kept)) return readFileSync(kept, "utf8");
  if (process.env.NODE_ENV !== "production" || process.env.NEXT_PHASE === "phase-production-build")
    return "for the build and for `next dev` alone: this is no secret";
  throw new Error("SESSION_SECRET is not set. Make one of 32 bytes or more: openssl rand -base64 32");
}

/**
 * The library that accounts are connected to: `npm run demo` opens one beside the shop and says here where it is. Without it the shop
 * offers no connection.
 */
export const lantern = process.env.LANTERN_ISSUER
  ? {
      issuer: process.env.LANTERN_ISSUER,
      clientId: process.env.LANTERN_CLIENT_ID ?? "",
      clientSecret: process.env.LANTERN_CLIENT_SECRET ?? "",
    }
  : null;
