import type { Source } from "./source.ts";

/**
 * Answers a page of the Pages Router with a redirect, while its `getServerSideProps` is still running.
 *
 * Next redirects only by what `getServerSideProps` returns, so a function that it calls must answer by itself: the browser
 * by a 307, Next's own router, which asks for the data of the page, by the JSON that it takes for a redirect. Next finds
 * the response finished and adds nothing.
 */
export function redirectPage({ req, res }: Extract<Source, { kind: "page" }>, url: string): void {
  const response = res as typeof res & { statusCode: number; end(body?: string): void };
  if (response.headersSent) return;
  if (req.headers["x-nextjs-data"] !== undefined || req.url?.startsWith("/_next/data/")) {
    response.statusCode = 200;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ pageProps: { __N_REDIRECT: url, __N_REDIRECT_STATUS: 307 }, __N_SSP: true }));
    return;
  }
  response.statusCode = 307;
  response.setHeader("location", url);
  response.end();
}
