import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { startProvider } from "../connections/openid-provider.ts";
import { callbackOf } from "../connections/shop.ts";
import { describeWith } from "../require-services.ts";
import { buildApp, isInstalled, packPackage, versions } from "./app-folder.ts";
import { accessTokenLife, ConnectedScene } from "./connected-scene.ts";
import { actionsJourneys } from "./journeys/actions.ts";
import { cachedJourneys } from "./journeys/cached.ts";
import { carriedJourneys } from "./journeys/carried.ts";
import { connectedJourneys } from "./journeys/connected.ts";
import { crossSiteJourneys } from "./journeys/cross-site.ts";
import { handlersJourneys } from "./journeys/handlers.ts";
import { lessonJourneys } from "./journeys/lesson.ts";
import { outageJourneys } from "./journeys/outage.ts";
import { pagesRouterJourneys } from "./journeys/pages-router.ts";
import { proxyJourneys } from "./journeys/proxy.ts";
import { readingJourneys } from "./journeys/reading.ts";
import { refusedWritesJourneys } from "./journeys/refused-writes.ts";
import { requireUserJourneys } from "./journeys/require-user.ts";
import { routeHandlersJourneys } from "./journeys/route-handlers.ts";
import { Scene } from "./scene.ts";

const journeys = [
  readingJourneys,
  actionsJourneys,
  refusedWritesJourneys,
  routeHandlersJourneys,
  handlersJourneys,
  crossSiteJourneys,
  carriedJourneys,
  proxyJourneys,
  requireUserJourneys,
  outageJourneys,
  pagesRouterJourneys,
];

// One after the other in one file: a build takes both processors.
for (const version of versions) {
  const missing = `is not installed in test/next/apps/next-${version.major}: node scripts/install-test-folders.mjs`;
  const isThere = () => isInstalled(version) || missing;

  await describeWith(`Next ${version.major}`, isThere, () => {
    const scene = new Scene(version);
    beforeAll(async () => {
      // COATCHECK_REUSE_BUILD=1 starts what the last run has built, for whoever works on the journeys.
      if (process.env.COATCHECK_REUSE_BUILD !== "1") await buildApp(version, await packPackage(), "app");
      await scene.start();
    }, 600_000);
    afterEach(() => {
      scene.store.setDown(false);
      scene.store.taken();
    });
    afterAll(() => scene.stop());

    for (const tell of journeys) tell(scene);

    it("G14: no token was printed, and nothing was sent twice", () => {
      expect(scene.app.log()).not.toMatch(/[\w-]{22}\.[\w-]{43}/);
      expect(scene.app.log()).not.toMatch(/Cannot set headers|ERR_HTTP_HEADERS_SENT|unhandled/i);
    });
  });

  await describeWith(`Next ${version.major}, accounts at a provider`, isThere, async () => {
    const provider = await startProvider({ redirectUris: [callbackOf("corp")], accessTokenLife });
    const scene = new ConnectedScene(version, provider);
    beforeAll(async () => {
      if (process.env.COATCHECK_REUSE_BUILD !== "1") await buildApp(version, await packPackage(), "app-connected");
      await scene.start();
    }, 600_000);
    afterEach(() => scene.store.setCareless(false));
    afterAll(() => scene.stop());
    connectedJourneys(scene);

    it("no token of the session or of the provider was printed", () => {
      expect(scene.log()).not.toMatch(/[\w-]{43}|Bearer /);
    });
  });

  if (version.major !== 16) continue;
  await describeWith("Next 16 with cacheComponents", isThere, () => {
    const scene = new Scene(version);
    beforeAll(async () => {
      await buildApp(version, await packPackage(), "app-cached");
      await scene.start();
    }, 600_000);
    afterAll(() => scene.stop());
    cachedJourneys(scene);
  });
  await describeWith("Next 16, a lesson", isThere, () => {
    const scene = new Scene(version);
    beforeAll(async () => {
      if (process.env.COATCHECK_REUSE_BUILD !== "1") await buildApp(version, await packPackage(), "app-lesson");
      await scene.start();
    }, 600_000);
    afterAll(() => scene.stop());
    lessonJourneys(scene);
  });
}
