"use client";

import { Braces, Pencil, Plus, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Variable } from "@/api/types";
import { formatPreview } from "@/lib/format";
import { patiently } from "@/lib/patiently";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ACTIONS, List } from "@/ui/list";
import { Section } from "@/ui/page";
import { Cell, Row } from "@/ui/table";
import { Time } from "@/ui/time";
import { useDeleteVariable, useVariables } from "../hooks/variables";

const VariableDialog = dynamic(
  patiently(() => import("./variable-dialog").then((all) => all.VariableDialog)),
  {
    ssr: false,
  },
);

const COLUMNS = [
  { label: "Name" },
  { label: "Value" },
  { label: "Changed", className: "hidden sm:table-cell" },
  ACTIONS,
];

export function Variables() {
  const list = useVariables();
  const remove = useDeleteVariable();
  const [edited, setEdited] = useState<Variable | "new" | null>(null);
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
      <List
        pages={list}
        what="variables"
        lines={3}
        columns={COLUMNS}
        row={(variable) => (
          <VariableRow
            key={variable.id}
            variable={variable}
            onEdit={() => setEdited(variable)}
            onDelete={() => remove.mutate(variable)}
          />
        )}
        empty={
          <EmptyState icon={Braces} title="No variables yet">
            Keep here what several workflows share: an address, a limit, a list of names.
          </EmptyState>
        }
      />
      {edited && (
        <VariableDialog variable={edited === "new" ? null : edited} onClose={() => setEdited(null)} />
      )}
    </Section>
  );
}

interface VariableRowProps {
  variable: Variable;
  onEdit: () => void;
  onDelete: () => void;
}

function VariableRow({ variable, onEdit, onDelete }: VariableRowProps) {
  const { name, value, updated_at } = variable;
  return (
    <Row>
      <Cell className="font-mono text-xs">{name}</Cell>
      <Cell className="w-full max-w-0 truncate font-mono text-xs text-muted-foreground">
        {formatPreview(value)}
      </Cell>
      <Cell className="hidden text-muted-foreground sm:table-cell">
        <Time at={updated_at} />
      </Cell>
      <Cell className="whitespace-nowrap">
        <Button variant="ghost" size="icon" aria-label={`Change ${name}`} onClick={onEdit}>
          <Pencil aria-hidden />
        </Button>
        <Button variant="ghost" size="icon" aria-label={`Delete ${name}`} onClick={onDelete}>
          <Trash2 aria-hidden />
        </Button>
      </Cell>
    </Row>
  );
}
