// The databases that answer. Each file of databases/ has `title`, `where` (the variable that says where it is), `open()`, and,
// of what that gives: `limits`, `stores` and `peers`.
export const databases = ["postgres", "mysql", "redis"];

/** One database; `connection` is `null` where no server answers, and `missing` says why. */
export async function openDatabase(name) {
  const database = await import(`./databases/${name}.mjs`);
  try {
    return { ...database, connection: await database.open() };
  } catch (error) {
    return { ...database, connection: null, missing: error.code ?? error.message };
  }
}
