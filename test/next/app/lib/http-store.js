// A store that lives in the test's own process: it counts calls from every copy of the package and every realm, the edge
// included, and can be told to be down.
export async function call(method, args) {
  const response = await fetch(process.env.STORE_URL, {
    method: "POST",
    cache: "no-store",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ method, args }),
  });
  if (!response.ok) throw new Error(`the store answered ${response.status}`);
  return (await response.json()).answer;
}

export const httpStore = {
  name: "http",
  find: (ids, now) => call("find", [ids, now]),
  create: (record) => call("create", [record]),
  update: (id, change, now) => call("update", [id, change, now]),
  destroy: (id, generation) => call("destroy", [id, generation]),
};

export const note = (what) => call("note", [what]);
