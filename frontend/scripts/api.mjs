// Writes src/api/schema.ts from openapi.json; with --check only says whether it is up to date.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../openapi.json", import.meta.url);
const target = new URL("../src/api/schema.ts", import.meta.url);
const header = "/** Written by `npm run api` from openapi.json. Change the API instead. */\n\n";

if (!existsSync(source)) {
  console.error("frontend/openapi.json is missing: save the API's /api/v1/openapi.json there first.");
  process.exit(1);
}
const text = header + astToString(await openapiTS(source));
if (!process.argv.includes("--check")) {
  writeFileSync(target, text);
} else if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
  console.error("src/api/schema.ts is stale: run `npm run api`.");
  process.exit(1);
}
