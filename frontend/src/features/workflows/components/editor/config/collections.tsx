"use client";

/** Controls for values that hold others: named values, lists, lists of objects, objects with known fields. */

import { ArrowUp, Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { alternativesOf, newItem, replacedBy, withValue } from "@/canvas/fields";
import type { Json, JsonObject, Schema } from "@/canvas/graph";
import { isObject, withoutNull } from "@/canvas/schema";
import { Button } from "@/ui/button";
import { type ControlProps, Field } from "./field";
import { HeldInput, NAMES_STAND_ONCE } from "./held-input";
import { OneOf } from "./one-of";
import { problemsAt, useForm } from "./surroundings";

export function CollectionField(props: ControlProps) {
  switch (props.shape.kind) {
    case "map":
      return <MapField {...props} />;
    case "objects":
      return <ObjectsField {...props} />;
    case "list":
      return <ListField {...props} />;
    default:
      return <GroupField {...props} />;
  }
}

function AddButton({ testId, label, onClick }: { testId: string; label: string; onClick: () => void }) {
  return (
    <Button size="sm" variant="ghost" className="self-start" onClick={onClick} data-testid={testId}>
      <Plus aria-hidden />
      {label}
    </Button>
  );
}

function RemoveButton({ label, onClick, testId }: { label: string; onClick: () => void; testId: string }) {
  return (
    <Button variant="ghost" size="icon-sm" aria-label={label} onClick={onClick} data-testid={testId}>
      <X aria-hidden />
    </Button>
  );
}

function MapField({ path, value, onChange, shape, label, testId, describedBy }: ControlProps) {
  const { root } = useForm();
  const inner = withoutNull(shape.inner, root).schema;
  // Values with known fields are drawn in the frame of their name.
  const framed = inner.properties !== undefined;
  const entries = Object.entries(isObject(value) ? value : {});
  const put = (next: [string, Json][]) => onChange(Object.fromEntries(next));
  const rename = (index: number, key: string) => {
    if (key === "" || entries.some(([other], at) => at !== index && other === key)) return false;
    put(entries.map(([other, item], at) => [at === index ? key : other, item]));
    return true;
  };
  const add = () => {
    let number = entries.length + 1;
    while (entries.some(([key]) => key === `name${number}`)) number += 1;
    put([...entries, [`name${number}`, framed ? newItem(inner, root, []) : ""]]);
  };
  return (
    <fieldset
      aria-label={label}
      aria-describedby={describedBy}
      className="flex flex-col gap-2"
      data-testid={testId}
    >
      {entries.map(([key, item], index) => (
        <div key={index} className="rounded-md border p-2">
          <div className="flex items-center gap-1 pb-1">
            <HeldInput
              value={key}
              label={`Name ${index + 1}`}
              refusal={NAMES_STAND_ONCE}
              onCommit={(next) => rename(index, next)}
              testId={`${testId}-key-${index}`}
            />
            <RemoveButton
              label={`Remove ${key}`}
              onClick={() => put(entries.filter((_entry, at) => at !== index))}
              testId={`${testId}-remove-${index}`}
            />
          </div>
          <Field
            path={[...path, key]}
            schema={shape.inner}
            value={item}
            onChange={(next) =>
              put(entries.map(([other, was], at) => [other, at === index ? (next ?? "") : was]))
            }
            required
            label={framed ? key : "Value"}
            heading={framed && isObject(item) ? null : undefined}
            untold={framed || index > 0}
          />
        </div>
      ))}
      <AddButton testId={`${testId}-add`} label="Add a value" onClick={add} />
    </fieldset>
  );
}

function ObjectsField({ path, value, onChange, shape, label, testId, required, describedBy }: ControlProps) {
  const { root } = useForm();
  const items = Array.isArray(value) ? value : [];
  const put = (next: Json[]) => onChange(next.length === 0 && !required ? undefined : next);
  return (
    <fieldset
      aria-label={label}
      aria-describedby={describedBy}
      className="flex flex-col gap-2"
      data-testid={testId}
    >
      {items.map((item, index) => (
        <div key={index} className="flex flex-col gap-2 rounded-md border p-2">
          <div className="flex items-center justify-between">
            <span className="text-xs text-muted-foreground tabular-nums">{index + 1}</span>
            <span className="flex gap-1">
              {index > 0 && (
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`Move ${index + 1} up`}
                  onClick={() => put(swapped(items, index))}
                >
                  <ArrowUp aria-hidden />
                </Button>
              )}
              <RemoveButton
                label={`Remove ${index + 1}`}
                onClick={() => put(items.filter((_item, at) => at !== index))}
                testId={`${testId}-remove-${index}`}
              />
            </span>
          </div>
          <Fields
            path={[...path, String(index)]}
            schema={shape.inner}
            value={isObject(item) ? item : {}}
            onChange={(next) => put(items.map((was, at) => (at === index ? next : was)))}
            untold={index > 0}
          />
        </div>
      ))}
      <AddButton
        testId={`${testId}-add`}
        label="Add"
        onClick={() => put([...items, newItem(shape.inner, root, items)])}
      />
    </fieldset>
  );
}

function swapped(items: readonly Json[], index: number): Json[] {
  const next = [...items];
  const [moved] = next.splice(index, 1);
  if (moved !== undefined) next.splice(index - 1, 0, moved);
  return next;
}

function ListField({ path, value, onChange, shape, label, testId, required, describedBy }: ControlProps) {
  const items = Array.isArray(value) ? value : [];
  const put = (next: Json[]) => onChange(next.length === 0 && !required ? undefined : next);
  return (
    <fieldset
      aria-label={label}
      aria-describedby={describedBy}
      className="flex flex-col gap-2"
      data-testid={testId}
    >
      {items.map((item, index) => (
        <div key={index} className="flex items-end gap-1">
          <div className="min-w-0 flex-1">
            <Field
              path={[...path, String(index)]}
              schema={shape.inner}
              value={item}
              onChange={(next) => put(items.map((was, at) => (at === index ? (next ?? "") : was)))}
              required
              label={String(index + 1)}
            />
          </div>
          <RemoveButton
            label={`Remove ${index + 1}`}
            onClick={() => put(items.filter((_item, at) => at !== index))}
            testId={`${testId}-remove-${index}`}
          />
        </div>
      ))}
      <AddButton testId={`${testId}-add`} label="Add" onClick={() => put([...items, ""])} />
    </fieldset>
  );
}

function GroupField({ path, value, onChange, shape, label, testId, describedBy, heading }: ControlProps) {
  return (
    <fieldset
      aria-label={label}
      aria-describedby={describedBy}
      className={heading === null ? undefined : "rounded-md border p-2"}
      data-testid={testId}
    >
      <Fields path={path} schema={shape.schema} value={isObject(value) ? value : {}} onChange={onChange} />
    </fieldset>
  );
}

export interface FieldsProps {
  path: readonly string[];
  schema: Schema;
  value: JsonObject;
  onChange: (value: JsonObject) => void;
  /** Whether nothing is said of the fields: the same was said just above. */
  untold?: boolean;
}

/** All fields of an object, in the schema's order; of fields in each other's place the one that is used. */
export function Fields({ path, schema, value, onChange, untold }: FieldsProps) {
  const properties = Object.entries(schema.properties ?? {});
  const known = new Set(properties.map(([name]) => name));
  const unknown = Object.keys(value).filter((name) => !known.has(name));
  const alternatives = alternativesOf(schema);
  const form = useForm();
  const undecided =
    withValue(alternatives, value).length !== 1 &&
    problemsAt(form, path, false).some((problem) => problem.severity === "error");
  const put = (name: string, next: Json | undefined) => {
    const { [name]: _before, ...rest } = value;
    if (next === undefined) return onChange(rest);
    // The order of the fields stays as it was written; a field takes the place of its alternatives.
    const gone = replacedBy(name, schema);
    const all = name in value ? { ...value, [name]: next } : { ...rest, [name]: next };
    onChange(Object.fromEntries(Object.entries(all).filter(([field]) => !gone.includes(field))));
  };
  const draw = (name: string, property: Schema, heading?: ReactNode) => (
    <Field
      key={name}
      path={[...path, name]}
      schema={property}
      value={value[name]}
      onChange={(next) => put(name, next)}
      required={schema.required?.includes(name)}
      heading={heading}
      untold={untold}
      concerned={undecided && alternatives.some((names) => names.includes(name))}
    />
  );
  return (
    <div className="flex flex-col gap-4">
      {properties.map(([name, property]) => {
        if (!alternatives.some((names) => names.includes(name))) return draw(name, property);
        // All of them stand where the first field of the first does.
        if (alternatives[0]?.[0] !== name) return null;
        return (
          <OneOf key={name} alternatives={alternatives} schema={schema} value={value}>
            {(chosen, choice) => chosen.map((field) => draw(field, schema.properties?.[field] ?? {}, choice))}
          </OneOf>
        );
      })}
      {unknown.map((name) => draw(name, schema.additionalProperties === false ? { "x-literal": true } : {}))}
    </div>
  );
}
