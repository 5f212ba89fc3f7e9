"use client";

/** The bottom panel while a run is on the canvas: its state, outputs, error, and its nodes in order. */

import { X } from "lucide-react";
import { useMemo } from "react";
import { STATUS, StatusIcon } from "@/canvas/flow/status";
import { givenNames } from "@/canvas/graph";
import { ENDED, type NodeState, type RunState } from "@/canvas/run";
import { useNow } from "@/lib/browser";
import { elapsed, formatCompact, formatCost, formatDuration } from "@/lib/format";
import { Button } from "@/ui/button";
import { useDraft, useEditor, useRunState } from "./context";
import { ValueView } from "./value-view";

const LABELS: Record<RunState["status"], string> = {
  idle: "No run",
  queued: "Queued",
  running: "Running",
  waiting: "Waiting",
  paused: "Paused",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

export function RunPanel() {
  const { run, store } = useEditor();
  const state = useRunState();
  if (run.execution === null) return null;
  return (
    <section
      aria-label="The run"
      className="flex max-h-[40%] min-h-0 shrink-0 flex-col border-t bg-surface"
      data-testid="run-panel"
    >
      <RunHead state={state} execution={run.execution} onClose={run.clear} />
      <div className="grid min-h-0 flex-1 overflow-y-auto md:grid-cols-2 md:overflow-hidden">
        <NodeList state={state} onPick={(id) => store.getState().select(new Set([id]))} />
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
}

function RunHead(props: { state: RunState; execution: string; onClose: () => void }) {
  const { state, execution, onClose } = props;
  const live = state.status !== "idle" && !ENDED.has(state.status);
  const now = useNow(live ? 250 : null);
  const { usage } = state;
  return (
    <header className="flex flex-wrap items-center gap-3 border-b px-3 py-1 text-sm">
      <span role="status" className="font-semibold" data-testid="run-status" data-status={state.status}>
        {LABELS[state.status]}
      </span>
      <span className="text-muted-foreground tabular-nums">
        {formatDuration(elapsed(state.started_at, state.ended_at, now))}
      </span>
      {state.pausing && <span className="text-warning">pausing</span>}
      {state.compensation && <span className="text-warning">compensation {state.compensation}</span>}
      {usage && (usage.prompt_tokens || usage.completion_tokens) ? (
        <span className="text-muted-foreground">
          {formatCompact((usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0))} tokens ·{" "}
          {formatCost(usage.cost_usd)}
        </span>
      ) : null}
      <a href={`/executions/${execution}`} className="ml-auto text-accent hover:underline">
        Open the execution
      </a>
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

const SHOWN = 300;

function NodeList({ state, onPick }: { state: RunState; onPick: (node: string) => void }) {
  const graph = useDraft((draft) => draft.graph);
  const names = useMemo(() => givenNames(graph), [graph]);
  const nodes = useMemo(() => Object.values(state.nodes), [state.nodes]);
  return (
    <ol className="border-b md:overflow-y-auto md:border-r md:border-b-0" aria-label="Nodes of the run">
      {nodes.slice(-SHOWN).map((node) => (
        <NodeLine key={node.path} node={node} name={names.get(node.node)} onPick={onPick} />
      ))}
    </ol>
  );
}

interface NodeLineProps {
  node: NodeState;
  /** The name it was given, where it has one. */
  name: string | undefined;
  onPick: (node: string) => void;
}

function NodeLine({ node, name, onPick }: NodeLineProps) {
  return (
    <li>
      <button
        type="button"
        onClick={() => onPick(node.node)}
        className="flex h-7 w-full items-center gap-2 px-3 text-left text-sm hover:bg-hover"
        data-testid={`run-node-${node.path}`}
        data-status={node.status}
      >
        <StatusIcon status={node.status} />
        {name && <span className="truncate">{name}</span>}
        <span className="truncate font-mono text-xs">{node.path}</span>
        <span className="truncate text-xs text-muted-foreground">{STATUS[node.status].label}</span>
        {node.progress && (
          <span className="text-xs tabular-nums">
            {node.progress.done}/{node.progress.total ?? "?"}
          </span>
        )}
        <span className="ml-auto text-xs text-muted-foreground tabular-nums">
          {formatDuration(node.duration_ms)}
        </span>
      </button>
    </li>
  );
}
