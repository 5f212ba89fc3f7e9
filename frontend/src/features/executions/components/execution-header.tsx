"use client";

import { ArrowLeft, Ban, RotateCw } from "lucide-react";
import Link from "next/link";
import type { Execution } from "@/api/types";
import { useWorkflowNames, workflowLabel } from "@/features/workflows/hooks/workflows";
import { useTitle } from "@/lib/browser";
import { formatCost, formatNumber } from "@/lib/format";
import { Button } from "@/ui/button";
import { ConnectionLost, StatusBadge } from "@/ui/status";
import { Time } from "@/ui/time";
import { hasEnded, useCancelExecution, useRetryExecution } from "../hooks/executions";
import { Elapsed } from "./elapsed";
import { triggerLabel } from "./trigger";

export function ExecutionHeader({ execution, lost }: { execution: Execution; lost: boolean }) {
  const names = useWorkflowNames();
  const name = workflowLabel(names.data, execution.workflow_id);
  useTitle(`Run of ${name}`);
  const ended = hasEnded(execution.status);
  const { usage } = execution;
  const tokens = usage.prompt_tokens + usage.completion_tokens;
  return (
    <header className="flex flex-col gap-2 border-b bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <Button variant="ghost" size="icon" asChild>
          <Link href="/executions" aria-label="All executions">
            <ArrowLeft aria-hidden />
          </Link>
        </Button>
        <h1 className="min-w-0 truncate text-lg font-semibold">
          {execution.workflow_id === null ? (
            name
          ) : (
            <Link href={`/workflows/${execution.workflow_id}`} className="hover:underline">
              {name}
            </Link>
          )}
        </h1>
        <span aria-live="polite">
          <StatusBadge status={execution.status} label={execution.pausing ? "Pausing" : undefined} />
        </span>
        {lost && !ended && <ConnectionLost />}
        <div className="ml-auto flex items-center gap-2">
          <Actions execution={execution} ended={ended} />
        </div>
      </div>
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
        <Fact name="Started">
          <Time at={execution.started_at ?? execution.created_at} />
        </Fact>
        <Fact name="Duration">
          <Elapsed from={execution.started_at} to={execution.finished_at} live={!ended} />
        </Fact>
        <Fact name="Version">{execution.version}</Fact>
        <Fact name="Trigger">{triggerLabel(execution.trigger.type)}</Fact>
        {tokens > 0 && (
          <>
            <Fact name="Tokens">{formatNumber(tokens)}</Fact>
            <Fact name="Cost">{formatCost(usage.cost_usd)}</Fact>
          </>
        )}
        {execution.compensation && <Fact name="Compensation">{execution.compensation}</Fact>}
        {execution.retry_of && (
          <Fact name="Retry of">
            <ExecutionLink id={execution.retry_of} />
          </Fact>
        )}
        {execution.forked_from && (
          <Fact name="Fork of">
            <ExecutionLink id={execution.forked_from} />
          </Fact>
        )}
      </dl>
      {execution.error && (
        <p
          role="alert"
          className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger [overflow-wrap:anywhere]"
        >
          <span className="font-medium">{execution.error.node ?? execution.error.type}:</span>{" "}
          {execution.error.message}
        </p>
      )}
    </header>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-muted-foreground">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ExecutionLink({ id }: { id: string }) {
  return (
    <Link href={`/executions/${id}`} className="font-mono text-xs text-accent hover:underline">
      {id.slice(-8)}
    </Link>
  );
}

function Actions({ execution, ended }: { execution: Execution; ended: boolean }) {
  const cancel = useCancelExecution(execution.id);
  const retry = useRetryExecution(execution.id);
  if (!ended) {
    return (
      <Button onClick={() => cancel.mutate()} busy={cancel.isPending}>
        <Ban aria-hidden /> Cancel
      </Button>
    );
  }
  if (execution.status === "completed") return null;
  return (
    <Button variant="primary" onClick={() => retry.mutate()} busy={retry.isPending}>
      <RotateCw aria-hidden /> Retry
    </Button>
  );
}
