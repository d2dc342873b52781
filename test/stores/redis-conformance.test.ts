import { expect, test } from "vitest";
import { redisStore } from "../../src/stores/redis.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { describeWith } from "../require-services.ts";
import { clients, freshPrefix, reachRedis } from "./redis-clients.ts";

const cases = storeConformance({ without: ["sweep"] });

test("the suite is not empty", () => {
  expect(cases.length).toBeGreaterThan(100);
});

for (const { name, open } of clients) {
  await describeWith(`Redis through ${name} keeps every rule of the port`, reachRedis, () => {
    const options = { prefix: freshPrefix(), onWarning: null };
    const [store, peer] = [redisStore(open(), options), redisStore(open(), options)];
    test.each(cases)("$name", ({ run }) => run({ store, peer }));
  });
}
