"use client";

/** The workflow's executions; picking one shows it on the canvas. */

import { X } from "lucide-react";
import type { ExecutionSummary } from "@/api/types";
import { useNow } from "@/lib/browser";
import { elapsed, formatDuration, formatRelative } from "@/lib/format";
import { Button } from "@/ui/button";
import { ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { StatusBadge } from "@/ui/status";
import { useHistory } from "../../hooks/draft";
import { useEditor } from "./context";

export interface HistoryProps {
  onShow: (execution: ExecutionSummary) => void;
  onClose: () => void;
}

export function HistoryDrawer({ onShow, onClose }: HistoryProps) {
  const { id, run } = useEditor();
  const list = useHistory(id, true);
  const now = useNow(5000);
  return (
    <aside
      aria-label="Executions of this workflow"
      className="absolute inset-y-0 left-0 z-20 flex w-72 shrink-0 flex-col border-r bg-surface md:static"
      data-testid="history"
    >
      <header className="flex items-center justify-between border-b px-3 py-2">
        <h2 className="text-sm font-semibold">History</h2>
        <Button variant="ghost" size="icon-sm" aria-label="Close the history" onClick={onClose}>
          <X aria-hidden />
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-2">
        {list.isPending && <SkeletonRows rows={6} />}
        {list.isSuccess && list.data.length === 0 && (
          <p className="p-2 text-sm text-muted-foreground">
            This workflow has not run yet. Press Run to start it.
          </p>
        )}
        {list.isError && !list.data && (
          <ErrorState
            title="The history could not be loaded"
            error={list.error}
            retry={() => void list.refetch()}
          />
        )}
        {list.data?.map((execution) => (
          <button
            key={execution.id}
            type="button"
            onClick={() => onShow(execution)}
            aria-current={execution.id === run.execution || undefined}
            className="flex w-full flex-col rounded-md px-2 py-1.5 text-left text-sm hover:bg-hover aria-[current]:bg-accent-soft"
            data-testid={`history-${execution.id}`}
            data-status={execution.status}
          >
            <span className="flex w-full justify-between gap-2">
              <StatusBadge status={execution.status} />
              <span className="text-muted-foreground">
                {execution.version === "draft" ? "draft" : `version ${execution.version}`}
              </span>
            </span>
            <span className="flex w-full justify-between gap-2 text-xs text-muted-foreground">
              <span>
                {formatRelative(execution.created_at, now)} · {execution.trigger.type}
              </span>
              <span className="tabular-nums">
                {formatDuration(elapsed(execution.started_at, execution.finished_at, now))}
              </span>
            </span>
          </button>
        ))}
      </div>
    </aside>
  );
}
