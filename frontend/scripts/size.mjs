// Says how much script each exported page loads at first, gzipped; fails where a page is over its budget.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";

const out = new URL("../out", import.meta.url).pathname;
const budget = 250_000;
const sizes = new Map();

function gzipped(path) {
  if (!sizes.has(path)) sizes.set(path, gzipSync(readFileSync(join(out, path))).length);
  return sizes.get(path);
}

function* pages(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name === "_next") continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* pages(path);
    else if (entry.name.endsWith(".html")) yield path;
  }
}

let over = false;
for (const page of [...pages(out)].sort()) {
  const html = readFileSync(page, "utf8");
  const tags = html.match(/<script[^>]*\ssrc="[^"]+"[^>]*>/g) ?? [];
  // Browsers of today never load the polyfills marked noModule.
  const scripts = new Set(
    tags.filter((tag) => !/\snomodule/i.test(tag)).map((tag) => /\ssrc="\/([^"?]+)/.exec(tag)?.[1] ?? ""),
  );
  const total = [...scripts].reduce((sum, script) => sum + gzipped(script), 0);
  const mark = total > budget ? "  OVER 250 kB" : "";
  over ||= mark !== "";
  console.log(`${(total / 1000).toFixed(1).padStart(7)} kB  ${relative(out, page)}${mark}`);
}
process.exitCode = over ? 1 : 0;
