"use client";

/** Fields in each other's place: one is chosen and shown, and writing into it takes the others away. */

import { type ReactNode, useState } from "react";
import { type Alternative, labelOf, withValue } from "@/canvas/fields";
import type { JsonObject, Schema } from "@/canvas/graph";
import { Choice } from "@/ui/choice";

export interface OneOfProps {
  alternatives: readonly Alternative[];
  schema: Schema;
  value: JsonObject;
  /** Draws the fields; `choice` stands in place of the label where there is but one. */
  children: (chosen: Alternative, choice: ReactNode | undefined) => ReactNode;
}

export function OneOf({ alternatives, schema, value, children }: OneOfProps) {
  const used = withValue(alternatives, value);
  const [chosen, setChosen] = useState<string | null>(null);
  // An alternative goes by its first field.
  const shown =
    alternatives.find(([first]) => first !== undefined && first === chosen) ?? used[0] ?? alternatives[0];
  if (!shown) return null;
  const label = (names: Alternative) =>
    names.map((name) => labelOf(name, schema.properties?.[name] ?? {})).join(" and ");
  const others = used.filter((names) => names !== shown).map(label);
  const firsts = alternatives.map(([first = ""]) => first);
  const choice = (
    <Choice
      label={`One of ${alternatives.map(label).join(", ")}`}
      className="inline-flex"
      options={alternatives.map((names, at) => ({ value: firsts[at] ?? "", label: label(names) }))}
      value={shown[0] ?? ""}
      onChange={setChosen}
      testId={`one-of-${firsts.join("-")}`}
    />
  );
  const alone = shown.length === 1;
  return (
    <div className="flex flex-col gap-2">
      {!alone && choice}
      {children(shown, alone ? choice : undefined)}
      {others.length > 0 && (
        <p className="text-xs text-muted-foreground">{others.join(", ")} is set: writing here replaces it.</p>
      )}
    </div>
  );
}
