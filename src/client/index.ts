export { type ClientErrorName, SessionClientError } from "./client-error.ts";
export {
  createSessionClient,
  type Device,
  type SessionClient,
  type SessionClientOptions,
} from "./session-client.ts";
