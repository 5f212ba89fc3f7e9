/** Reading JSON Schema as Pydantic writes it: references, nullable unions, kinds of fields. */

import type { Json, JsonObject, Schema } from "./graph";

/** The schema with `$ref` and single `allOf` followed, keeping what stands beside the reference. */
export function resolve(schema: Schema, root: Schema): Schema {
  let current = schema;
  for (let hops = 0; hops < 20; hops += 1) {
    if (current.$ref) {
      const { $ref, ...beside } = current;
      current = { ...(lookUp($ref, root) ?? {}), ...beside };
    } else if (current.allOf?.length === 1 && current.allOf[0]) {
      const { allOf, ...beside } = current;
      current = { ...allOf[0], ...beside };
    } else {
      return current;
    }
  }
  return current;
}

function lookUp(reference: string, root: Schema): Schema | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let found: unknown = root;
  for (const step of reference.slice(2).split("/")) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    found = typeof found === "object" && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  }
  return found as Schema | undefined;
}

/** The one shape of a union with null, and whether null is allowed. Real unions stay as they are. */
export function withoutNull(schema: Schema, root: Schema): { schema: Schema; nullable: boolean } {
  const resolved = resolve(schema, root);
  const choices = resolved.anyOf ?? resolved.oneOf;
  if (choices) {
    const kept = choices.filter((choice) => resolve(choice, root).type !== "null");
    if (kept.length === choices.length) return { schema: resolved, nullable: false };
    const { anyOf: _any, oneOf: _one, ...beside } = resolved;
    if (kept.length === 1 && kept[0])
      return { schema: { ...resolve(kept[0], root), ...beside }, nullable: true };
    return { schema: { ...beside, anyOf: kept }, nullable: true };
  }
  if (Array.isArray(resolved.type) && resolved.type.includes("null")) {
    const types = resolved.type.filter((type) => type !== "null");
    return { schema: { ...resolved, type: types.length === 1 ? types[0] : types }, nullable: true };
  }
  return { schema: resolved, nullable: false };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema that describes the value under `key` of a value described by `schema`. */
export function schemaUnder(schema: Schema, key: string | number, root: Schema, value?: Json): Schema {
  const { schema: shape } = withoutNull(schema, root);
  for (const choice of shape.anyOf ?? shape.oneOf ?? [shape]) {
    const resolved = resolve(choice, root);
    if (typeof key === "number") {
      if (typeof resolved.items === "object") return resolved.items;
    } else if (resolved.properties?.[key]) {
      if (!discriminated(resolved, value)) continue;
      return resolved.properties[key];
    } else if (typeof resolved.additionalProperties === "object") {
      return resolved.additionalProperties;
    }
  }
  return {};
}

/** Whether a value fits the constants of one choice of a union. */
export function discriminated(choice: Schema, value: Json | undefined): boolean {
  if (!isObject(value)) return true;
  return Object.entries(choice.properties ?? {}).every(
    ([key, property]) =>
      property.const === undefined || value[key] === undefined || value[key] === property.const,
  );
}

export type TextKind = "template" | "expression" | "literal";

/** Visit every string of a config with the kind of field it stands in, and put what `change` gives in its place. */
export function mapStrings(
  value: Json,
  schema: Schema,
  root: Schema,
  change: (text: string, kind: TextKind) => string,
  kind: TextKind = "template",
): Json {
  const { schema: shape } = withoutNull(schema, root);
  const here: TextKind = marked(shape, root, "x-literal")
    ? "literal"
    : marked(shape, root, "x-expression")
      ? "expression"
      : kind;
  if (typeof value === "string") return change(value, here);
  if (Array.isArray(value)) {
    return value.map((item, index) => mapStrings(item, schemaUnder(shape, index, root), root, change, here));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      mapStrings(item, schemaUnder(shape, key, root, value), root, change, here),
    ]),
  );
}

function marked(shape: Schema, root: Schema, mark: "x-literal" | "x-expression"): boolean {
  if (shape[mark]) return true;
  return (shape.anyOf ?? []).some((choice) => resolve(choice, root)[mark] === true);
}
