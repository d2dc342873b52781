import { type OpenidProvider, signInAt } from "../connections/openid-provider.ts";
import { origin } from "../connections/shop.ts";
import { reaches } from "../connections/time.ts";
import { type NextVersion, type RunningApp, startFolder } from "./app-folder.ts";
import { type Answer, Browser } from "./browser.ts";
import { type CountedStore, startCountedStore } from "./counted-store.ts";

/** How long the access tokens of the provider live, in seconds. */
export const accessTokenLife = 600;

/** An application that acts at a provider for its users, in two processes over one store, and the people who visit it. */
export class ConnectedScene {
  readonly provider: OpenidProvider;
  readonly #version: NextVersion;
  #apps: readonly RunningApp[] = [];
  #store: CountedStore | undefined;

  constructor(version: NextVersion, provider: OpenidProvider) {
    this.#version = version;
    this.provider = provider;
  }

  get store(): CountedStore {
    if (!this.#store) throw new Error("The store has not been started.");
    return this.#store;
  }

  async start(): Promise<void> {
    this.#store = await startCountedStore();
    const { issuer, clientId, clientSecret } = this.provider;
    const variables = { STORE_URL: this.store.url, PROVIDER: JSON.stringify({ issuer, clientId, clientSecret }) };
    const start = () => startFolder(this.#version.folder, () => variables);
    this.#apps = [await start(), await start()];
  }

  stop(): void {
    for (const app of this.#apps) app.stop();
    this.#store?.close();
  }

  /** What the application has printed. */
  log(): string {
    return this.#apps.map((app) => app.log()).join("");
  }

  /** How often the provider was asked to refresh, whatever it answered. */
  refreshes(): number {
    const { granted, refused } = this.provider;
    return (granted.refresh_token ?? 0) + (refused.refresh_token ?? 0);
  }

  /** Somebody who has signed in. */
  async member(userId: string): Promise<Browser> {
    const browser = new Browser(this.#origin());
    await browser.get(`/api/bare?user=${userId}`);
    return browser;
  }

  /** Somebody who linked an account over the actions of the application, so long ago that its access token has just ended. */
  async linked(userId: string): Promise<Browser> {
    await this.#putClocksBack((accessTokenLife + 1) * 1_000);
    const browser = await this.member(userId);
    await this.link(browser, userId);
    await this.#putClocksBack(0);
    this.provider.endAccessTokens();
    this.store.taken();
    return browser;
  }

  /** Links an account as a form does; answers where the browser is sent in the end. */
  async link(browser: Browser, name: string): Promise<string> {
    const body = new URLSearchParams({ provider: "corp" });
    const begun = await browser.post("/api/session/link-account?returnTo=/connected", { body, headers: { origin } });
    const back = new URL(await signInAt(begun.header("location") ?? "", name));
    const done = await browser.get(back.pathname + back.search);
    return `${done.status} ${done.header("location")}`;
  }

  /**
   * Opens a page many times at once, at both processes in turn. The provider gives no token before all of them have asked for one
   * and looked, and looked again what became of it; or before it is asked a second time, which should not be.
   */
  async openAtOnce(path: string, browser: Browser, times: number): Promise<Answer[]> {
    this.store.taken();
    const calls: string[] = [];
    const count = (name: string) => {
      calls.push(...this.store.taken());
      return calls.filter((call) => call === name).length;
    };
    const tokens = this.provider.delayTokens();
    const opening = (_: unknown, turn: number) =>
      new Browser(this.#origin(turn)).get(path, { headers: { cookie: browser.cookieHeader() } });
    const pages = Promise.all(Array.from({ length: times }, opening));
    await reaches(() => count("asks") === times);
    const looked = count("find");
    await reaches(() => tokens.waiting() > 1 || count("find") >= looked + times);
    tokens.letGo();
    return pages;
  }

  #origin(turn = 0): string {
    const app = this.#apps[turn % this.#apps.length];
    if (!app) throw new Error("The application has not been started.");
    return app.origin;
  }

  async #putClocksBack(ms: number): Promise<void> {
    for (const app of this.#apps) await new Browser(app.origin).get(`/api/clock?behind=${ms}`);
  }
}
