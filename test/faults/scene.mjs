import { pathToFileURL } from "node:url";
import { Chance } from "../races/chance.mjs";
import { Application } from "./application.mjs";
import { audit } from "./audit.mjs";
import { Crowd } from "./crowd.mjs";
import { pause } from "./pause.mjs";
import { FaultyProxy } from "./proxy.mjs";
import { faultStores } from "./stores.mjs";
import { Visitor } from "./visitor.mjs";

const longestRecovery = 5_000;

/** A server of its own, the way to it, an application, and its visitors: where one fault program plays. */
export class Scene {
  server;
  proxy = null;
  application = null;
  crowd = null;
  recoveries = [];
  slowest = "";
  #setup;
  #url;
  #probes = 0;

  /**
   * @param setup `dist`, `store`, `seed`, `findings`, `broken`; `through: "proxy"` puts one before the server; `timeLimit` of
   *   a store call and `patience` of a visitor in milliseconds; `visitors`, `think`, `connections`.
   */
  static async open(setup) {
    const scene = new Scene(setup);
    const { server } = faultStores[setup.store];
    try {
      scene.server = await server.startServer();
      scene.#url = server.urlOf(scene.server);
      if (setup.through === "proxy") await scene.#openProxy(server);
      if (!setup.later) await scene.startApplication();
      return scene;
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  constructor(setup) {
    this.#setup = { visitors: 16, think: 5, timeLimit: 2_000, patience: 20_000, giveUpAfter: 30_000, ...setup };
  }

  /** Where the application finds its store. */
  get url() {
    return this.#url;
  }

  async startApplication() {
    const { dist, store, connections, timeLimit, pendingLimit, broken } = this.#setup;
    const { module } = faultStores[store];
    const orders = { dist, module, url: this.#url, connections, timeLimit, pendingLimit, broken };
    this.application = await Application.start(orders);
  }

  /** Lets the visitors come. */
  async receive() {
    const { findings, seed, visitors, patience, think } = this.#setup;
    this.crowd = new Crowd({ application: this.application, findings, seed, size: visitors, patience, think });
    this.crowd.start();
  }

  /** Waits until a new visitor is served in full, and notes how long that took after what. */
  async untilServed(what = "the fault") {
    const start = performance.now();
    const { findings, giveUpAfter } = this.#setup;
    for (;;) {
      if (await this.#serves()) break;
      const waited = performance.now() - start;
      if (this.application.end !== null) return findings.fail(`the application ended: ${this.application.end}`);
      if (waited > giveUpAfter) return findings.fail(`nobody is served ${giveUpAfter} ms after ${what}`);
      await pause(20);
    }
    const took = performance.now() - start;
    if (took > Math.max(0, ...this.recoveries)) this.slowest = what;
    this.recoveries.push(took);
    return findings.check(took <= longestRecovery, () => `service was back ${Math.round(took)} ms after ${what}`);
  }

  /** Ends the visits, and holds what the store keeps against what the visitors were told. */
  async finish() {
    const { dist, store: name, findings } = this.#setup;
    await this.crowd.stop();
    findings.check(this.application.end === null, () => `the application ended: ${this.application.end}`);
    if (this.application.end !== null) return;
    await this.crowd.lookAgain();
    const { server, module } = faultStores[name];
    const { openStore } = await import(pathToFileURL(module).href);
    const { store, close } = await openStore({ dist, url: server.urlOf(this.server), timeLimit: 10_000 });
    const issued = await this.application.issued();
    await audit({ dist, store, visitors: this.crowd.visitors, issued, findings });
    await close();
  }

  /** The figures of the run in words. */
  get story() {
    const { answered, refused, stranded, slowest } = this.crowd?.stats ?? {};
    const times = this.recoveries.map(Math.round).sort((one, other) => one - other);
    const middle = times[Math.floor(times.length / 2)] ?? 0;
    const requests = `${answered} answered, ${refused} refused, ${stranded} had to begin anew`;
    return `${requests}; slowest answer ${slowest} ms; back after ${middle} ms (median), ${times.at(-1) ?? 0} ms (most, after ${this.slowest})`;
  }

  async close() {
    this.application?.close();
    await this.crowd?.stop();
    await this.proxy?.close();
    await this.server?.close();
  }

  async #openProxy({ urlOf }) {
    this.proxy = await FaultyProxy.open(this.server.port);
    this.#url = urlOf({ port: this.proxy.port });
  }

  async #serves() {
    const { findings, timeLimit } = this.#setup;
    const { application } = this;
    const tag = `probe-${this.#probes++}`;
    const probe = new Visitor({ application, findings, chance: new Chance(1), patience: timeLimit * 5, tag });
    return (await probe.turn()) && (await probe.look());
  }
}
