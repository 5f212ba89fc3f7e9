"use client";

/** Any value as JSON: kept as text while it is no JSON, taken when it is. */

import { useEffect, useState } from "react";
import type { Json } from "@/canvas/graph";
import { CodeField } from "./code-field";
import type { ControlProps } from "./field";

const written = (value: Json | undefined) => (value === undefined ? "" : JSON.stringify(value, null, 2));

export function parseJson(text: string): { value: Json | undefined } | { error: string } {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    return { error: error instanceof Error ? error.message : "This is no JSON." };
  }
}

export function JsonField({ value, onChange, label, testId, describedBy, invalid }: ControlProps) {
  const [text, setText] = useState(() => written(value));
  const parsed = parseJson(text);
  // A value that came from elsewhere stands in place of the text; the same value in other words does not.
  useEffect(() => {
    setText((before) => {
      const own = parseJson(before);
      const same = "value" in own && JSON.stringify(own.value) === JSON.stringify(value);
      return same || "error" in own ? before : written(value);
    });
  }, [value]);
  return (
    <>
      <CodeField
        mode="json"
        multiline
        value={text}
        onChange={(next) => {
          setText(next);
          const result = parseJson(next);
          if ("value" in result) onChange(result.value);
        }}
        label={label}
        testId={testId}
        describedBy={describedBy}
        invalid={invalid || "error" in parsed}
      />
      {"error" in parsed && <p className="text-xs text-danger">No JSON yet: {parsed.error}</p>}
    </>
  );
}
