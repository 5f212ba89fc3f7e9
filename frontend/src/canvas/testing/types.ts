/** Node types in the shape of `GET /node-types`, enough for the tests of the canvas. */

import type { NodeType, NodeTypes, Schema } from "../graph";

const X: Schema = { type: "string", "x-expression": true };

function type(name: string, more: Partial<NodeType> & { config?: Record<string, Schema> } = {}): NodeType {
  const { config = {}, ...rest } = more;
  return {
    type: name,
    title: name,
    description: "",
    category: "control",
    icon: "box",
    version: 1,
    effect: "pure",
    ports: ["out"],
    container: false,
    config_schema: { type: "object", properties: config },
    output_schema: {},
    policy_schema: {},
    ui: {},
    ...rest,
  };
}

const ALL: NodeType[] = [
  type("start"),
  type("end", { ports: [] }),
  type("stop", { ports: [] }),
  type("set", { config: { values: { type: "object", additionalProperties: {} } } }),
  type("template", { config: { template: { type: "string" } } }),
  type("transform", { config: { expression: X } }),
  type("filter", { config: { items: {}, where: X } }),
  type("join"),
  type("condition", {
    ports: ["true", "false"],
    config: {
      expression: { anyOf: [X, { type: "null" }], default: null },
      cases: { type: "array", items: { $ref: "#/$defs/Case" } },
    },
  }),
  type("switch", { ports: ["else"] }),
  type("code_javascript", {
    config: { code: { type: "string", "x-literal": true }, inputs: { type: "object" } },
  }),
  type("loop", {
    container: true,
    config: {
      over: {},
      while: X,
      break_if: X,
      result: X,
      update: { type: "object", additionalProperties: X },
    },
  }),
  type("parallel", { container: true }),
];

const condition = ALL.find((one) => one.type === "condition");
if (condition) {
  condition.config_schema.$defs = {
    Case: { type: "object", properties: { id: { type: "string", "x-literal": true }, expression: X } },
  };
}

export const TYPES: NodeTypes = new Map(ALL.map((one) => [one.type, one]));
