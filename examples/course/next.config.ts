import type { NextConfig } from "next";

const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Content-Security-Policy", value: "frame-ancestors 'none'; base-uri 'self'; object-src 'none'" },
];

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // This folder has a lock file of its own; the one above belongs to the library.
  turbopack: { root: import.meta.dirname },
  // Auth.js imports "next/server", which Node alone cannot: the Pages Router has to bundle it.
  transpilePackages: ["next-auth"],
  headers: async () => [{ source: "/:path*", headers: securityHeaders }],
};

export default config;
