import { createManager } from "../../src/core/manager.ts";
import { type NextVersion, type RunningApp, startApp } from "./app-folder.ts";
import { Browser } from "./browser.ts";
import { type CountedStore, startCountedStore } from "./counted-store.ts";

/** The application of one version, running, and the people who visit it. */
export class Scene {
  readonly major: number;
  readonly #version: NextVersion;
  #app: RunningApp | undefined;
  #store: CountedStore | undefined;

  constructor(version: NextVersion) {
    this.major = version.major;
    this.#version = version;
  }

  get app(): RunningApp {
    if (!this.#app) throw new Error("The application has not been started.");
    return this.#app;
  }

  get store(): CountedStore {
    if (!this.#store) throw new Error("The store has not been started.");
    return this.#store;
  }

  async start(): Promise<void> {
    this.#store = await startCountedStore();
    this.#app = await startApp(this.#version, this.store.url);
  }

  stop(): void {
    this.#app?.stop();
    this.#store?.close();
  }

  /** Somebody without a cookie. */
  readonly visitor = (): Browser => new Browser(this.app.origin);

  /** Somebody with a cart who has not signed in. */
  readonly shopper = async (): Promise<Browser> => this.#after("/api/bare?op=cart");

  /** Somebody who has signed in. */
  readonly member = async (): Promise<Browser> => this.#after("/api/bare?op=signin");

  /** Somebody with a session that began `age` milliseconds ago, in another process. */
  async returning(userId: string, age = 0): Promise<Browser> {
    const then = { now: () => Date.now() - age };
    const elsewhere = createManager({ store: this.store.records, runtime: then });
    const browser = this.visitor();
    browser.cookies.set("__Host-session", (await elsewhere.create({ userId })).token);
    return browser;
  }

  async #after(path: string): Promise<Browser> {
    const browser = this.visitor();
    await browser.get(path);
    this.store.taken();
    return browser;
  }
}
