"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import { showErrors } from "@/lib/form";
import * as z from "@/lib/zod";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { CopyButton } from "@/ui/copy-button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { FormError } from "@/ui/form";
import { Input } from "@/ui/input";
import { Select } from "@/ui/select";
import { scopes, useCreateApiKey } from "../hooks/api-keys";

const schema = z.object({
  name: z
    .string()
    .check(z.trim(), z.minLength(1, "Give it a name."), z.maxLength(200, "At most 200 characters.")),
  scopes: z.array(z.string()).check(z.minLength(1, "Choose what it may do.")),
  expires: z.string(),
});

const lifetimes = [
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "", label: "Never" },
];

/** The time so many days from now, as the API wants it; null for "never". */
export function expiry(days: string, now: number): string | null {
  return days === "" ? null : new Date(now + Number(days) * 86_400_000).toISOString();
}

export function ApiKeyDialog({ onClose }: { onClose: () => void }) {
  const [key, setKey] = useState<string | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={key === null ? "New API key" : "Your new API key"}
    >
      {key === null ? (
        <KeyForm onClose={onClose} onKey={setKey} />
      ) : (
        <KeyOnce value={key} onClose={onClose} />
      )}
    </Dialog>
  );
}

function KeyOnce({ value, onClose }: { value: string; onClose: () => void }) {
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm">Copy it now: it is shown this once, and kept on the server as a hash only.</p>
      <div className="flex items-center gap-2">
        <Input
          readOnly
          autoFocus
          aria-label="API key"
          value={value}
          className="font-mono"
          onFocus={(event) => event.target.select()}
        />
        <CopyButton text={() => value} />
      </div>
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </div>
  );
}

function KeyForm({ onClose, onKey }: { onClose: () => void; onKey: (key: string) => void }) {
  const create = useCreateApiKey();
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: {
      name: "",
      scopes: ["workflows:read", "workflows:run", "executions:read"],
      expires: "90",
    },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ name, scopes, expires }) => {
    try {
      const created = await create.mutateAsync({ name, scopes, expires_at: expiry(expires, Date.now()) });
      onKey(created.key);
    } catch (error) {
      showErrors(form, error);
    }
  });

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label="Name" error={errors.name?.message}>
        <Input autoFocus autoComplete="off" {...form.register("name")} />
      </Field>
      <Controller
        control={form.control}
        name="scopes"
        render={({ field }) => (
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1 text-sm font-medium">What it may do</legend>
            <div className="grid gap-2 sm:grid-cols-2">
              {scopes.map(({ value, label }) => (
                // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is the control.
                <label key={value} className="flex items-center gap-2 text-sm">
                  <Checkbox
                    checked={field.value.includes(value)}
                    onCheckedChange={(checked) =>
                      field.onChange(
                        checked ? [...field.value, value] : field.value.filter((scope) => scope !== value),
                      )
                    }
                  />
                  {label}
                </label>
              ))}
            </div>
            <FormError message={errors.scopes?.message ?? errors.scopes?.root?.message} />
          </fieldset>
        )}
      />
      <Controller
        control={form.control}
        name="expires"
        render={({ field }) => (
          <Field label="Expires" error={errors.expires?.message}>
            <Select options={lifetimes} value={field.value} onValueChange={field.onChange} />
          </Field>
        )}
      />
      <FormError message={errors.root?.message} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={isSubmitting}>
          Create key
        </Button>
      </DialogActions>
    </form>
  );
}
