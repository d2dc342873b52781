import { type IncomingHttpHeaders, request } from "node:http";

/** A request as it is, without the headers that `fetch` adds or forbids. An undefined header is left out. */
interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string | undefined;
}

/** What came back. */
interface RawResponse {
  readonly status: number;
  readonly body: string;
  readonly cookies: readonly string[];
  readonly headers: IncomingHttpHeaders;
}

/** Makes one request over a connection of its own. */
export function exchange(origin: string, { method, path, headers, body: sentBody }: RawRequest): Promise<RawResponse> {
  // Node's client announces no body of a DELETE by itself.
  const length = sentBody === undefined ? {} : { "content-length": String(Buffer.byteLength(sentBody)) };
  const fields = Object.entries({ ...length, ...headers });
  const given = Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const sent = request(origin + path, { method, headers: given, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, body, cookies: headers["set-cookie"] ?? [], headers });
      });
    });
    sent.on("error", reject).end(sentBody);
  });
}
