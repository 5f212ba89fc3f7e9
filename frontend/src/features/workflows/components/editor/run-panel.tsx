"use client";

/** The bottom panel while a run is on the canvas: its state, outputs, error, and its nodes in order. */

import { X } from "lucide-react";
import Link from "next/link";
import { memo, useCallback } from "react";
import type { Branch } from "@/canvas/paths";
import { ENDED, type RunState } from "@/canvas/run";
import { lookAt } from "@/canvas/traces";
import { useNow } from "@/lib/browser";
import { elapsed, formatCompact, formatCost, formatDuration } from "@/lib/format";
import { Button } from "@/ui/button";
import { ConnectionLost, StatusBadge } from "@/ui/status";
import { useEditor, useRunState } from "./context";
import { RunTree } from "./run-tree";
import { ValueView } from "./value-view";

export const RunPanel = memo(function RunPanel() {
  const { run, store, overlay } = useEditor();
  const state = useRunState();
  const pick = useCallback(
    ({ node, path }: Branch) => {
      overlay.setState(({ run: shown }) => ({ run: lookAt(shown, path) }));
      store.getState().select(new Set([node]));
    },
    [overlay, store],
  );
  if (run.execution === null) return null;
  return (
    <section
      aria-label="The run"
      className="flex max-h-[40%] min-h-0 shrink-0 flex-col border-t bg-surface"
      data-testid="run-panel"
    >
      <RunHead state={state} execution={run.execution} lost={run.lost} onClose={run.clear} />
      <div className="grid min-h-0 flex-1 overflow-y-auto md:grid-cols-2 md:overflow-hidden">
        <RunTree run={state} onPick={pick} />
        <div className="flex min-w-0 flex-col gap-2 p-2 md:overflow-y-auto">
          {state.error && (
            <p
              className="rounded-md bg-danger-soft p-2 text-sm [overflow-wrap:anywhere]"
              data-testid="run-error"
            >
              <strong className="text-danger">{state.error.type}</strong> {state.error.message}
              {state.error.path && ` (${state.error.path})`}
            </p>
          )}
          {state.outputs !== undefined && (
            <ValueView title="Outputs" value={state.outputs} execution={run.execution} testId="run-outputs" />
          )}
          {state.inputs !== undefined && (
            <ValueView title="Inputs" value={state.inputs} execution={run.execution} closed />
          )}
        </div>
      </div>
    </section>
  );
});

function RunHead(props: { state: RunState; execution: string; lost: boolean; onClose: () => void }) {
  const { state, execution, lost, onClose } = props;
  const live = state.status !== "idle" && !ENDED.has(state.status);
  const now = useNow(live ? 250 : null);
  const { usage } = state;
  return (
    <header className="flex flex-wrap items-center gap-3 border-b px-3 py-1 text-sm">
      <span role="status" data-testid="run-status" data-status={state.status}>
        {state.status !== "idle" && <StatusBadge status={state.status} />}
      </span>
      <span className="text-muted-foreground tabular-nums">
        {formatDuration(elapsed(state.started_at, state.ended_at, now))}
      </span>
      {live && lost && <ConnectionLost />}
      {state.pausing && <span className="text-warning">pausing</span>}
      {state.compensation && <span className="text-warning">compensation {state.compensation}</span>}
      {usage && (usage.prompt_tokens || usage.completion_tokens) ? (
        <span className="text-muted-foreground">
          {formatCompact((usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0))} tokens ·{" "}
          {formatCost(usage.cost_usd)}
        </span>
      ) : null}
      <Link href={`/executions/${execution}`} className="ml-auto text-accent hover:underline">
        Open the execution
      </Link>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Close the run"
        onClick={onClose}
        data-testid="close-run"
      >
        <X aria-hidden />
      </Button>
    </header>
  );
}
