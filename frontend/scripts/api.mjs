// Writes openapi.json from the backend's code and src/api/schema.ts from it; with --check only says whether both are
// up to date. PYTHON names another interpreter than the one of `make setup`.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const header = "/** Written by `npm run api` from openapi.json. Change the API instead. */\n";

const execution = {
  version: "Version",
  status: "ExecutionStatus",
  error: "NodeError?",
  usage: "Usage",
  trigger: "Trigger",
  compensation: "Compensation?",
};
const version = { warnings: "GraphIssue[]" };
const draft = { graph: "Graph", settings: "WorkflowSettings" };

/** Where OpenAPI is looser than the design: the type of src/api/narrow.ts that stands there. `?`: or null. */
const narrower = {
  ExecutionSummary: { ...execution, waiting_for: "Waiting[]" },
  ExecutionDetails: { ...execution, waiting_for: "Waiting[]" },
  NodeDetails: { status: "NodeStatus", error: "NodeError?", usage: "Usage?" },
  Page_dict_str__Any__: { items: "ExecutionEvent[]" },
  GraphAnswer: { graph: "Graph" },
  GraphBody: { graph: "Graph" },
  WorkflowBody: draft,
  WorkflowReplacement: draft,
  WorkflowPatch: { settings: "WorkflowSettings" },
  WorkflowResource: draft,
  SharedResource: { graph: "Graph" },
  TemplateResource: draft,
  WorkflowSummaryResource: { settings: "WorkflowSettings" },
  VersionResource: { ...version, graph: "Graph" },
  VersionSummaryResource: version,
  ValidationResource: { errors: "GraphIssue[]", warnings: "GraphIssue[]" },
  ImportResource: { report: "ImportLine[]" },
  NodeTypeResource: {
    config_schema: "ConfigSchema",
    output_schema: "ConfigSchema",
    policy_schema: "ConfigSchema",
    retry_defaults: "RetryPolicy",
  },
};

const unused = new Set(
  Object.entries(narrower).flatMap(([schema, fields]) =>
    Object.keys(fields).map((name) => `${schema}/${name}`),
  ),
);

function narrowed(_type, { path }) {
  const [, name, field] = /^#\/components\/schemas\/([^/]+)\/([^/]+)$/.exec(path ?? "") ?? [];
  const narrow = narrower[name]?.[field];
  if (narrow === undefined) return undefined;
  unused.delete(`${name}/${field}`);
  const [, word, list, orNull] = /^(\w+)(\[\])?(\?)?$/.exec(narrow);
  const { factory } = ts;
  let type = factory.createTypeReferenceNode(`narrow.${word}`);
  if (list) type = factory.createArrayTypeNode(type);
  if (orNull) type = factory.createUnionTypeNode([type, factory.createLiteralTypeNode(factory.createNull())]);
  return type;
}

/**
 * What the typed client does not need: all refusals are the same problem, so one `default` stands for a dozen statuses;
 * event streams are read elsewhere, frame by frame.
 */
function forClient(document) {
  const problem = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  for (const operations of Object.values(document.paths)) {
    for (const { responses } of Object.values(operations)) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (!status.startsWith("2")) delete responses[status];
        else if (content?.["application/json"]) delete content["text/event-stream"];
      }
      responses.default = { description: "Refused", content: problem };
    }
  }
  return document;
}

const python = process.env.PYTHON ?? here("../../.venv/bin/python");
const text = execFileSync(python, [here("openapi.py")], { encoding: "utf8", maxBuffer: 2 ** 26 });
const types = await openapiTS(forClient(JSON.parse(text)), {
  postTransform: narrowed,
  defaultNonNullable: false,
  inject: 'import type * as narrow from "./narrow";\n',
});
const written = { "openapi.json": text, "src/api/schema.ts": header + astToString(types) };
if (unused.size > 0) throw new Error(`The API has no such fields any more: ${[...unused].join(", ")}`);

for (const [name, expected] of Object.entries(written)) {
  const path = here(`../${name}`);
  if (!process.argv.includes("--check")) {
    writeFileSync(path, expected);
  } else if (!existsSync(path) || readFileSync(path, "utf8") !== expected) {
    console.error(`${name} is stale: run \`npm run api\`.`);
    process.exitCode = 1;
  }
}
