import { invalidInput } from "./responses.ts";

/** How much of a body an action reads at most, in bytes. */
export const largestBody = 65_536;

/** What an action was sent: JSON, or the fields of a form or of a query. */
export interface ActionBody {
  readonly kind: "json" | "form" | "none";
  readonly value: unknown;
}

const noBody: ActionBody = { kind: "none", value: undefined };

/**
 * Reads the body of a request. What is no JSON, no form, too large, of another type or breaks off becomes the answer that says
 * so; nothing that was sent is quoted.
 */
export async function readBody(request: Request): Promise<ActionBody | Response> {
  const bytes = await readBytes(request);
  if (typeof bytes === "string") return invalidInput(bytes === "aborted" ? 400 : 413);
  if (bytes.length === 0) return noBody;
  const type = mediaTypeOf(request);
  const read = type === null ? undefined : readers[type];
  if (!read) return invalidInput(415);
  try {
    return await read(bytes, request.headers.get("content-type") ?? "");
  } catch {
    return invalidInput(400); // not what its type says
  }
}

/** The fields of a query or a form: a field that is given several times is a list. */
export function fieldsOf(entries: Iterable<readonly [string, unknown]>): Readonly<Record<string, unknown>> {
  const fields = new Map<string, unknown[]>();
  for (const [name, value] of entries) {
    const values = fields.get(name);
    if (values) values.push(value);
    else fields.set(name, [value]);
  }
  // Object.fromEntries defines its properties: a field called __proto__ is one like any other.
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

/** Whether a body is declared to be JSON: the one type that a page of another site cannot send unasked. */
export function isJson(contentType: string | null): boolean {
  return /^application\/(?:[\w.-]+\+)?json[ \t]*(?:;|$)/i.test(contentType?.trim() ?? "");
}

type Reader = (bytes: Uint8Array<ArrayBuffer>, contentType: string) => ActionBody | Promise<ActionBody>;

const readers: Readonly<Record<"json" | "urlencoded" | "multipart", Reader>> = {
  json: (bytes) => ({ kind: "json", value: JSON.parse(textOf(bytes)) }),
  urlencoded: (bytes) => ({ kind: "form", value: fieldsOf(new URLSearchParams(textOf(bytes))) }),
  async multipart(bytes, contentType) {
    const form = await new Response(bytes, { headers: { "content-type": contentType } }).formData();
    return { kind: "form", value: fieldsOf(form) };
  },
};

function mediaTypeOf({ headers }: Request): keyof typeof readers | null {
  const contentType = headers.get("content-type");
  if (isJson(contentType)) return "json";
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") return "urlencoded";
  return type === "multipart/form-data" ? "multipart" : null;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

type Unread = "too-large" | "aborted";

// The declared length spares the reading; the length that counts is the one that arrives.
async function readBytes({ headers, body }: Request): Promise<Uint8Array<ArrayBuffer> | Unread> {
  if (Number(headers.get("content-length") ?? 0) > largestBody) return "too-large";
  if (!body) return joined([], 0);
  const reader = body.getReader(); // throws where somebody else reads it: a mistake in the code, not in the request
  try {
    return await readWithin(reader);
  } catch {
    return "aborted"; // nobody is there any more to be told more
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

// Written out: not every runtime lets a stream be iterated.
async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array<ArrayBuffer> | Unread> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    length += step.value.length;
    if (length > largestBody) return "too-large";
    chunks.push(step.value);
  }
  return joined(chunks, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
