"use client";

/** A field's label, description and problems around its control. */

import { type ReactNode, useId } from "react";
import { Prose } from "@/ui/prose";
import { ProblemLine } from "./problem-line";
import { problemsAt, useForm } from "./surroundings";

export interface ControlIds {
  label: string;
  describedBy: string | undefined;
  invalid: boolean;
}

export interface FieldRowProps {
  path: readonly string[];
  label: string;
  required?: boolean;
  hint?: string;
  /** Whether the hint stands above the control: one that may grow long. */
  hintFirst?: boolean;
  /** In place of the label, null for no line at all, where the control is still called by it. */
  heading?: ReactNode;
  /** Beside the label: a switch to another way of writing the value. */
  aside?: ReactNode;
  /** Whether the control stands in the line of its label. */
  inline?: boolean;
  /** Whether problems of what is inside are shown here too. */
  deep?: boolean;
  /** Whether what is wrong with the object around it is this field's doing. */
  concerned?: boolean;
  children: (ids: ControlIds) => ReactNode;
}

export function FieldRow({
  path,
  label,
  required,
  hint,
  hintFirst,
  heading,
  aside,
  inline = false,
  deep = false,
  concerned = false,
  children,
}: FieldRowProps) {
  const form = useForm();
  const problems = problemsAt(form, path, deep);
  const id = useId();
  const described = [hint && `${id}-hint`, problems.length > 0 && `${id}-problems`].filter(Boolean).join(" ");
  const told = hint && (
    <p id={`${id}-hint`} className="text-xs text-muted-foreground">
      <Prose text={hint} />
    </p>
  );
  const control = children({
    label,
    describedBy: described || undefined,
    invalid: concerned || problems.some((problem) => problem.severity === "error"),
  });
  return (
    <div className="flex min-w-0 flex-col gap-1">
      {heading !== null && (
        <div className="flex min-h-6 items-center gap-2">
          {inline && control}
          <span className="min-w-0 flex-1 truncate text-sm font-medium">
            {heading ?? label}
            {required && (
              <span className="text-danger" title="needed">
                {" *"}
              </span>
            )}
          </span>
          {aside}
        </div>
      )}
      {hintFirst && told}
      {!inline && control}
      {!hintFirst && told}
      {problems.length > 0 && (
        <ul
          id={`${id}-problems`}
          className="flex flex-col gap-0.5"
          data-testid={`problems-${path.join(".")}`}
        >
          {problems.map((problem) => (
            <ProblemLine key={problem.field + problem.code + problem.message} problem={problem} />
          ))}
        </ul>
      )}
    </div>
  );
}
