import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { areInstalled } from "../servers/binaries.mjs";
import { startRedis } from "../servers/redis-server.mjs";
import { reach, services } from "../services.mjs";
import {
  addToCart,
  hasChromium,
  nothing,
  openBrowser,
  openShop,
  replay,
  type Shop,
  sessionCookie,
  signIn,
} from "./shop.ts";

/** A database of the test's own: its address, and what takes it away. */
interface Place {
  readonly url: string;
  remove(): Promise<void>;
}

const name = `coatcheck_shop_${process.pid}`;

async function postgresPlace(): Promise<Place> {
  const ask = async (sql: string) => {
    const client = new Client({ connectionString: services.postgres });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await ask(`CREATE DATABASE ${name}`);
  return { url: withPath(services.postgres), remove: () => ask(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function mysqlPlace(): Promise<Place> {
  const ask = async (sql: string) => {
    const connection = await createConnection(services.mysql);
    await connection.query(sql).finally(() => connection.end());
  };
  await ask(`CREATE DATABASE ${name}`);
  return { url: withPath(services.mysql), remove: () => ask(`DROP DATABASE ${name}`) };
}

async function redisPlace(): Promise<Place> {
  const server = await startRedis();
  return { url: server.url, remove: async () => void (await server.stop()) };
}

function withPath(address: string): string {
  const url = new URL(address);
  url.pathname = `/${name}`;
  return url.href;
}

const places = {
  PostgreSQL: { open: postgresPlace, isAvailable: () => reach(services.postgres) },
  "MySQL or MariaDB": { open: mysqlPlace, isAvailable: () => reach(services.mysql) },
  Redis: { open: redisPlace, isAvailable: () => areInstalled("redis-server") },
};

await describeWith("Chromium, the demo on each store", hasChromium, async () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  for (const [database, { open, isAvailable }] of Object.entries(places)) {
    await describeWith(database, isAvailable, () => {
      const folder = mkdtempSync(join(tmpdir(), "coatcheck-stores-"));
      let place: Place;
      let shop: Shop;

      beforeAll(async () => {
        place = await open();
        shop = await openShop(join(folder, "course.db"), place.url);
      }, 600_000);
      afterAll(async () => {
        await shop?.close();
        await place?.remove();
        rmSync(folder, { recursive: true, force: true });
      });

      it("a cart is kept at sign-in under a new token, and signing out ends both", async () => {
        const context = await browser.newContext();
        const page = await context.newPage();
        await addToCart(page, shop, "letterforms");
        const anonymous = await sessionCookie(context);
        expect(await replay(shop, anonymous)).toMatchObject({ session: null, seats: 1 });
        await page.goto(`${shop.url}/sign-in`);
        await signIn(page);
        await page.getByRole("link", { name: "Dana", exact: true }).waitFor();
        const signedIn = await sessionCookie(context);
        expect(await replay(shop, signedIn)).toMatchObject({ seats: 1, accountStatus: 200 });
        expect(await replay(shop, anonymous)).toEqual(nothing);
        await page.goto(`${shop.url}/account`);
        await page.getByRole("button", { name: "Sign out", exact: true }).click();
        await page.getByRole("link", { name: "Sign in", exact: true }).first().waitFor();
        expect(await replay(shop, signedIn)).toEqual(nothing);
        await context.close();
      });
    });
  }
});
