"use client";

import { Braces, Pencil, Plus, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Variable } from "@/api/types";
import { formatPreview } from "@/lib/format";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Section } from "@/ui/page";
import { SkeletonRows } from "@/ui/skeleton";
import { Cell, HeadCell, Row, Table } from "@/ui/table";
import { Time } from "@/ui/time";
import { useDeleteVariable, useVariables } from "../hooks/variables";

const VariableDialog = dynamic(() => import("./variable-dialog").then((all) => all.VariableDialog), {
  ssr: false,
});

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
