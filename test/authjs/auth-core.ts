import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const packages = fileURLToPath(new URL("../next/apps/authjs-5/node_modules/", import.meta.url));

/** Whether Auth.js is installed for the tests. */
export function hasAuthjs(): true | string {
  return existsSync(`${packages}@auth/core`) || "is not installed: npm ci in test/next/apps/authjs-5";
}

/** The little of `@auth/core` that the tests use. */
export interface AuthCore {
  Auth(request: Request, config: object): Promise<Response>;
  credentials(options: object): object;
}

/** Auth.js itself, without a framework. */
export async function authCore(): Promise<AuthCore> {
  const load = (file: string) => import(pathToFileURL(`${packages}@auth/core/${file}`).href);
  const [{ Auth }, credentials] = await Promise.all([load("index.js"), load("providers/credentials.js")]);
  return { Auth, credentials: credentials.default };
}
