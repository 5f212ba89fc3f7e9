"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Controller, useForm } from "react-hook-form";
import { showErrors } from "@/lib/form";
import * as z from "@/lib/zod";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { FormError } from "@/ui/form";
import { Input, Textarea } from "@/ui/input";
import { Select } from "@/ui/select";
import { useCreateCredential } from "../hooks/credentials";
import { credentialType, credentialTypes, splitHosts } from "../types";

const schema = z
  .object({
    name: z
      .string()
      .check(z.trim(), z.minLength(1, "Give it a name."), z.maxLength(200, "At most 200 characters.")),
    type: z.string(),
    data: z.record(z.string(), z.string()),
    allowed_hosts: z.string(),
  })
  .check(({ value, issues }) => {
    const known = credentialType(value.type);
    const refuse = (path: string[], message: string) =>
      issues.push({ code: "custom", input: value, path, message });
    for (const field of known?.fields ?? []) {
      if (field.optional || value.data[field.name]?.trim()) continue;
      refuse(["data", field.name], `${field.label} is needed.`);
    }
    if (known && !known.knowsItsHost && splitHosts(value.allowed_hosts).length === 0) {
      refuse(["allowed_hosts"], "Name at least one host that it may be sent to.");
    }
  });

const typeOptions = credentialTypes.map(({ type, label }) => ({ value: type, label }));
const noData = Object.fromEntries(
  credentialTypes.flatMap(({ fields }) => fields.map(({ name }) => [name, ""])),
);

/** Keeps a new secret. What is typed here is never shown again. */
export function CredentialDialog({ onClose }: { onClose: () => void }) {
  const create = useCreateCredential();
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { name: "", type: "openai_compatible", data: noData, allowed_hosts: "" },
  });
  const { errors, isSubmitting } = form.formState;
  const known = credentialType(form.watch("type"));

  const submit = form.handleSubmit(async ({ name, type, data, allowed_hosts }) => {
    const wanted = new Set(known?.fields.map((field) => field.name));
    const given = Object.entries(data).filter(([field, value]) => wanted.has(field) && value.trim() !== "");
    const hosts = splitHosts(allowed_hosts);
    try {
      await create.mutateAsync({
        name,
        type,
        data: Object.fromEntries(given),
        ...(hosts.length > 0 && { allowed_hosts: hosts }),
      });
      onClose();
    } catch (error) {
      showErrors(form, error);
    }
  });

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New credential"
      description="Sealed on the server, opened only for a node that names it, sent only to its own hosts."
    >
      <form onSubmit={submit} noValidate autoComplete="off" className="flex flex-col gap-4">
        <Controller
          control={form.control}
          name="type"
          render={({ field }) => (
            <Field label="Type" error={errors.type?.message}>
              <Select options={typeOptions} value={field.value} onValueChange={field.onChange} />
            </Field>
          )}
        />
        <Field label="Name" error={errors.name?.message}>
          <Input autoComplete="off" {...form.register("name")} />
        </Field>
        {known?.fields.map((field) => (
          <Field
            key={`${known.type}.${field.name}`}
            label={field.label}
            hint={field.hint}
            optional={field.optional}
            error={errors.data?.[field.name]?.message}
          >
            <Input
              type={field.secret ? "password" : "text"}
              autoComplete={field.secret ? "new-password" : "off"}
              spellCheck={false}
              {...form.register(`data.${field.name}`)}
            />
          </Field>
        ))}
        <Field
          label="Allowed hosts"
          optional={known?.knowsItsHost}
          hint={
            known?.knowsItsHost
              ? "Left empty: the host of its own URL. One a line, or separated by commas."
              : "It is sent to these hosts only. One a line, or separated by commas."
          }
          error={errors.allowed_hosts?.message}
        >
          <Textarea rows={2} spellCheck={false} {...form.register("allowed_hosts")} />
        </Field>
        <FormError message={errors.root?.message} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={isSubmitting}>
            Keep credential
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
