const pattern = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** Tells whether a text may name a table: letters, digits and underscores, at most 63, in every SQL database. */
export function isTableName(name: unknown): name is string {
  return typeof name === "string" && pattern.test(name) && !/^sqlite_/i.test(name);
}
