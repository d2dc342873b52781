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
 * Reads the body of a request. What is no JSON, no form, too large or of another type becomes the answer that says so;
 * nothing that was sent is quoted.
 */
export async function readBody(request: Request): Promise<ActionBody | Response> {
  const bytes = await readBytes(request);
  if (bytes === null) return invalidInput(413);
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

// The declared length spares the reading; the length that counts is the one that arrives.
async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get("content-length") ?? 0) > largestBody) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(request.body)) {
    length += chunk.length;
    if (length > largestBody) return null;
    chunks.push(chunk);
  }
  return joined(chunks, length);
}

// Written out: not every runtime lets a stream be iterated. Whoever stops early cancels what is left.
async function* chunksOf(stream: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (!stream) return;
  const reader = stream.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
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
