/** Everything that the keys of a prefix hold, as text, read through a client of ioredis that holds all of them. */
export async function dumpKeys(client, prefix) {
  const texts = [];
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    for (const key of keys) texts.push(key, await readKey(client, key));
  }
  return texts.join("\n");
}

const readers = {
  string: async (client, key) => [await client.getBuffer(key)],
  hash: async (client, key) => Object.entries(await client.hgetallBuffer(key)).flat(),
  list: (client, key) => client.lrangeBuffer(key, 0, -1),
  set: (client, key) => client.smembersBuffer(key),
  zset: (client, key) => client.zrangeBuffer(key, 0, -1),
};

// A key may be gone by the time that it is read.
async function readKey(client, key) {
  const read = readers[await client.type(key)];
  const parts = read ? await read(client, key) : [];
  return parts.map((part) => part?.toString("latin1")).join(" ");
}
