import { request } from "node:http";

/** A request as it is, without the headers that `fetch` adds or forbids. An undefined header is left out. */
interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What came back. */
interface RawResponse {
  readonly status: number;
  readonly body: string;
  readonly cookies: readonly string[];
}

/** Makes one request over a connection of its own. */
export function exchange(origin: string, { method, path, headers }: RawRequest): Promise<RawResponse> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const sent = request(origin + path, { method, headers: given, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, body, cookies: headers["set-cookie"] ?? [] });
      });
    });
    sent.on("error", reject).end();
  });
}
