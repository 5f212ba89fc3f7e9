"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { showErrors } from "@/lib/form";
import * as z from "@/lib/zod";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { FormError } from "@/ui/form";
import { Input, Textarea } from "@/ui/input";

/** `a, b,, a` gives `["a", "b"]`. */
export function splitTags(text: string): string[] {
  const tags = text.split(",").map((tag) => tag.trim());
  return [...new Set(tags.filter(Boolean))];
}

const schema = z.object({
  name: z
    .string()
    .check(z.trim(), z.minLength(1, "Give it a name."), z.maxLength(200, "At most 200 characters.")),
  description: z.string().check(z.maxLength(10_000, "At most 10,000 characters.")),
  tags: z.string().check(
    z.refine((text) => splitTags(text).length <= 50, "At most 50 tags."),
    z.refine(
      (text) => splitTags(text).every((tag) => tag.length <= 100),
      "A tag has at most 100 characters.",
    ),
  ),
});

export interface WorkflowFields {
  name: string;
  description: string;
  tags: string[];
}

export interface WorkflowFormProps {
  action: string;
  initial?: WorkflowFields;
  onSubmit: (fields: WorkflowFields) => Promise<void>;
  onClose: () => void;
}

/** Asks for a workflow's name, description and tags, in a window of its own. */
export function WorkflowDialog({ title, ...form }: WorkflowFormProps & { title: string }) {
  return (
    <Dialog open onOpenChange={(open) => !open && form.onClose()} title={title}>
      <WorkflowForm {...form} />
    </Dialog>
  );
}

export function WorkflowForm({ action, initial, onSubmit, onClose }: WorkflowFormProps) {
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: {
      name: initial?.name ?? "",
      description: initial?.description ?? "",
      tags: initial?.tags.join(", ") ?? "",
    },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ tags, ...fields }) => {
    try {
      await onSubmit({ ...fields, tags: splitTags(tags) });
    } catch (error) {
      showErrors(form, error);
    }
  });

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label="Name" error={errors.name?.message}>
        <Input autoFocus autoComplete="off" {...form.register("name")} />
      </Field>
      <Field label="Description" optional error={errors.description?.message}>
        <Textarea rows={3} {...form.register("description")} />
      </Field>
      <Field label="Tags" optional hint="Separated by commas." error={errors.tags?.message}>
        <Input autoComplete="off" {...form.register("tags")} />
      </Field>
      <FormError message={errors.root?.message} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={isSubmitting}>
          {action}
        </Button>
      </DialogActions>
    </form>
  );
}
