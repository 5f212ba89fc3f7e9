/** One line that tells what a node does, from its config. */

import type { GraphNode, Json } from "./graph";
import { isObject } from "./schema";

const FIRST_SAID = [
  "expression",
  "value",
  "over",
  "url",
  "prompt",
  "template",
  "message",
  "statement",
  "query",
  "text",
  "to",
  "channel",
  "file",
  "name",
  "model",
  "code",
  "where",
  "items",
  "workflow_id",
];

export function summaryOf(node: GraphNode): string {
  const config = node.config ?? {};
  switch (node.type) {
    case "start":
      return names(
        isObject(config.inputs_schema) ? config.inputs_schema.properties : undefined,
        "No inputs declared",
      );
    case "end":
      return names(config.outputs, "");
    case "set":
      return names(config.values, "");
    case "http_request":
      return `${shown(config.method) || "GET"} ${shown(config.url)}`.trim();
    case "loop":
      if (config.times !== undefined && config.times !== null) return `${shown(config.times)} times`;
      if (config.while) return `while ${shown(config.while)}`;
      return config.over ? `over ${shown(config.over)}` : "";
    case "join":
      return config.mode === "count" ? `${shown(config.count)} of its branches` : shown(config.mode) || "all";
    case "delay":
      return config.until
        ? `until ${shown(config.until)}`
        : config.seconds
          ? `${shown(config.seconds)} s`
          : "";
    case "condition":
    case "switch":
      if (Array.isArray(config.cases) && config.cases.length > 0 && !config.value) {
        return `${config.cases.length} ${config.cases.length === 1 ? "case" : "cases"}`;
      }
      return shown(config.value) || shown(config.expression);
  }
  for (const name of FIRST_SAID) {
    const line = shown(config[name]);
    if (line) return line;
  }
  return "";
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null || value === "") return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replace(/\s+/g, " ").trim().slice(0, 120);
}

function names(value: Json | undefined, none: string): string {
  const keys = isObject(value) ? Object.keys(value) : [];
  return keys.length > 0 ? keys.join(", ").slice(0, 120) : none;
}
