"use client";

/** One field of a form drawn from JSON Schema: the control that fits its shape. */

import { type ReactNode, useState } from "react";
import { fieldShape, isTemplateText, labelOf } from "@/canvas/fields";
import type { Json, Schema } from "@/canvas/graph";
import { Choice } from "@/ui/choice";
import { CollectionField } from "./collections";
import { CredentialSelect } from "./credential-select";
import { type ControlIds, FieldRow } from "./field-row";
import { InputsSchema } from "./inputs-schema";
import { JsonField } from "./json-field";
import { ModelField } from "./model-field";
import { CheckField, ChoiceField, ExpressionField, NumberField, PlainField, TemplateField } from "./scalars";
import { useForm } from "./surroundings";

export interface FieldProps {
  path: readonly string[];
  schema: Schema;
  value: Json | undefined;
  /** `undefined` takes the field away. */
  onChange: (value: Json | undefined) => void;
  required?: boolean;
  label?: string;
  /** In place of the label; null for no line at all. */
  heading?: ReactNode;
  /** Whether nothing is said of the field: the same was said just above. */
  untold?: boolean;
  /** Whether what is wrong with the object around it is this field's doing. */
  concerned?: boolean;
}

export interface ControlProps extends Omit<FieldProps, "label">, ControlIds {
  shape: ReturnType<typeof fieldShape>;
  testId: string;
}

const TEMPLATED = new Set(["number", "boolean", "choice", "model", "list", "objects", "map", "group"]);

/** How the value is written: by its own control, as a template text, or as JSON. */
type Writing = "own" | "template" | "json";

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

function writingOf(
  { kind, schema }: ControlProps["shape"],
  value: Json | undefined,
  templates: boolean,
): Writing {
  if (TEMPLATED.has(kind) && isTemplateText(value)) return "template";
  // What is mostly a template begins as one.
  if (kind === "list" && templates && isEmpty(value) && isTemplateText(schema.examples?.[0]))
    return "template";
  if (kind === "any" && value !== undefined && value !== null && typeof value !== "string") return "json";
  if (kind === "map" && (Array.isArray(value) || typeof value === "string")) return "json";
  return "own";
}

export function Field(props: FieldProps) {
  const { path, value, schema, required } = props;
  const form = useForm();
  const name = path.at(-1) ?? "";
  const shape = fieldShape(name, schema, form.root, form.nodeType);
  const [chosen, setChosen] = useState<Writing | null>(null);
  const writing = chosen ?? writingOf(shape, value, form.templates);
  const others = writingsOf(shape.kind, form.templates);
  const nested =
    shape.kind === "map" || shape.kind === "objects" || shape.kind === "group" || shape.kind === "list";
  return (
    <FieldRow
      path={path}
      label={props.label ?? labelOf(name, shape.schema)}
      required={required}
      hint={props.untold ? undefined : shape.schema.description}
      hintFirst={nested || shape.kind === "schema"}
      heading={props.heading}
      concerned={props.concerned}
      inline={shape.kind === "boolean" && writing === "own"}
      deep={writing === "json" || shape.kind === "schema" || shape.kind === "json"}
      aside={
        others.length > 1 && (
          <WritingSwitch name={path.join(".")} writing={writing} others={others} onChange={setChosen} />
        )
      }
    >
      {(ids) => {
        const control: ControlProps = { ...props, ...ids, shape, testId: `field-${path.join(".")}` };
        if (writing === "template")
          return <TemplateField {...control} value={isEmpty(value) ? undefined : value} />;
        if (writing === "json") return <JsonField {...control} />;
        return nested ? <CollectionField {...control} /> : <Control {...control} />;
      }}
    </FieldRow>
  );
}

function writingsOf(kind: string, templates: boolean): Writing[] {
  if (kind === "any") return ["own", "json"];
  if (!templates) return ["own"];
  if (kind === "map") return ["own", "template", "json"];
  return TEMPLATED.has(kind) && kind !== "group" && kind !== "objects" ? ["own", "template"] : ["own"];
}

const WRITING: Record<Writing, string> = { own: "Form", template: "{{ }}", json: "JSON" };

function WritingSwitch(props: {
  name: string;
  writing: Writing;
  others: Writing[];
  onChange: (writing: Writing) => void;
}) {
  const { name, writing, others, onChange } = props;
  const options = others.map((other) => ({
    value: other,
    label: other === "own" && others[1] === "json" && others.length === 2 ? "Text" : WRITING[other],
  }));
  return (
    <Choice
      label={`How ${name} is written`}
      className="self-auto font-mono"
      options={options}
      value={writing}
      onChange={onChange}
      testId={`writing-${name}`}
    />
  );
}

function Control(props: ControlProps) {
  switch (props.shape.kind) {
    case "boolean":
      return <CheckField {...props} />;
    case "number":
      return <NumberField {...props} />;
    case "choice":
      return <ChoiceField {...props} />;
    case "text":
      return <PlainField {...props} />;
    case "template":
    case "any":
      return <TemplateField {...props} />;
    case "expression":
    case "code":
      return <ExpressionField {...props} />;
    case "credential":
      return <CredentialSelect {...props} />;
    case "model":
      return <ModelField {...props} />;
    case "schema":
      return <InputsSchema {...props} />;
    default:
      return <JsonField {...props} />;
  }
}
