import { afterAll, describe, expect, it } from "vitest";
import { journeys } from "./journeys.ts";
import { serveNode, serveWeb } from "./servers.ts";
import { startSite } from "./site.ts";

const servers = { "coatcheck/node": serveNode, "coatcheck/web": serveWeb };

for (const [name, serve] of Object.entries(servers)) {
  describe(`journeys through ${name}`, async () => {
    const site = await startSite(serve);
    afterAll(() => site.stop());
    for (const [title, journey] of Object.entries(journeys)) {
      it(title, async () => {
        site.faults.heal();
        site.calls.reset();
        expect.hasAssertions();
        await journey(site, site.visitor());
      });
    }
  });
}
