export type { CookieOptions } from "./cookie/policy.ts";
export type { CookieAttributes, SessionCookie } from "./cookie/rules.ts";
export type { Actor, PendingSignIn } from "./core/acting.ts";
export type { ApiKeyOptions } from "./core/api-key-policy.ts";
export type { ApiKeyInfo } from "./core/api-key-record.ts";
export type { IssueApiKeyOptions, IssuedApiKey } from "./core/api-key-request.ts";
export type { ApiKeys, DeviceSession, KeyBearer } from "./core/api-key-session.ts";
export type { Device, DeviceOptions, DeviceRequest } from "./core/devices.ts";
export type {
  EventListener,
  KeyRejectReason,
  RefreshRejectReason,
  RefusalReason,
  RejectReason,
  SessionEvent,
  TicketRejectReason,
} from "./core/events.ts";
export type { EventFacts, Extension, ExtensionContext, ExtensionObject } from "./core/extensions.ts";
export type { ExternalUser, IdentityFunction, IdentityRequest } from "./core/external-user.ts";
export type { ImpersonationOptions, Party } from "./core/impersonation-policy.ts";
export type { KeepRule, KeyRule, MergeFunction } from "./core/keep.ts";
export type { SessionLimit } from "./core/limit-policy.ts";
export type { CookieInfo, CreateOptions, ManagedSession } from "./core/manager.ts";
export type { ReadonlySession, Session, SessionTypes } from "./core/session.ts";
export type { SessionInfo } from "./core/session-info.ts";
export type {
  AuthenticationRequirement,
  CompleteSignInOptions,
  ImpersonateOptions,
  ReauthenticateOptions,
  RotateOptions,
  SignInOptions,
  StartSignInOptions,
} from "./core/session-options.ts";
export type { Ending, SessionEnded } from "./core/session-signal.ts";
export type { PublicView, PublicViewOf, Recorded, SignedInSession } from "./core/signed-in-session.ts";
export type { SnapshotOptions } from "./core/snapshot-policy.ts";
export type { StandardSchema } from "./core/standard-schema.ts";
export type { TicketOptions } from "./core/ticket-text.ts";
export type { TimeoutPair, Timeouts, TimeoutsContext, TimeoutsFunction, TimeoutsPreset } from "./core/timeouts.ts";
export type {
  IssuedTokens,
  IssueTokensOptions,
  TokenGrant,
  TokenIssuer,
  TokenService,
  TokenSubject,
} from "./core/token-issuer.ts";
export type { Duration } from "./duration.ts";
export {
  type DataIssue,
  isSessionError,
  SessionConfigError,
  SessionDataError,
  SessionError,
  type SessionErrorCode,
  SessionExtensionError,
  SessionStateError,
  SessionStoreError,
} from "./errors.ts";
export type {
  ActionAuth,
  ActionContext,
  ActionDefinition,
  ActionMethod,
  ApiKeyAuth,
  InferActions,
  SecretAuth,
  VisitorAuth,
} from "./http/action-definition.ts";
export type { WithHeaders } from "./http/authenticate.ts";
export {
  createSessions,
  type InferSession,
  type InferView,
  type Sessions,
  type SessionsOptions,
} from "./http/create-sessions.ts";
export type { CsrfOptions } from "./http/csrf-options.ts";
export { type AnyDefinedExtension, type DefinedExtension, defineExtension } from "./http/define-extension.ts";
export { safeReturnTo } from "./http/return-to.ts";
export type { SignOutOptions } from "./http/sign-out.ts";
export type { Runtime } from "./runtime.ts";
export type { BusListener, SessionBus } from "./store/bus.ts";
export type { ByUser, RecordChange, SessionStore, UpdateResult } from "./store/port.ts";
export type { CorruptRecord, SessionRecord } from "./store/record.ts";
export { type MemoryStoreOptions, memoryStore } from "./stores/memory.ts";
