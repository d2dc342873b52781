// The little that we use of Next.js, in a shape that 14, 15 and 16 share: `cookies()` and `headers()` are plain objects in
// the first and promises in the others, and `await` is right for both.

declare module "next/headers.js" {
  interface HeadersOfNext {
    get(name: string): string | null;
  }
  interface CookiesOfNext {
    set(name: string, value: string, attributes: object): unknown;
  }
  export function headers(): HeadersOfNext | Promise<HeadersOfNext>;
  export function cookies(): CookiesOfNext | Promise<CookiesOfNext>;
}

declare module "next/server.js" {
  export class NextRequest extends Request {
    readonly nextUrl: URL & { clone(): URL };
  }
  export class NextResponse extends Response {
    static next(init?: { request?: { headers?: Headers } }): NextResponse;
  }
}

declare module "next/navigation" {
  export function redirect(url: string): never;
}
