// biome-ignore-all lint/suspicious/noExplicitAny: as Next.js declares them
// The little of Next.js that the snippets use, so that checking the documentation needs no Next.js. What the adapter does on
// real ones is tested in test/next.

declare module "next" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  type Query = Partial<Record<string, string | string[]>>;
  export type NextApiRequest = IncomingMessage & { query: Query; cookies: Partial<Record<string, string>>; body: any };
  export type NextApiResponse<Body = any> = ServerResponse & {
    status(code: number): NextApiResponse<Body>;
    json(body: Body): void;
    send(body: Body): void;
    redirect(status: number, url: string): NextApiResponse<Body>;
  };
  export interface GetServerSidePropsContext {
    req: IncomingMessage & { cookies: Partial<Record<string, string>> };
    res: ServerResponse;
    query: Query;
    resolvedUrl: string;
  }
}

declare module "next/headers" {
  export function headers(): Promise<Headers>;
  export function cookies(): Promise<{
    get(name: string): { name: string; value: string } | undefined;
    set(name: string, value: string, attributes?: object): unknown;
  }>;
}

declare module "next/navigation" {
  export function redirect(url: string): never;
}

declare module "next/server" {
  export class NextRequest extends Request {
    readonly nextUrl: URL & { clone(): URL };
  }
  export class NextResponse<Body = unknown> extends Response {
    static next(init?: { request?: { headers?: Headers } }): NextResponse;
    static redirect(url: string | URL, init?: number | ResponseInit): NextResponse;
    static rewrite(url: string | URL): NextResponse;
  }
}
