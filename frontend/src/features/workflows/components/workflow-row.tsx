"use client";

import { Copy, Download, EllipsisVertical, ListChecks, Pencil, Trash2 } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import type { WorkflowSummary } from "@/api/types";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { Cell, Row } from "@/ui/table";
import { Time } from "@/ui/time";
import { useDuplicateWorkflow, useExportWorkflow } from "../hooks/workflows";

export interface WorkflowRowProps {
  workflow: WorkflowSummary;
  onTag: (tag: string) => void;
  onEdit: () => void;
  onDelete: () => void;
}

export function WorkflowRow({ workflow, onTag, onEdit, onDelete }: WorkflowRowProps) {
  return (
    <Row>
      <Cell className="max-w-0 w-full">
        <div className="flex min-w-0 flex-col">
          <Link href={`/workflows/${workflow.id}`} data-row className="truncate font-medium hover:underline">
            {workflow.name}
          </Link>
          {workflow.description && (
            <span className="truncate text-xs text-muted-foreground">{workflow.description}</span>
          )}
        </div>
      </Cell>
      <Cell className="hidden sm:table-cell min-w-40">
        <div className="flex max-w-64 flex-wrap gap-1">
          {workflow.tags.map((tag) => (
            <button key={tag} type="button" className="max-w-full rounded" onClick={() => onTag(tag)}>
              <Badge className="hover:bg-hover">
                <span className="truncate">{tag}</span>
              </Badge>
            </button>
          ))}
        </div>
      </Cell>
      <Cell className="hidden whitespace-nowrap sm:table-cell">
        {workflow.published_version === null ? (
          <span className="text-muted-foreground">Draft</span>
        ) : (
          <Badge tone="accent">Version {workflow.published_version}</Badge>
        )}
      </Cell>
      <Cell className="text-muted-foreground">
        <Time at={workflow.updated_at} />
      </Cell>
      <Cell className="w-10 px-1">
        <RowMenu workflow={workflow} onEdit={onEdit} onDelete={onDelete} />
      </Cell>
    </Row>
  );
}

function RowMenu({ workflow, onEdit, onDelete }: Omit<WorkflowRowProps, "onTag">) {
  const router = useRouter();
  const duplicate = useDuplicateWorkflow();
  const download = useExportWorkflow();
  const trigger = (
    <Button variant="ghost" size="icon" aria-label={`Actions for ${workflow.name}`}>
      <EllipsisVertical aria-hidden />
    </Button>
  );
  return (
    <Menu trigger={trigger}>
      <MenuItem onSelect={onEdit}>
        <Pencil aria-hidden /> Name and tags
      </MenuItem>
      <MenuItem onSelect={() => router.push(`/executions?workflow_id=${workflow.id}`)}>
        <ListChecks aria-hidden /> Executions
      </MenuItem>
      <MenuItem onSelect={() => duplicate.mutate(workflow)}>
        <Copy aria-hidden /> Duplicate
      </MenuItem>
      <MenuItem onSelect={() => download.mutate({ workflow, format: "yaml" })}>
        <Download aria-hidden /> Export as YAML
      </MenuItem>
      <MenuItem onSelect={() => download.mutate({ workflow, format: "json" })}>
        <Download aria-hidden /> Export as JSON
      </MenuItem>
      <MenuSeparator />
      <MenuItem danger onSelect={onDelete} shortcut="Delete">
        <Trash2 aria-hidden /> Delete
      </MenuItem>
    </Menu>
  );
}
