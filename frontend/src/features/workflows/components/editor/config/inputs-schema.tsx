"use client";

/** A JSON Schema, such as that of the inputs of a run, as a list of fields; whatever the list cannot say stays reachable as JSON. */

import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Json, JsonObject, Schema } from "@/canvas/graph";
import { isObject } from "@/canvas/schema";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Select } from "@/ui/select";
import type { ControlProps } from "./field";
import { HeldInput, NAMES_STAND_ONCE } from "./held-input";
import { JsonField, parseJson } from "./json-field";

const TYPES = ["string", "number", "integer", "boolean", "object", "array"].map((type) => ({
  value: type,
  label: type,
}));

/** Whether the list shows all there is: an object with properties of one type each. */
export function isSimple(schema: JsonObject): boolean {
  if (
    Object.keys(schema).some(
      (key) => !["type", "properties", "required", "additionalProperties"].includes(key),
    )
  ) {
    return false;
  }
  const properties = isObject(schema.properties) ? Object.values(schema.properties) : [];
  return properties.every((property) => isObject(property) && typeof property.type === "string");
}

export function InputsSchema(props: ControlProps) {
  const schema = isObject(props.value) ? props.value : {};
  const simple = isSimple(schema);
  const [asJson, setAsJson] = useState(!simple);
  const list = simple && !asJson;
  return (
    <div className="flex flex-col gap-2">
      {list ? <InputList {...props} /> : <JsonField {...props} />}
      <Button
        size="sm"
        variant="link"
        className="self-start"
        disabled={!simple}
        onClick={() => setAsJson(!asJson)}
        data-testid={`${props.testId}-json`}
      >
        {list ? "Edit as JSON Schema" : "Edit as a list"}
      </Button>
    </div>
  );
}

function InputList({ path, value, onChange, testId, label, describedBy }: ControlProps) {
  const noun = path.at(-1) === "inputs_schema" ? "input" : "field";
  const schema = isObject(value) ? value : {};
  const properties = Object.entries(isObject(schema.properties) ? schema.properties : {}) as [
    string,
    JsonObject,
  ][];
  const required = Array.isArray(schema.required) ? schema.required : [];

  function put(next: [string, JsonObject][], needed: Json[] = required): void {
    const { required: _before, ...rest } = schema;
    if (next.length === 0) {
      onChange({});
      return;
    }
    const names = next.map(([name]) => name);
    const kept = needed.filter((name) => names.includes(String(name)));
    const base = { ...rest, type: "object", properties: Object.fromEntries(next) };
    onChange(kept.length > 0 ? { ...base, required: kept } : base);
  }
  function rename(index: number, to: string): boolean {
    const from = properties[index]?.[0];
    if (to === "" || properties.some(([name]) => name === to)) return false;
    put(
      properties.map(([name, property], at) => [at === index ? to : name, property]),
      required.map((name) => (name === from ? to : name)),
    );
    return true;
  }
  function add(): void {
    let number = properties.length + 1;
    while (properties.some(([name]) => name === `${noun}${number}`)) number += 1;
    put([...properties, [`${noun}${number}`, { type: "string" }]]);
  }

  return (
    <fieldset
      aria-label={label}
      aria-describedby={describedBy}
      className="flex flex-col gap-2"
      data-testid={testId}
    >
      {properties.map(([name, property], index) => (
        <div key={index} className="flex flex-col gap-2 rounded-md border p-2">
          <div className="flex items-center gap-1">
            <HeldInput
              value={name}
              label={`Name of ${noun} ${index + 1}`}
              refusal={NAMES_STAND_ONCE}
              onCommit={(next) => rename(index, next)}
              testId={`input-name-${index}`}
            />
            <Select
              options={TYPES}
              value={String(property.type)}
              onValueChange={(type) =>
                put(properties.map((entry, at) => (at === index ? [name, retyped(property, type)] : entry)))
              }
              className="w-28 shrink-0"
              aria-label={`Type of ${name}`}
            />
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Remove ${name}`}
              onClick={() => put(properties.filter((_entry, at) => at !== index))}
            >
              <X aria-hidden />
            </Button>
          </div>
          <div className="flex items-center gap-3">
            {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is inside of it */}
            <label className="flex shrink-0 items-center gap-1.5 text-xs">
              <Checkbox
                checked={required.includes(name)}
                onCheckedChange={(checked) =>
                  put(properties, checked ? [...required, name] : required.filter((other) => other !== name))
                }
              />
              needed
            </label>
            <HeldInput
              value={property.default === undefined ? "" : shown(property.default)}
              label={`Default of ${name}`}
              placeholder="default"
              onCommit={(text) => {
                put(
                  properties.map((entry, at) => (at === index ? [name, defaulted(property, text)] : entry)),
                );
                return true;
              }}
              testId={`input-default-${index}`}
            />
          </div>
        </div>
      ))}
      <Button size="sm" variant="ghost" className="self-start" onClick={add} data-testid={`${testId}-add`}>
        <Plus aria-hidden />
        {noun === "input" ? "Add an input" : "Add a field"}
      </Button>
    </fieldset>
  );
}

function shown(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function retyped(property: JsonObject, type: string): JsonObject {
  const { default: _lost, ...rest } = property;
  return { ...rest, type };
}

function defaulted(property: JsonObject, text: string): JsonObject {
  const { default: _before, ...rest } = property;
  if (text === "") return rest;
  const parsed = property.type === "string" ? null : parseJson(text);
  return {
    ...rest,
    default: parsed && "value" in parsed && parsed.value !== undefined ? parsed.value : text,
  };
}

/** Inputs' schema as the run form takes it. */
export function schemaOfInputs(config: JsonObject | undefined): Schema {
  return isObject(config?.inputs_schema) ? (config.inputs_schema as Schema) : {};
}
