"use client";

/** Fields in each other's place: one is chosen and shown, and writing into it takes the others away. */

import { type ReactNode, useState } from "react";
import { labelOf, withValue } from "@/canvas/fields";
import type { JsonObject, Schema } from "@/canvas/graph";
import { Choice } from "@/ui/choice";

export interface OneOfProps {
  names: readonly string[];
  schema: Schema;
  value: JsonObject;
  children: (chosen: string) => ReactNode;
}

export function OneOf({ names, schema, value, children }: OneOfProps) {
  const used = withValue(names, value);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = chosen ?? used[0] ?? names[0] ?? "";
  const label = (name: string) => labelOf(name, schema.properties?.[name] ?? {});
  const others = used.filter((name) => name !== shown).map(label);
  return (
    <div className="flex flex-col gap-2">
      <Choice
        label={`One of ${names.map(label).join(", ")}`}
        options={names.map((name) => ({ value: name, label: label(name) }))}
        value={shown}
        onChange={setChosen}
        testId={`one-of-${names.join("-")}`}
      />
      {children(shown)}
      {others.length > 0 && (
        <p className="text-xs text-muted-foreground">{others.join(", ")} is set: writing here replaces it.</p>
      )}
    </div>
  );
}
