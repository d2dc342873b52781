import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSessions, memoryStore } from "../../src/index.ts";
import { describeWith } from "../require-services.ts";
import { chromiumPath, openBrowser } from "./shop.ts";

// Real tabs: a real BroadcastChannel between them, real locks, and the package's own handler behind.
await describeWith(
  "Two tabs of Chromium",
  () => existsSync(chromiumPath),
  () => {
    let browser: Browser;
    let context: BrowserContext;
    let server: Server;
    let origin: string;
    const requests: string[] = [];
    let touchMayEnd: Promise<void> = Promise.resolve();

    beforeAll(async () => {
      const { outputFiles } = await build({
        entryPoints: [fileURLToPath(new URL("tabs-app.tsx", import.meta.url))],
        bundle: true,
        format: "esm",
        jsx: "automatic",
        define: { "process.env.NODE_ENV": '"production"' },
        write: false,
      });
      const script = outputFiles[0]?.text ?? "";
      const sessions = createSessions({ store: memoryStore(), origins: ["http://localhost"] });

      server = createServer(async (incoming, outgoing) => {
        const headers = new Headers(incoming.headers as Record<string, string>);
        const { name } = sessions.createBlankSessionCookie();
        const token = new RegExp(`(?:^|; )${name}=([^;]+)`).exec(headers.get("cookie") ?? "")?.[1] ?? "";
        const path = incoming.url ?? "/";
        if (path.startsWith("/api/session")) {
          requests.push(`${incoming.method} ${path}`);
          // Stands in for an action that comes with the next release of the handler.
          const isTouch = path.endsWith("/touch");
          const request = new Request(`http://${headers.get("host")}${isTouch ? "/api/session" : path}`, {
            method: isTouch ? "GET" : (incoming.method ?? "GET"),
            headers,
          });
          if (isTouch) await touchMayEnd;
          const response = await sessions.handler(request);
          outgoing.writeHead(response.status, Object.fromEntries(response.headers));
          outgoing.end(await response.text());
          return;
        }
        if (path === "/sign-in") {
          const made = await sessions.create({ userId: "ada" });
          const cookie = sessions.createSessionCookie(made.token);
          outgoing.writeHead(303, { location: "/", "set-cookie": `${cookie.name}=${cookie.value}; HttpOnly; Path=/` });
          outgoing.end();
          return;
        }
        const seed = (await sessions.validate(token))?.toClient() ?? null;
        outgoing.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        outgoing.end(
          `<!doctype html><div id="root"></div><script type="application/json" id="seed">${JSON.stringify(await seed)}</script><script type="module">${script}</script>`,
        );
      });
      await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
      origin = `http://localhost:${(server.address() as AddressInfo).port}`;
      browser = await openBrowser();
      context = await browser.newContext();
    });
    afterAll(async () => {
      await browser?.close();
      server?.closeAllConnections();
      server?.close();
    });

    const says = (page: Page, text: string) =>
      page.waitForFunction((expected) => document.getElementById("shown")?.textContent === expected, text);

    it("sign in and out together: a sign-in and a sign-out of one are shown by the other, without a reload", async () => {
      const [here, there] = [await context.newPage(), await context.newPage()];
      await there.goto(origin);
      await here.goto(origin);
      await says(there, "anonymous nobody");
      expect(requests).toEqual([]);

      await here.goto(`${origin}/sign-in`);
      await says(here, "authenticated ada");
      await says(there, "authenticated ada");
      expect(requests).toEqual(["GET /api/session"]); // by the other tab, once

      requests.length = 0;
      await here.click("#out");
      await says(here, "anonymous nobody");
      await says(there, "anonymous nobody");
      expect(requests[0]).toBe("POST /api/session/signout");

      await here.goto(`${origin}/sign-in`);
      await says(there, "authenticated ada");
      requests.length = 0;
      let endTouch = () => {};
      touchMayEnd = new Promise((resolve) => {
        endTouch = resolve;
      });
      // At the same time in both: one has the lock, the other waits for what it reaches.
      await Promise.all([here, there].map((page) => page.evaluate(() => document.getElementById("stay")?.click())));
      await here.waitForFunction(async () => (await navigator.locks.query()).pending?.length === 1);
      endTouch();
      await Promise.all(
        [here, there].map((page) => page.evaluate(() => navigator.locks.request("coatcheck:/api/session", () => {}))),
      );
      expect(requests.filter((request) => request.endsWith("/touch"))).toHaveLength(1);
    });
  },
);
