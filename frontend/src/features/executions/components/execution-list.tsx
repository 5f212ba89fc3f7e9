"use client";

import { ListChecks, Search } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import type { ExecutionSummary } from "@/api/types";
import { useWorkflowNames, workflowLabel } from "@/features/workflows/hooks/workflows";
import { setParameter } from "@/lib/browser";
import { moveRowFocus } from "@/lib/rows";
import { useShortcuts } from "@/lib/shortcuts";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { List } from "@/ui/list";
import { Page } from "@/ui/page";
import { Select } from "@/ui/select";
import { StatusBadge, statusLooks } from "@/ui/status";
import { Cell, Row } from "@/ui/table";
import { Time } from "@/ui/time";
import { hasEnded, useExecutions } from "../hooks/executions";
import { Elapsed } from "./elapsed";
import { triggerLabel } from "./trigger";

const statuses = ["queued", "running", "waiting", "paused", "completed", "failed", "cancelled"] as const;
const statusOptions = [
  { value: "", label: "Any status" },
  ...statuses.map((status) => ({ value: status, label: statusLooks[status].label })),
];

const COLUMNS = [
  { label: "Workflow" },
  { label: "Status" },
  { label: "Started" },
  { label: "Duration", className: "hidden sm:table-cell" },
  { label: "Trigger", className: "hidden sm:table-cell" },
  { label: "Version", className: "hidden md:table-cell" },
];

export function ExecutionList() {
  const params = useSearchParams();
  const workflowId = params.get("workflow_id") ?? "";
  const status = statuses.find((known) => known === params.get("status")) ?? "";
  const list = useExecutions({ workflow_id: workflowId || undefined, status: status || undefined });
  const names = useWorkflowNames();
  const workflowOptions = [
    { value: "", label: "Any workflow" },
    ...[...(names.data ?? [])].map(([value, label]) => ({ value, label })),
  ];
  if (workflowId && !names.data?.has(workflowId)) {
    workflowOptions.push({ value: workflowId, label: workflowLabel(undefined, workflowId) });
  }

  useShortcuts("Executions", [
    { keys: "j", label: "Next", run: () => moveRowFocus(1) },
    { keys: "k", label: "Previous", run: () => moveRowFocus(-1) },
  ]);

  return (
    <Page title="Executions">
      <div className="flex flex-wrap gap-2">
        <Select
          aria-label="Status"
          className="w-40"
          options={statusOptions}
          value={status}
          onValueChange={(value) => setParameter("status", value)}
        />
        <Select
          aria-label="Workflow"
          className="w-56"
          options={workflowOptions}
          value={workflowId}
          onValueChange={(value) => setParameter("workflow_id", value)}
        />
      </div>
      <List
        pages={list}
        what="executions"
        columns={COLUMNS}
        row={(execution) => <ExecutionRow key={execution.id} execution={execution} names={names.data} />}
        empty={<NothingYet filtered={workflowId !== "" || status !== ""} />}
      />
    </Page>
  );
}

function NothingYet({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState icon={Search} title="Nothing matches">
        No execution has this status in this workflow.
      </EmptyState>
    );
  }
  const open = (
    <Button variant="primary" asChild>
      <Link href="/workflows">To the workflows</Link>
    </Button>
  );
  return (
    <EmptyState icon={ListChecks} title="Nothing has run yet" actions={open}>
      Open a workflow and press Run: what happens is kept here, event by event.
    </EmptyState>
  );
}

interface ExecutionRowProps {
  execution: ExecutionSummary;
  names: ReadonlyMap<string, string> | undefined;
}

function ExecutionRow({ execution, names }: ExecutionRowProps) {
  return (
    <Row>
      <Cell className="w-full max-w-0">
        <Link
          href={`/executions/${execution.id}`}
          data-row
          className="block truncate font-medium hover:underline"
        >
          {workflowLabel(names, execution.workflow_id)}
        </Link>
        {execution.error && (
          <span className="block truncate text-xs text-danger">{execution.error.message}</span>
        )}
      </Cell>
      <Cell>
        <StatusBadge status={execution.status} label={execution.pausing ? "Pausing" : undefined} />
      </Cell>
      <Cell className="text-muted-foreground">
        <Time at={execution.started_at ?? execution.created_at} />
      </Cell>
      <Cell className="hidden sm:table-cell">
        <Elapsed from={execution.started_at} to={execution.finished_at} live={!hasEnded(execution.status)} />
      </Cell>
      <Cell className="hidden whitespace-nowrap sm:table-cell">{triggerLabel(execution.trigger.type)}</Cell>
      <Cell className="hidden md:table-cell">{execution.version}</Cell>
    </Row>
  );
}
