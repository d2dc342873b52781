import { deepFreeze, encodeJson } from "../../core/json.ts";

/**
 * The rules as the browser will have them, frozen: what they are in JSON. Whatever JSON would change is refused, since then the
 * two sides would give other answers. So is `undefined` above all: a condition `{ authorId: undefined }` would be lost, and the
 * rule would hold for everybody's.
 *
 * @throws TypeError with the place in the rules.
 */
export function jsonRules<Rule>(rules: readonly Rule[]): readonly Rule[] {
  if (!Array.isArray(rules)) throw new TypeError("The rules are no array.");
  const lost = undefinedIn(rules, "rules");
  if (lost !== null) throw new TypeError(`${lost} is undefined: leave it out, or write null.`);
  return deepFreeze(JSON.parse(textOf(rules)));
}

function textOf(rules: readonly unknown[]): string {
  try {
    return encodeJson(rules, "rules");
  } catch (cause) {
    throw new TypeError("The rules are not JSON.", { cause });
  }
}

/** The place of the first property that is there and undefined, or `null`. As deep as JSON is followed, and no deeper. */
function undefinedIn(value: unknown, path: string, depth = 0): string | null {
  if (value === undefined) return path;
  if (typeof value !== "object" || value === null || depth > 32) return null;
  for (const [key, inside] of Object.entries(value)) {
    const found = undefinedIn(inside, `${path}.${key}`, depth + 1);
    if (found !== null) return found;
  }
  return null;
}
