import { inspect } from "node:util";

/** What a session token looks like, wherever it stands in a text. */
export const tokenShape = /ccs_[\w-]{21}[AQgw]\.[\w-]{42}[AEIMQUYcgkosw048]/;

const tokenLength = 70;
const findings: string[] = [];

/** Notes a token that stands where none may. The note itself does not repeat it. */
export function look(place: string, value: unknown): void {
  const text = textOf(value);
  const found = tokenShape.exec(text);
  if (found) findings.push(`${place}: ${text.slice(Math.max(0, found.index - 60), found.index)}<a session token>`);
}

/** Looks at what arrives piece by piece: a token may be cut in two. */
export function lookAlong(place: string): (piece: unknown) => void {
  let rest = "";
  return (piece) => {
    const text = rest + textOf(piece);
    look(place, text);
    rest = text.slice(1 - tokenLength);
  };
}

/** What was found since the last call. */
export function takeFindings(): string[] {
  return findings.splice(0);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  return inspect(value, { depth: 12, maxStringLength: null, maxArrayLength: null });
}
