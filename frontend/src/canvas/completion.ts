/** What may be written next in an expression: names in scope, then paths by the last run's data and by schema. */

import type { Graph, GraphNode, Json, NodeTypes, Schema } from "./graph";
import { isIdentifier } from "./identifiers";
import { isObject, schemaUnder, withoutNull } from "./schema";
import { scopeOf } from "./upstream";

export interface Choice {
  label: string;
  detail: string;
  kind: "node" | "variable" | "property" | "function";
}

/** One readable name: what the last run had there, and what the schema says. */
export interface Readable {
  detail: string;
  kind: Choice["kind"];
  schema: Schema;
  sample?: Json;
}

export interface Known {
  /** The last run's outputs by node id. */
  outputs: ReadonlyMap<string, Json>;
  inputs?: Json;
  vars?: Json;
}

/** The schema of a node's output, where it follows from the config taken from there. */
export function outputSchemaOf(node: GraphNode, types: NodeTypes): Schema {
  const config = node.config ?? {};
  if (node.type === "start") return isObject(config.inputs_schema) ? (config.inputs_schema as Schema) : {};
  if (node.type === "set" && isObject(config.values)) {
    return {
      type: "object",
      properties: Object.fromEntries(Object.keys(config.values).map((key) => [key, {}])),
    };
  }
  return types.get(node.type)?.output_schema ?? {};
}

/** What a field adds to its node's scope: the schema says so by `x-round` and `x-scope`. */
export interface FieldScope {
  round?: boolean;
  names?: readonly string[];
}

/** Everything that the expressions of a node (or of one of its fields) can read, by name. */
export function readables(
  graph: Graph,
  id: string,
  types: NodeTypes,
  known: Known,
  field: FieldScope = {},
): Map<string, Readable> {
  const scope = scopeOf(graph, id, field.round);
  const found = new Map<string, Readable>();
  for (const node of scope.nodes) {
    const title = types.get(node.type)?.title ?? node.type;
    found.set(node.id, {
      detail: node.name ? `${node.name} · ${title}` : title,
      kind: "node",
      schema: outputSchemaOf(node, types),
      sample: known.outputs.get(node.id),
    });
  }
  const start = graph.nodes.find((node) => node.type === "start");
  found.set("input", {
    detail: "the run's inputs",
    kind: "variable",
    schema: start ? outputSchemaOf(start, types) : {},
    sample: known.inputs,
  });
  const round: Schema = {
    type: "object",
    properties: { item: {}, index: { type: "integer" }, key: {}, state: {} },
  };
  for (const container of scope.rounds) {
    found.set(container.id, { detail: "this round", kind: "node", schema: round });
  }
  const own = scope.rounds.length > 0 ? ["item", "index", "key", "state"] : (field.names ?? []);
  for (const name of own) found.set(name, { detail: "of the innermost round", kind: "variable", schema: {} });
  if (scope.error) {
    const schema: Schema = { type: "object", properties: { type: {}, message: {}, node: {}, details: {} } };
    found.set("error", { detail: "what failed before", kind: "variable", schema });
  }
  found.set("vars", { detail: "variables", kind: "variable", schema: {}, sample: known.vars });
  found.set("env", { detail: "allowed environment", kind: "variable", schema: {} });
  const execution = { id: {}, started_at: {}, workflow: {}, resume_url: { description: "function" } };
  found.set("execution", {
    detail: "this run",
    kind: "variable",
    schema: { type: "object", properties: execution },
  });
  found.set("now", { detail: "the time, as a function", kind: "function", schema: {} });
  return found;
}

/** The path that the text ends with: `fetch.items[0].na`. */
const PATH =
  /(?<![\p{ID_Continue}$\u200c-\u200d.])[\p{ID_Start}$_][\p{ID_Continue}$\u200c-\u200d]*(?:\??\.[\p{ID_Continue}$\u200c-\u200d]*|\[\d+\])*$/u;

export interface Completion {
  /** How many characters before the cursor the choice stands in for. */
  replace: number;
  choices: Choice[];
}

/** What can follow the text before the cursor, which stands inside of an expression. */
export function complete(before: string, names: ReadonlyMap<string, Readable>): Completion {
  const path = PATH.exec(before)?.[0] ?? "";
  const dot = path.lastIndexOf(".");
  const word = path.slice(dot + 1);
  if (word.includes("]")) return { replace: 0, choices: [] };
  const choices =
    dot < 0
      ? [...names].map(([label, { detail, kind }]) => ({ label, detail, kind }))
      : members(path.slice(0, dot).replace(/\?$/, ""), names);
  return { replace: word.length, choices: matching(choices, word) };
}

function matching(choices: Choice[], typed: string): Choice[] {
  const lower = typed.toLowerCase();
  return choices.filter((choice) => choice.label.toLowerCase().includes(lower));
}

function members(path: string, names: ReadonlyMap<string, Readable>): Choice[] {
  const [root = "", ...steps] = path
    .replaceAll("?.", ".")
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".");
  const readable = names.get(root);
  if (!readable) return [];
  let schema = readable.schema;
  let sample: Json | undefined = readable.sample;
  for (const step of steps) {
    const key = /^\d+$/.test(step) ? Number(step) : step;
    schema = schemaUnder(schema, key, readable.schema);
    sample = Array.isArray(sample) ? sample[Number(key)] : isObject(sample) ? sample[step] : undefined;
  }
  const { schema: shape } = withoutNull(schema, readable.schema);
  const found = new Map<string, Choice>();
  for (const [label, property] of Object.entries(shape.properties ?? {})) {
    found.set(label, { label, detail: typeName(property, readable.schema), kind: "property" });
  }
  if (isObject(sample)) {
    for (const [label, value] of Object.entries(sample))
      found.set(label, { label, detail: preview(value), kind: "property" });
  }
  if (Array.isArray(sample) || shape.type === "array") {
    for (const label of ["length", "map", "filter", "find", "join"])
      found.set(label, { label, detail: "of a list", kind: "property" });
  }
  return [...found.values()].filter((choice) => isIdentifier(choice.label));
}

function typeName(schema: Schema, root: Schema): string {
  const { schema: shape } = withoutNull(schema, root);
  return shape.description ?? (Array.isArray(shape.type) ? shape.type.join(" | ") : (shape.type ?? ""));
}

function preview(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
