/** Which control draws a field of a node type's JSON Schema. */

import type { Json, JsonObject, Schema } from "./graph";
import { isObject, resolve, withoutNull } from "./schema";

export type FieldKind =
  | "boolean"
  | "number"
  | "choice"
  /** Plain text, taken as it is. */
  | "text"
  /** Text with `{{ }}`. */
  | "template"
  | "expression"
  | "code"
  | "credential"
  /** A model by its name, or text with `{{ }}`. */
  | "model"
  /** Named values. */
  | "map"
  /** A list of objects of one shape. */
  | "objects"
  /** A list of values of one shape. */
  | "list"
  /** An object with known fields. */
  | "group"
  /** A JSON Schema of inputs. */
  | "schema"
  /** Text with `{{ }}`, or any JSON. */
  | "any"
  | "json";

export interface FieldShape {
  kind: FieldKind;
  /** The field's schema, references and null taken away. */
  schema: Schema;
  /** For lists and maps: the schema of what they hold. */
  inner: Schema;
  options: Json[];
  multiline: boolean;
  language: "javascript" | "python" | "sql" | "json" | null;
}

const LONG = new Set(
  "prompt system template message text html body payload instructions content data value description".split(
    " ",
  ),
);
const CODE: Record<string, FieldShape["language"]> = { code: "javascript", statement: "sql" };

/** Fields that stand together in the place of others. */
export type Alternative = readonly string[];

/** The alternatives of which an object wants exactly one. */
export function alternativesOf(schema: Schema): readonly Alternative[] {
  return schema["x-one-of"] ?? [];
}

/** The fields that go when this one is written: those of the alternatives to its own. */
export function replacedBy(name: string, schema: Schema): readonly string[] {
  const alternatives = alternativesOf(schema);
  const own = alternatives.find((names) => names.includes(name));
  return own ? alternatives.filter((names) => names !== own).flat() : [];
}

/** Those of the alternatives that are used. */
export function withValue(alternatives: readonly Alternative[], value: JsonObject): Alternative[] {
  return alternatives.filter((names) =>
    names.some((name) => value[name] !== undefined && value[name] !== null),
  );
}

/** The first example of a field, as text to show where nothing is written yet. */
export function exampleOf(schema: Schema): string | undefined {
  const example = schema.examples?.[0];
  if (typeof example === "string") return `e.g. ${example}`;
  return typeof example === "number" ? `e.g. ${example}` : undefined;
}

export function fieldShape(name: string, written: Schema, root: Schema, nodeType = ""): FieldShape {
  const { schema } = withoutNull(written, root);
  const shape: FieldShape = {
    kind: "json",
    schema,
    inner: {},
    options: [],
    multiline: LONG.has(name) || schema["x-multiline"] === true,
    language: null,
  };
  return { ...shape, ...kindOf(name, schema, root, nodeType) };
}

function kindOf(name: string, schema: Schema, root: Schema, nodeType: string): Partial<FieldShape> {
  const choices = (schema.anyOf ?? schema.oneOf ?? []).map((choice) => resolve(choice, root));
  const literal = schema["x-literal"] === true;
  if (schema["x-reference"] === "credential" || name === "credential_id") return { kind: "credential" };
  if (schema["x-reference"] === "model") return { kind: "model" };
  if (schema["x-json-schema"]) return { kind: "schema" };
  if (schema["x-expression"] || choices.some((choice) => choice["x-expression"]))
    return { kind: "expression" };
  if (schema.enum) return { kind: "choice", options: schema.enum };
  if (schema.const !== undefined) return { kind: "choice", options: [schema.const] };
  if (choices.length > 0) {
    const mayBeText = choices.some((choice) => choice.type === "string" || choice.type === undefined);
    return { kind: mayBeText && !literal ? "any" : "json" };
  }
  switch (schema.type) {
    case "boolean":
      return { kind: "boolean" };
    case "integer":
    case "number":
      return { kind: "number" };
    case "string":
      return textKind(name, schema, literal, nodeType);
    case "array":
      return listKind(schema, root, literal);
    case "object":
      return objectKind(schema, literal);
    case undefined:
      return { kind: literal ? "json" : "any" };
    default:
      return { kind: "json" };
  }
}

function textKind(name: string, schema: Schema, literal: boolean, nodeType: string): Partial<FieldShape> {
  if (!literal) return { kind: "template" };
  const named = schema["x-language"] as FieldShape["language"] | undefined;
  const language = named ?? (nodeType === "code_python" && name === "code" ? "python" : CODE[name]);
  return language ? { kind: "code", language, multiline: true } : { kind: "text" };
}

function listKind(schema: Schema, root: Schema, literal: boolean): Partial<FieldShape> {
  if (typeof schema.items !== "object") return { kind: "json" };
  const inner = withoutNull(schema.items, root).schema;
  if (inner.type === "object" && Object.keys(inner.properties ?? {}).length > 0)
    return { kind: "objects", inner };
  if (inner.type === "object" || inner.type === "array" || inner.anyOf || inner.oneOf)
    return { kind: "json" };
  return { kind: "list", inner: literal ? { ...inner, "x-literal": true } : inner };
}

function objectKind(schema: Schema, literal: boolean): Partial<FieldShape> {
  if (Object.keys(schema.properties ?? {}).length > 0) return { kind: "group" };
  if (schema.additionalProperties === false) return { kind: "group" };
  if (literal) return { kind: "json" };
  return {
    kind: "map",
    inner: typeof schema.additionalProperties === "object" ? schema.additionalProperties : {},
  };
}

/** A field's label: its title where the schema has one of its own, else its name in words. */
export function labelOf(name: string, schema: Schema): string {
  const words = name.replaceAll("_", " ").replace(/ id$/, "").trim();
  const generated = name
    .replaceAll("_", " ")
    .trim()
    .replace(/\b\w/g, (letter) => letter.toUpperCase());
  const title = typeof schema.title === "string" && schema.title !== generated ? schema.title : words;
  return (title.charAt(0).toUpperCase() + title.slice(1)).replace(
    /\b(url|id|ocr|json|html|ttl|usd)\b/gi,
    (word) => word.toUpperCase(),
  );
}

/** Whether a value is a template text that may stand in a field of any type. */
export function isTemplateText(value: unknown): value is string {
  return typeof value === "string" && value.includes("{{");
}

/** A new item for a list of objects; an `id` gets a fresh one. */
export function newItem(schema: Schema, root: Schema, existing: readonly Json[]): JsonObject {
  const item: JsonObject = {};
  const taken = new Set(existing.map((other) => (isObject(other) ? other.id : undefined)));
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (!schema.required?.includes(name)) continue;
    const { schema: shape } = withoutNull(property, root);
    if (name === "id") {
      let number = existing.length + 1;
      while (taken.has(`case${number}`)) number += 1;
      item.id = `case${number}`;
    } else if (shape.default !== undefined) item[name] = shape.default;
    else if (shape.enum?.[0] !== undefined) item[name] = shape.enum[0];
    else item[name] = shape.type === "array" ? [] : shape.type === "object" ? {} : "";
  }
  return item;
}

/** The inputs that a form asks for, from a JSON Schema of inputs; null when a form cannot show it all. */
export function inputFields(schema: Schema): { name: string; schema: Schema; required: boolean }[] | null {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0)
    return Object.keys(schema).length === 0 || schema.type === "object" ? [] : null;
  return properties.map(([name, property]) => ({
    name,
    schema: property,
    required: schema.required?.includes(name) ?? false,
  }));
}

/** Inputs to begin a form with: the schema's defaults. */
export function defaultInputs(schema: Schema): JsonObject {
  const inputs: JsonObject = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const { schema: shape } = withoutNull(property, schema);
    if (shape.default !== undefined) inputs[name] = shape.default;
  }
  return inputs;
}
