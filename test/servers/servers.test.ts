import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { describeWith } from "../require-services.ts";
import { reach } from "../services.mjs";
import * as mariadb from "./mariadb.mjs";
import * as postgres from "./postgres.mjs";
import * as redis from "./redis-durable.mjs";

const holder = fileURLToPath(new URL("./holder.mjs", import.meta.url));
const servers = { postgres, mariadb, "redis-durable": redis };
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

for (const [name, { isInstalled, startServer, urlOf }] of Object.entries(servers)) {
  await describeWith(`a ${name} server of the tests' own`, isInstalled, () => {
    it("is killed, and comes back on its port", async () => {
      const server = await startServer();
      try {
        const { port } = server;
        await server.kill();
        expect(await reach(urlOf(server))).toMatch(/not reachable/);
        await server.start();
        expect(server.port).toBe(port);
        expect(await reach(urlOf(server))).toBe(true);
      } finally {
        await server.close();
      }
      expect(await reach(urlOf(server))).toMatch(/not reachable/);
      expect(existsSync(server.folder)).toBe(false);
    });

    it("does not outlive the process that started it, when that is killed", async () => {
      const child = spawn(process.execPath, [holder, name], { stdio: ["ignore", "pipe", "inherit"] });
      const [line] = await once(child.stdout, "data");
      const place = JSON.parse(String(line));
      expect(await reach(urlOf(place))).toBe(true);
      child.kill("SIGKILL");
      while ((await reach(urlOf(place))) === true || existsSync(place.folder)) await turn();
    });
  });
}
