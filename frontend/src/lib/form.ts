"use client";

import type { FieldPath, FieldValues, UseFormReturn } from "react-hook-form";
import { ApiError, describeError, pointerSegments } from "@/api/problem";

function exists(values: unknown, path: string[]): boolean {
  let value = values;
  for (const segment of path) {
    if (typeof value !== "object" || value === null || !(segment in value)) return false;
    value = (value as Record<string, unknown>)[segment];
  }
  return path.length > 0;
}

/** The field that a pointer means: itself, else the nearest of its parents that the form has. */
export function fieldOf(values: unknown, pointer: string): string | null {
  const path = pointerSegments(pointer);
  while (path.length > 0 && !exists(values, path)) path.pop();
  return path.length > 0 ? path.join(".") : null;
}

/** Shows a refusal where it belongs: at the fields that it names, the rest above the buttons (`root`). */
export function showErrors<T extends FieldValues>(
  form: UseFormReturn<T, unknown, unknown>,
  error: unknown,
): void {
  const values = form.getValues();
  const rest: string[] = [];
  let focus = true;
  for (const issue of error instanceof ApiError ? error.errors : []) {
    const field = fieldOf(values, issue.path);
    const message = issue.suggestion ? `${issue.message} ${issue.suggestion}` : issue.message;
    if (field === null) {
      rest.push(message);
      continue;
    }
    form.setError(field as FieldPath<T>, { type: issue.code, message }, { shouldFocus: focus });
    focus = false;
  }
  if (rest.length > 0) form.setError("root", { message: rest.join(" ") });
  else if (focus) form.setError("root", { message: describeError(error) });
}
