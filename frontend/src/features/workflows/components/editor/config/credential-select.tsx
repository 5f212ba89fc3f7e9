"use client";

/** A credential of the workspace, by name. */

import { credentialType } from "@/features/credentials/types";
import { Select } from "@/ui/select";
import { useCredentials } from "../../../hooks/draft";
import type { ControlProps } from "./field";

export function CredentialSelect({ value, onChange, label, testId, describedBy, invalid }: ControlProps) {
  const credentials = useCredentials(true);
  const chosen = typeof value === "string" ? value : "";
  const items = credentials.data ?? [];
  const options = [
    { value: "", label: "None" },
    ...items.map(({ id, name, type }) => ({
      value: id,
      label: `${name} · ${credentialType(type)?.label ?? type}`,
    })),
  ];
  if (chosen !== "" && !items.some(({ id }) => id === chosen)) {
    options.push({ value: chosen, label: credentials.isPending ? "…" : `Unknown (${chosen})` });
  }
  return (
    <div data-testid={testId} data-value={chosen}>
      <Select
        options={options}
        value={chosen}
        onValueChange={(id) => onChange(id === "" ? undefined : id)}
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={invalid || undefined}
      />
      {credentials.isSuccess && items.length === 0 && (
        <p className="pt-1 text-xs text-muted-foreground">
          There is no credential yet:{" "}
          <a href="/credentials" target="_blank" rel="noreferrer" className="text-accent underline">
            add one
          </a>
          .
        </p>
      )}
    </div>
  );
}
