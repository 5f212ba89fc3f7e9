import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants";

const api = process.env.WEFT_API_ORIGIN ?? "http://127.0.0.1:8000";

/** A static export in builds; in development every call goes through to the API on the same origin. */
export default function config(phase: string): NextConfig {
  const shared: NextConfig = {
    reactStrictMode: true,
    poweredByHeader: false,
    images: { unoptimized: true },
    experimental: { optimizePackageImports: ["radix-ui", "lucide-react"] },
  };
  if (phase !== PHASE_DEVELOPMENT_SERVER) return { ...shared, output: "export" };
  return {
    ...shared,
    // Compression would hold event streams back until they end.
    compress: false,
    rewrites: async () => [
      { source: "/workflows/:id([^_/.][^/.]*)", destination: "/workflows/_" },
      { source: "/executions/:id([^_/.][^/.]*)", destination: "/executions/_" },
      ...["api", "v1", "hooks", "healthz", "readyz"].map((prefix) => ({
        source: `/${prefix}/:path*`,
        destination: `${api}/${prefix}/:path*`,
      })),
    ],
  };
}
