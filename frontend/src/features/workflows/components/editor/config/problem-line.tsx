"use client";

/** One problem as a line of a list: an error in red, a warning in yellow, each with its own icon. */

import { CircleAlert, TriangleAlert } from "lucide-react";
import type { Problem } from "@/canvas/flow/overlay";
import { cn } from "@/lib/classes";

export function ProblemLine({ problem }: { problem: Problem }) {
  const error = problem.severity === "error";
  const Icon = error ? CircleAlert : TriangleAlert;
  return (
    <li
      className={cn("flex items-start gap-1 text-xs", error ? "text-danger" : "text-warning")}
      data-severity={problem.severity}
    >
      <Icon role="img" aria-label={error ? "Error:" : "Warning:"} className="mt-px size-3.5 shrink-0" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {problem.message}
        {problem.suggestion && ` Did you mean “${problem.suggestion}”?`}
      </span>
    </li>
  );
}

/** What is wrong with the node as a whole: the errors, then the warnings, each kind in a box of its own. */
export function NodeProblems({ problems }: { problems: readonly Problem[] }) {
  return (["error", "warning"] as const).map((severity) => {
    const those = problems.filter((problem) => problem.severity === severity);
    if (those.length === 0) return null;
    return (
      <ul
        key={severity}
        className={cn(
          "mb-3 flex flex-col gap-1 rounded-md p-2",
          severity === "error" ? "bg-danger-soft" : "bg-warning-soft",
        )}
        data-testid={`node-${severity}s`}
      >
        {those.map((problem) => (
          <ProblemLine key={problem.code + problem.message} problem={problem} />
        ))}
      </ul>
    );
  });
}
