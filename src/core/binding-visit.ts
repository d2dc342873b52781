import { sessionCookie } from "../cookie/session-cookie.ts";
import { adopt } from "./adoption.ts";
import type { DataOperation } from "./draft.ts";
import { type ExternalUser, signOutElsewhere } from "./external-user.ts";
import type { Issued } from "./identity.ts";
import { ReadingVisit } from "./reading-visit.ts";
import type { SignIn } from "./sign-in.ts";
import { withDevice } from "./sign-in-device.ts";
import { alive, type Live, type Standing } from "./standing.ts";

/**
 * What one request does for a user whom another application has signed in: binds the session to them, and signs them out there.
 * Who calls it has the turn, and knows the standing from the store.
 */
export class BindingVisit extends ReadingVisit {
  protected hasRotated = false;
  /** The external user's session was just bound to them, and no extension knows. */
  protected isUntold = false;
  #leaving: Promise<void> | null = null;

  /** Adds to a sign-in what the request shows of the device. */
  describe<Request extends Pick<SignIn, "device">>(request: Request): Promise<Request> {
    return withDevice(this.transport, this.engine.policy, request);
  }

  /** The user is being signed out elsewhere; who ends our session meanwhile leaves that to the one who waits. */
  protected get isLeaving(): boolean {
    return this.#leaving !== null;
  }

  /** The session that a change takes over: the one at hand, or the one of which nothing is shown. */
  protected held(standing: Standing): Live | null {
    return standing.kind === "live" ? standing : this.orphan;
  }

  /** Whether the next change has to bind the session to the user whom another application has signed in. */
  protected mustBind({ record }: Live): boolean {
    return this.external !== null && record.userId === null;
  }

  /** Binds the session to the external user and changes its data, in one write. */
  protected async bind<Result>(standing: Standing, external: ExternalUser, operation: DataOperation<Result>) {
    await this.transport.permit("token");
    let result = undefined as Result;
    const { device } = await this.describe<Pick<SignIn, "device">>({ device: undefined });
    const noting: DataOperation = (draft) => {
      result = operation(draft);
    };
    await this.accept(await adopt(this.engine, { standing, external, device, operation: noting }));
    this.orphan = null;
    this.hasRotated = true;
    this.isUntold = true;
    return { result };
  }

  /** The standing of the external user's own session, bound to them first where it is not. */
  protected async bound(standing: Standing, external: ExternalUser): Promise<Standing> {
    const live = alive(standing);
    if (live && !this.mustBind(live)) return standing;
    await this.bind(this.held(standing) ?? standing, external, () => undefined);
    return this.standing as Standing;
  }

  /** Signs the user out where another application has signed them in. */
  protected async leave(): Promise<void> {
    const { identity } = this.engine.policy;
    if (!identity?.signOut || this.transport.isHeld) return;
    await this.transport.permit("token");
    await this.load();
    if (!this.external) return;
    this.#leaving ??= signOutElsewhere(this.engine.policy, identity, this.transport);
    await this.#leaving.finally(() => {
      this.#leaving = null;
    });
  }

  /** Takes over a session that was just issued, and hands its token to the visitor. */
  protected async accept({ live, token, at }: Issued): Promise<void> {
    const { record } = this;
    if (live.record.id !== record?.id || live.record.generation !== record.generation) this.become(live);
    this.standing = live;
    this.engine.touches.noteSeen(live.record);
    const { cookie } = this.engine.policy;
    const { persistent, expiresAt } = live.record;
    const maxAge = persistent ? Math.max(0, Math.floor((expiresAt - at) / 1_000)) : null;
    await this.transport.deliver(sessionCookie(cookie, token, maxAge));
  }
}
