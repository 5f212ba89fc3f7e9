"use client";

/** Controls for single values. */

import { type ClipboardEvent, useEffect, useMemo, useState } from "react";
import { exampleOf } from "@/canvas/fields";
import type { Json } from "@/canvas/graph";
import { Checkbox } from "@/ui/checkbox";
import { Input, Textarea } from "@/ui/input";
import { Select } from "@/ui/select";
import { CodeField } from "./code-field";
import type { ControlProps } from "./field";
import { Preview } from "./preview";
import { useForm } from "./surroundings";

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Text that was emptied: gone where the field may be missing, empty where it is needed. */
function emptied(text: string, required: boolean | undefined): string | undefined {
  return text === "" && !required ? undefined : text;
}

export function CheckField({ value, shape, onChange, label, testId, describedBy }: ControlProps) {
  const shown = value ?? shape.schema.default ?? false;
  return (
    <Checkbox
      aria-label={label}
      aria-describedby={describedBy}
      checked={shown === true}
      onCheckedChange={(checked) => onChange(checked === true)}
      data-testid={testId}
    />
  );
}

export function NumberField({ value, shape, onChange, label, testId, describedBy, invalid }: ControlProps) {
  const [text, setText] = useState(textOf(value));
  // A value that came from elsewhere (undo) stands in place of the text; one's own typing does not.
  useEffect(() => {
    setText((before) => (before !== "" && Number(before) === value ? before : textOf(value)));
  }, [value]);
  const { schema } = shape;
  return (
    <Input
      type="number"
      inputMode="decimal"
      step={schema.type === "integer" ? 1 : "any"}
      min={schema.minimum}
      max={schema.maximum}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      placeholder={
        schema.default === undefined || schema.default === null ? exampleOf(schema) : String(schema.default)
      }
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        if (event.target.value === "") onChange(undefined);
        else if (Number.isFinite(event.target.valueAsNumber)) onChange(event.target.valueAsNumber);
      }}
      data-testid={testId}
    />
  );
}

export function ChoiceField(props: ControlProps) {
  const { value, shape, onChange, required, label, testId, describedBy, invalid } = props;
  const { options, schema } = shape;
  const shown = options.includes(value ?? null) ? value : (value ?? schema.default);
  const keyOf = (option: Json) => JSON.stringify(option);
  const list = [
    ...(required || (schema.default !== undefined && schema.default !== null)
      ? []
      : [{ value: "", label: "–" }]),
    // Null and the empty text are values to choose, other than none.
    ...options.map((option) => ({ value: keyOf(option), label: textOf(option) || keyOf(option) })),
  ];
  return (
    <div data-testid={testId} data-value={textOf(shown)}>
      <Select
        options={list}
        value={shown === undefined || (shown === null && !options.includes(null)) ? "" : keyOf(shown)}
        placeholder="Choose one"
        onValueChange={(key) => onChange(key === "" ? undefined : (JSON.parse(key) as Json))}
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={invalid || undefined}
      />
    </div>
  );
}

const LONG_TEXT = 60;

function wantsLines(value: Json | undefined): boolean {
  return typeof value === "string" && (value.length > LONG_TEXT || value.includes("\n"));
}

/** Whether text gets several lines: once it has begun to, so that the focus stays while typing. */
function useLines(props: ControlProps): [boolean, (lines: boolean) => void] {
  const { shape, value } = props;
  const [lines, setLines] = useState(
    shape.multiline || wantsLines(value) || wantsLines(shape.schema.default),
  );
  // An input of one line would drop the line breaks.
  const broken = typeof value === "string" && value.includes("\n");
  return [lines || broken, setLines];
}

/** Text that is taken as it is; ids wait for the end of typing, since edges hang on them. */
export function PlainField(props: ControlProps) {
  const { path, value, onChange, required, label, testId, describedBy, invalid } = props;
  const held = path.at(-1) === "id";
  const [text, setText] = useState(textOf(value));
  useEffect(() => setText(textOf(value)), [value]);
  const form = useForm();
  const [lines, setLines] = useLines(props);
  const Element = lines ? Textarea : Input;
  const commit = (next: string) => {
    if (next !== textOf(value)) onChange(emptied(next, required));
  };
  return (
    <Element
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      value={text}
      onChange={(event: { target: { value: string } }) => {
        setText(event.target.value);
        if (!held) commit(event.target.value);
      }}
      onBlur={() => commit(text)}
      onKeyDown={(event: { key: string }) => {
        if (held && event.key === "Enter") commit(text);
      }}
      onPaste={(event: ClipboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
        const pasted = event.clipboardData.getData("text/plain");
        if (lines || form.templates || !pasted.includes("\n")) return;
        event.preventDefault();
        const { selectionStart: from, selectionEnd: to } = event.currentTarget;
        setLines(true);
        const next = text.slice(0, from ?? 0) + pasted + text.slice(to ?? text.length);
        setText(next);
        commit(next);
      }}
      data-testid={testId}
    />
  );
}

export function TemplateField(props: ControlProps) {
  const { value, onChange, required, label, testId, describedBy, invalid, shape } = props;
  const form = useForm();
  const names = useMemo(() => form.names({}), [form]);
  const { default: standard } = shape.schema;
  if (!form.templates) return <PlainField {...props} />;
  return (
    <>
      <CodeField
        mode="template"
        multiline={shape.multiline}
        value={textOf(value)}
        onChange={(text) => onChange(emptied(text, required))}
        label={label}
        testId={testId}
        describedBy={describedBy}
        invalid={invalid}
        placeholder={typeof standard === "string" && standard !== "" ? standard : exampleOf(shape.schema)}
        names={names}
      />
      <Preview text={textOf(value)} kind="template" />
    </>
  );
}

/** JavaScript that is evaluated, or code that is run; both as they stand. */
export function ExpressionField(props: ControlProps) {
  const { value, onChange, required, label, testId, describedBy, invalid, shape } = props;
  const form = useForm();
  const { schema, kind, language } = shape;
  const scope = useMemo(
    () => ({ round: schema["x-round"] === true, names: schema["x-scope"] }),
    [schema["x-round"], schema["x-scope"]],
  );
  const names = useMemo(() => form.names(scope), [form, scope]);
  const expression = kind === "expression";
  const scoped = scope.round || (scope.names?.length ?? 0) > 0;
  return (
    <>
      <CodeField
        mode={expression ? "expression" : (language ?? "javascript")}
        multiline
        value={textOf(value)}
        onChange={(text) => onChange(emptied(text, required))}
        label={label}
        testId={testId}
        describedBy={describedBy}
        invalid={invalid}
        placeholder={exampleOf(schema)}
        names={expression ? names : undefined}
      />
      {expression && !scoped && <Preview text={textOf(value)} kind="expression" />}
    </>
  );
}
