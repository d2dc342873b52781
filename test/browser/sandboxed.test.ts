import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withSession } from "../../src/adapters/node.ts";
import { createSessions, memoryStore } from "../../src/index.ts";
import { describeWith } from "../require-services.ts";
import { chromiumPath, openBrowser } from "./shop.ts";

/** What arrived with the post of the form. */
interface Arrived {
  readonly origin: string | undefined;
  readonly site: string | undefined;
  readonly bringsCookie: boolean;
  readonly status: number;
}

// A sandboxed frame has no origin, and says `Origin: null`: so does a page of anybody who puts his form into one. It posts to
// the top, with a cookie that names no SameSite: browsers send that with a post of another site for its first two minutes.
await describeWith(
  "A sandboxed frame of Chromium",
  () => existsSync(chromiumPath),
  () => {
    const sessions = createSessions({ store: memoryStore(), origins: ["http://localhost"] });
    const { name } = sessions.createBlankSessionCookie();
    let browser: Browser;
    let server: Server;
    let origin: string;
    let arrived: (request: Arrived) => void = () => {};

    const signOut = withSession(sessions, async (_request, response, session) => {
      await session.destroy();
      response.end("signed out");
    });
    const naive = createSessions({ store: sessions.policy.store, origins: ["http://localhost"] });
    /** A guard that takes `null` for no origin at all: the negative control. */
    const naiveSignOut = withSession(
      { ...naive, crossSite: { ...naive.crossSite, admits: ({ header }) => header("origin") === "null" } },
      async (_request, response, session) => {
        await session.destroy();
        response.end("signed out");
      },
    );
    const posts: Readonly<Record<string, typeof signOut>> = {
      "/out": signOut,
      "/old/out": signOut,
      "/naive": naiveSignOut,
    };

    beforeAll(async () => {
      server = createServer(async (request, response) => {
        const { headers, method, url = "/" } = request;
        const post = method === "POST" ? posts[url] : undefined;
        if (post) {
          const { origin, "sec-fetch-site": site } = headers;
          const bringsCookie = headers.cookie?.includes(`${name}=`) ?? false;
          if (url !== "/out") delete headers["sec-fetch-site"]; // as from a browser that does not know it
          await post(request, response);
          arrived({ origin, site: site?.toString(), bringsCookie, status: response.statusCode });
          return;
        }
        if (!posts[url]) {
          response.writeHead(404).end(); // the icon that browsers ask for
          return;
        }
        const { token } = await sessions.create({ userId: "ada" });
        response.writeHead(200, { "content-type": "text/html", "set-cookie": `${name}=${token}; HttpOnly; Path=/` });
        const form = `<form method=post target=_top action=${origin}${url}><input name=a></form>`;
        const frame = `${form}<script>document.forms[0].submit()</script>`;
        response.end(
          `<iframe sandbox="allow-scripts allow-forms allow-top-navigation" srcdoc="${frame.replaceAll('"', "&quot;")}"></iframe>`,
        );
      });
      await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
      origin = `http://localhost:${(server.address() as AddressInfo).port}`;
      browser = await openBrowser();
    });
    afterAll(async () => {
      await browser?.close();
      server?.closeAllConnections();
      server?.close();
    });

    /** Opens a page with such a frame, whose form is posted to this path, in a browser of its own. */
    async function submitted(path: string): Promise<Arrived & { readonly signedIn: number }> {
      const arrival = new Promise<Arrived>((resolve) => {
        arrived = resolve;
      });
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(origin + path, { waitUntil: "commit" });
      const request = await arrival;
      const signedIn = (await sessions.list("ada")).length;
      await context.close();
      await sessions.revokeUser("ada");
      return { ...request, signedIn };
    }

    it("X2 posts in nobody's name: the request has no origin, and signs nobody out", async () => {
      const seen = { origin: "null", bringsCookie: true };
      expect(await submitted("/out")).toEqual({ ...seen, site: "cross-site", status: 403, signedIn: 1 });
    });

    it("X2 nor where the browser says no more than that", async () => {
      expect(await submitted("/old/out")).toMatchObject({
        origin: "null",
        bringsCookie: true,
        status: 403,
        signedIn: 1,
      });
    });

    it("negative control: a guard that takes it for no origin lets the visitor be signed out", async () => {
      expect(await submitted("/naive")).toMatchObject({ origin: "null", bringsCookie: true, status: 200, signedIn: 0 });
    });
  },
);
