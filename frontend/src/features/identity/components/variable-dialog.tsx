"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import type { Variable } from "@/api/types";
import { isIdentifier } from "@/canvas/identifiers";
import { showErrors } from "@/lib/form";
import * as z from "@/lib/zod";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { FormError } from "@/ui/form";
import { Input, Textarea } from "@/ui/input";
import { readValue, showValue, useSaveVariable } from "../hooks/variables";

const schema = z.object({
  name: z
    .string()
    .check(
      z.trim(),
      z.refine(isIdentifier, "Letters, digits, _ and $ only, and no digit first."),
      z.maxLength(100, "At most 100 characters."),
    ),
  value: z.string(),
});

/** Makes a variable, or changes the value of one. */
export function VariableDialog({ variable, onClose }: { variable: Variable | null; onClose: () => void }) {
  const save = useSaveVariable();
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { name: variable?.name ?? "", value: variable ? showValue(variable.value) : "" },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ name, value }) => {
    try {
      await save.mutateAsync({ id: variable?.id, name, value: readValue(value) });
      onClose();
    } catch (error) {
      showErrors(form, error);
    }
  });
  const title = variable ? `Change ${variable.name}` : "New variable";
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label="Name" error={errors.name?.message}>
          <Input
            autoFocus={!variable}
            readOnly={variable !== null}
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            {...form.register("name")}
          />
        </Field>
        <Field
          label="Value"
          hint="Text, or JSON: 5, true and {…} keep their type; “5” in quotes is text."
          error={errors.value?.message}
        >
          <Textarea
            rows={5}
            autoFocus={variable !== null}
            spellCheck={false}
            className="font-mono"
            {...form.register("value")}
          />
        </Field>
        <FormError message={errors.root?.message} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={isSubmitting}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
