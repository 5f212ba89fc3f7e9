"use client";

/** A model: one that the workspace's credentials give access to, another by its name, or text with `{{ }}`. */

import { useId } from "react";
import { exampleOf } from "@/canvas/fields";
import { formatCost } from "@/lib/format";
import { Input } from "@/ui/input";
import { useModels } from "../../../hooks/draft";
import type { ControlProps } from "./field";

const MILLION = 1_000_000;

export function ModelField({ value, onChange, shape, label, testId, describedBy, invalid }: ControlProps) {
  const models = useModels();
  const list = useId();
  const chosen = typeof value === "string" ? value : "";
  const known = models.data?.find(({ id }) => id === chosen);
  return (
    <>
      <Input
        list={list}
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={invalid || undefined}
        placeholder={exampleOf(shape.schema)}
        spellCheck={false}
        autoComplete="off"
        value={chosen}
        onChange={(event) => onChange(event.target.value || undefined)}
        data-testid={testId}
      />
      <datalist id={list}>
        {models.data?.map(({ id, provider }) => (
          <option key={id} value={id}>
            {provider}
          </option>
        ))}
      </datalist>
      {known?.input_cost_per_token != null && (
        <p className="text-xs text-muted-foreground">
          {formatCost(known.input_cost_per_token * MILLION)} in,{" "}
          {formatCost((known.output_cost_per_token ?? 0) * MILLION)} out, for a million tokens
        </p>
      )}
    </>
  );
}
