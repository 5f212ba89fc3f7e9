"use client";

/** What every field of one node's form knows: problems, readable names, and where previews are evaluated. */

import { createContext, useContext } from "react";
import type { FieldScope, Readable } from "@/canvas/completion";
import type { Problem } from "@/canvas/flow/overlay";
import type { Schema } from "@/canvas/graph";

export interface Place {
  execution: string;
  node: string;
  /** Another one whenever the run may give other values here. */
  moment: string;
  /** Whether the run had no value here for what reads these names. */
  hadNothing: (reads: ReadonlySet<string>) => boolean;
}

export interface FormSurroundings {
  root: Schema;
  nodeType: string;
  problems: readonly Problem[];
  names: (scope: FieldScope) => ReadonlyMap<string, Readable>;
  /** The last run and this node; null before the first run. */
  place: Place | null;
  /** Whether `{{ }}` means something here: not in the form of a run's inputs. */
  templates: boolean;
  prefix: string;
}

export const FormContext = createContext<FormSurroundings | null>(null);

export function useForm(): FormSurroundings {
  const form = useContext(FormContext);
  if (!form) throw new Error("This field stands outside of a form.");
  return form;
}

/** `/config/cases/0/id` from its segments. */
export function pointerOf(path: readonly string[]): string {
  return path.map((segment) => `/${segment.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The problems that speak of this field; `deep`: or of what is inside of it. */
export function problemsAt(
  form: FormSurroundings,
  path: readonly string[],
  deep: boolean,
): readonly Problem[] {
  const pointer = form.prefix + pointerOf(path);
  return form.problems.filter(
    (problem) => problem.field === pointer || (deep && problem.field.startsWith(`${pointer}/`)),
  );
}
