import { redisStore } from "../../dist/stores/redis.js";
import { open as connect, where } from "../databases/redis.mjs";

export const title = "Redis (node-redis, one connection)";
export { where };

const prefix = `coatcheck-scale-${process.pid}:`;

export async function open() {
  const { node, version, close } = await connect();
  const keys = async function* () {
    for await (const some of node.scanIterator({ MATCH: `${prefix}*`, COUNT: 1_000 })) yield some;
  };
  const used = async () => Number(/used_memory:(\d+)/.exec(await node.info("memory"))[1]);
  const before = await used();

  return {
    version,
    store: redisStore(node, { prefix }),
    fill: null,
    settle: async () => {},
    someIds: null,

    async space() {
      let sessions = 0;
      let other = 0;
      for await (const some of keys()) for (const key of some) isSession(key) ? sessions++ : other++;
      const total = (await used()) - before;
      return { sessions, other, total };
    },

    plan: null,

    async close() {
      for await (const some of keys()) if (some.length > 0) await node.unlink(some);
      await close();
    },
  };
}

function isSession(key) {
  return /[A-Za-z0-9_-]{22}$/.test(key);
}
