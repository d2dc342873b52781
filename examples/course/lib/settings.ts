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

/** What tokens are made with: `SESSION_SECRET`, which `npm run demo` makes once and keeps beside the database. */
export const secrets = [process.env.SESSION_SECRET ?? noSecret()];

/** The build issues nothing, and `next dev` is for one's own machine alone. Nothing else may go without. */
function noSecret(): string {
  if (process.env.NODE_ENV !== "production" || process.env.NEXT_PHASE === "phase-production-build")
    return "for the build and for `next dev` alone: this is no secret";
  throw new Error("SESSION_SECRET is not set. Make one of 32 bytes or more: openssl rand -base64 32");
}
