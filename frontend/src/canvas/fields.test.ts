import { describe, expect, it } from "vitest";
import {
  alternativesOf,
  defaultInputs,
  exampleOf,
  fieldShape,
  labelOf,
  newItem,
  replacedBy,
  withValue,
} from "./fields";
import type { Schema } from "./graph";

const ROOT: Schema = {
  $defs: {
    Case: {
      type: "object",
      required: ["id", "expression"],
      properties: {
        id: { type: "string", "x-literal": true },
        expression: { type: "string", "x-expression": true },
      },
    },
  },
};

describe("the control for a field", () => {
  it.each<[string, Schema, string]>([
    ["url", { type: "string" }, "template"],
    ["id", { type: "string", "x-literal": true }, "text"],
    ["code", { type: "string", "x-literal": true }, "code"],
    ["expression", { anyOf: [{ type: "string", "x-expression": true }, { type: "null" }] }, "expression"],
    ["model", { anyOf: [{ type: "string", "x-reference": "model" }, { type: "null" }] }, "model"],
    ["credential_id", { anyOf: [{ type: "string" }, { type: "null" }] }, "credential"],
    ["method", { enum: ["GET", "POST"], type: "string" }, "choice"],
    ["times", { anyOf: [{ type: "integer" }, { type: "null" }] }, "number"],
    ["read_only", { type: "boolean" }, "boolean"],
    ["values", { type: "object", additionalProperties: true }, "map"],
    ["headers", { type: "object", additionalProperties: { type: "string" } }, "map"],
    ["cases", { anyOf: [{ type: "array", items: { $ref: "#/$defs/Case" } }, { type: "null" }] }, "objects"],
    ["to", { type: "array", items: { type: "string" } }, "list"],
    ["case", { $ref: "#/$defs/Case" }, "group"],
    ["form_schema", { type: "object", "x-literal": true }, "json"],
    ["inputs_schema", { type: "object", "x-literal": true, "x-json-schema": true }, "schema"],
    ["body", {}, "any"],
    ["parameters", { anyOf: [{ type: "object" }, { type: "array" }] }, "json"],
    ["model", { anyOf: [{ type: "string" }, { type: "array" }] }, "any"],
  ])("%s", (name, schema, kind) => {
    expect(fieldShape(name, schema, ROOT).kind).toBe(kind);
  });

  it("knows the language of code", () => {
    const code: Schema = { type: "string", "x-literal": true };
    expect(fieldShape("code", code, {}, "code_python").language).toBe("python");
    expect(fieldShape("statement", code, {}, "sql_query").language).toBe("sql");
  });
});

it("labels fields by their own titles, else in words", () => {
  expect(labelOf("max_tokens", { title: "Max Tokens" })).toBe("Max tokens");
  expect(labelOf("url", { title: "Url" })).toBe("URL");
  expect(labelOf("over", { title: "Items to go through" })).toBe("Items to go through");
});

it("numbers new cases", () => {
  const schema = ROOT.$defs?.Case ?? {};
  expect(newItem(schema, ROOT, [])).toEqual({ id: "case1", expression: "" });
  expect(newItem(schema, ROOT, [{ id: "case2" }])).toEqual({ id: "case3", expression: "" });
});

it("begins inputs with the defaults", () => {
  expect(defaultInputs({ properties: { a: { type: "string", default: "x" }, b: {} } })).toEqual({ a: "x" });
});

describe("alternatives", () => {
  const schema: Schema = { "x-one-of": [["agent_id"], ["instructions", "model"]] };

  it("are those that the schema names", () => {
    expect(alternativesOf(schema)).toEqual([["agent_id"], ["instructions", "model"]]);
    expect(alternativesOf({})).toEqual([]);
  });

  it("go when another is written, and stay beside their own", () => {
    expect(replacedBy("agent_id", schema)).toEqual(["instructions", "model"]);
    expect(replacedBy("model", schema)).toEqual(["agent_id"]);
    expect(replacedBy("message", schema)).toEqual([]);
  });

  it("are used where one of their fields is set", () => {
    const all = alternativesOf(schema);
    expect(withValue(all, { model: "m", agent_id: null })).toEqual([["instructions", "model"]]);
    expect(withValue(all, { message: "m" })).toEqual([]);
  });
});

it("shows the first example where it is text or a number", () => {
  expect(exampleOf({ examples: ["item.price > 1", "x"] })).toBe("e.g. item.price > 1");
  expect(exampleOf({ examples: [60] })).toBe("e.g. 60");
  expect(exampleOf({ examples: [{ a: 1 }] })).toBeUndefined();
  expect(exampleOf({})).toBeUndefined();
});
