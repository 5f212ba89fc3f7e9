"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { Braces, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import type { Variable } from "@/api/types";
import { showErrors } from "@/lib/form";
import { formatPreview } from "@/lib/format";
import * as z from "@/lib/zod";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { FormError } from "@/ui/form";
import { Input, Textarea } from "@/ui/input";
import { Section } from "@/ui/page";
import { SkeletonRows } from "@/ui/skeleton";
import { Cell, HeadCell, Row, Table } from "@/ui/table";
import { Time } from "@/ui/time";
import { readValue, showValue, useDeleteVariable, useSaveVariable, useVariables } from "../hooks/variables";

export function Variables() {
  const list = useVariables();
  const remove = useDeleteVariable();
  const [edited, setEdited] = useState<Variable | "new" | null>(null);
  const variables = list.data?.pages.flatMap((page) => page.items) ?? [];
  const add = (
    <Button variant="primary" onClick={() => setEdited("new")}>
      <Plus aria-hidden /> New variable
    </Button>
  );
  const lead = (
    <>
      Every workflow reads them as <code className="font-mono">{"{{ vars.name }}"}</code>. They are shown to
      all members: secrets belong in credentials.
    </>
  );
  return (
    <Section title="Variables" lead={lead} actions={add}>
      {list.isPending ? (
        <SkeletonRows rows={3} />
      ) : list.error ? (
        <ErrorState
          title="The variables could not be loaded"
          error={list.error}
          retry={() => void list.refetch()}
        />
      ) : variables.length === 0 ? (
        <EmptyState icon={Braces} title="No variables yet">
          Keep here what several workflows share: an address, a limit, a list of names.
        </EmptyState>
      ) : (
        <Table>
          <thead>
            <tr>
              <HeadCell>Name</HeadCell>
              <HeadCell>Value</HeadCell>
              <HeadCell className="hidden sm:table-cell">Changed</HeadCell>
              <HeadCell>
                <span className="sr-only">Actions</span>
              </HeadCell>
            </tr>
          </thead>
          <tbody>
            {variables.map((variable) => (
              <Row key={variable.id}>
                <Cell className="font-mono text-xs">{variable.name}</Cell>
                <Cell className="w-full max-w-0 truncate font-mono text-xs text-muted-foreground">
                  {formatPreview(variable.value)}
                </Cell>
                <Cell className="hidden text-muted-foreground sm:table-cell">
                  <Time at={variable.updated_at} />
                </Cell>
                <Cell className="whitespace-nowrap">
                  <Button
                    variant="ghost"
                    size="icon"
                    aria-label={`Change ${variable.name}`}
                    onClick={() => setEdited(variable)}
                  >
                    <Pencil aria-hidden />
                  </Button>
                  <Button
                    variant="ghost"
                    size="icon"
                    aria-label={`Delete ${variable.name}`}
                    onClick={() => remove.mutate(variable)}
                  >
                    <Trash2 aria-hidden />
                  </Button>
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
      {list.hasNextPage && (
        <Button className="self-center" onClick={() => list.fetchNextPage()} busy={list.isFetchingNextPage}>
          Show more
        </Button>
      )}
      {edited && (
        <VariableDialog variable={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
      )}
    </Section>
  );
}

const schema = z.object({
  name: z
    .string()
    .trim()
    .regex(/^[A-Za-z_$][A-Za-z0-9_$]*$/, "Letters, digits and _ only, and no digit first.")
    .max(100, "At most 100 characters."),
  value: z.string(),
});

function VariableDialog({ variable, onClose }: { variable: Variable | null; onClose: () => void }) {
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
