// Opens a path, and prints the error that comes of it. Arguments: the folder of the compiled stores, the file.
const [, , stores, path] = process.argv;
const { sqliteStore } = await import(`${stores}/stores/sqlite.js`);
const outcome = await Promise.resolve(sqliteStore(path))
  .then((store) => store.find(["id"], 0))
  .catch(({ name, code, message, hint, cause }) => ({ name, code, message, hint, causes: cause?.errors?.length }));
console.log(JSON.stringify(outcome));
