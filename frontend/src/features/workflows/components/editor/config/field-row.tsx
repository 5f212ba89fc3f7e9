"use client";

/** A field's label, description and problems around its control. */

import { CircleAlert, TriangleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";
import { cn } from "@/lib/classes";
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
  /** Beside the label: a switch to another way of writing the value. */
  aside?: ReactNode;
  /** Whether problems of what is inside are shown here too. */
  deep?: boolean;
  children: (ids: ControlIds) => ReactNode;
}

export function FieldRow({ path, label, required, hint, aside, deep = false, children }: FieldRowProps) {
  const form = useForm();
  const problems = problemsAt(form, path, deep);
  const id = useId();
  const described = [hint && `${id}-hint`, problems.length > 0 && `${id}-problems`].filter(Boolean).join(" ");
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex min-h-6 items-center gap-2">
        <span className="min-w-0 flex-1 truncate text-sm font-medium">
          {label}
          {required && (
            <span className="text-danger" title="needed">
              {" *"}
            </span>
          )}
        </span>
        {aside}
      </div>
      {children({
        label,
        describedBy: described || undefined,
        invalid: problems.some((problem) => problem.severity === "error"),
      })}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted-foreground">
          {hint}
        </p>
      )}
      {problems.length > 0 && (
        <ul
          id={`${id}-problems`}
          className="flex flex-col gap-0.5"
          data-testid={`problems-${path.join(".")}`}
        >
          {problems.map((problem) => {
            const error = problem.severity === "error";
            const Icon = error ? CircleAlert : TriangleAlert;
            return (
              <li
                key={problem.field + problem.code + problem.message}
                className={cn("flex items-start gap-1 text-xs", error ? "text-danger" : "text-warning")}
              >
                <Icon aria-hidden className="mt-px size-3.5 shrink-0" />
                <span className="min-w-0 [overflow-wrap:anywhere]">
                  {problem.message}
                  {problem.suggestion && ` Did you mean “${problem.suggestion}”?`}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
