/** One node on the canvas: icon, name, one line of config, status, problems, and what it streams. */

import { type NodeProps, useUpdateNodeInternals } from "@xyflow/react";
import { CircleAlert, Pin, StickyNote, TriangleAlert } from "lucide-react";
import { memo, type ReactNode, useEffect, useRef } from "react";
import { cn } from "@/lib/classes";
import { formatDuration } from "@/lib/format";
import { HEADER_HEIGHT } from "../geometry";
import type { GraphNode } from "../graph";
import { type NodeState, tookOf } from "../run";
import { summaryOf } from "../summary";
import type { FlowNode } from "./elements";
import { NodeIcon } from "./icons";
import { useCanvas, useNodeState, useProblems } from "./overlay";
import { SourcePorts, TargetPort } from "./ports";
import { STATUS, StatusIcon } from "./status";

export const StepCard = memo(function StepCard({ id, data, selected }: NodeProps<FlowNode>) {
  const { node, ports } = data;
  const state = useNodeState(id);
  useHandlesOf(id, ports);
  return (
    <CardFrame node={node} state={state} selected={selected}>
      <CardHeader node={node} state={state} />
      <TargetPort node={node} />
      <SourcePorts node={node} ports={ports} />
      <Streamed state={state} />
    </CardFrame>
  );
});

/** Tells React Flow that handles have other names: their number, and so the size, may be the same. */
export function useHandlesOf(id: string, ports: string[]): void {
  const update = useUpdateNodeInternals();
  const names = ports.join("\n");
  const known = useRef(names);
  useEffect(() => {
    // A new node is looked at anyway; asking for each of 500 again takes half a second.
    if (known.current === names) return;
    known.current = names;
    update(id);
  }, [id, names, update]);
}

interface FrameProps {
  node: GraphNode;
  state: NodeState | undefined;
  selected: boolean;
  className?: string;
  children: ReactNode;
}

export function CardFrame({ node, state, selected, className, children }: FrameProps) {
  const status = state?.status ?? "idle";
  return (
    <div
      data-testid={`node-${node.id}`}
      data-type={node.type}
      className={cn(
        "relative h-full w-full rounded-md border-2 bg-surface text-left shadow-sm transition-colors",
        STATUS[status].border,
        node.disabled && "opacity-60",
        selected && "ring-2 ring-accent ring-offset-1 ring-offset-background",
        className,
      )}
    >
      <span
        className="sr-only"
        role="status"
        aria-live="off"
        data-testid={`status-${node.id}`}
        data-status={status}
      >
        {STATUS[status].label}
      </span>
      {children}
    </div>
  );
}

export function CardHeader({ node, state }: { node: GraphNode; state: NodeState | undefined }) {
  const { types } = useCanvas();
  const type = types.get(node.type);
  return (
    <div className="flex items-center gap-2 px-3" style={{ height: HEADER_HEIGHT - 4 }}>
      <span className="flex size-8 shrink-0 items-center justify-center rounded bg-muted text-foreground">
        <NodeIcon icon={type?.icon} category={type?.category} className="size-4" />
      </span>
      <span className="min-w-0 flex-1">
        <span className={cn("block truncate text-sm font-medium", node.disabled && "line-through")}>
          {node.name || node.id}
        </span>
        <span className="block truncate text-xs text-muted-foreground">
          {summaryOf(node) || type?.title || node.type}
        </span>
      </span>
      <Marks node={node} state={state} />
    </div>
  );
}

function Marks({ node, state }: { node: GraphNode; state: NodeState | undefined }) {
  const problems = useProblems(node.id);
  const worst = problems.find((problem) => problem.severity === "error") ?? problems[0];
  const messages = problems.map((problem) => problem.message).join("\n");
  return (
    <span className="flex shrink-0 flex-col items-end gap-0.5">
      <span className="flex items-center gap-1">
        {node.note && (
          <StickyNote role="img" aria-label={node.note} className="size-3.5 text-muted-foreground" />
        )}
        {"pinned_output" in node && (
          <Pin role="img" aria-label="Output pinned" className="size-3.5 text-accent" />
        )}
        {worst && (
          <span title={messages} data-testid={`problem-${node.id}`} data-severity={worst.severity}>
            {worst.severity === "error" ? (
              <CircleAlert role="img" aria-label={messages} className="size-4 text-danger" />
            ) : (
              <TriangleAlert role="img" aria-label={messages} className="size-4 text-warning" />
            )}
          </span>
        )}
        {state && <StatusIcon status={state.status} />}
      </span>
      <Timing state={state} />
    </span>
  );
}

function Timing({ state }: { state: NodeState | undefined }) {
  if (!state) return null;
  const { progress, attempt, status } = state;
  const took = tookOf(state);
  const line = progress
    ? `${progress.done}/${progress.total ?? "?"}`
    : status === "retrying" || (attempt > 1 && status === "running")
      ? `attempt ${attempt}`
      : took === null
        ? ""
        : formatDuration(took);
  return line ? <span className="text-xs text-muted-foreground tabular-nums">{line}</span> : null;
}

/** The end of what streams; drawn over the canvas below the node, so that nothing moves. */
function Streamed({ state }: { state: NodeState | undefined }) {
  if (!state?.text || (state.status !== "running" && state.status !== "retrying")) return null;
  return (
    <div
      data-testid={`stream-${state.node}`}
      className="pointer-events-none absolute inset-x-0 top-full z-10 mt-1 flex max-h-24 flex-col-reverse overflow-hidden rounded-md border bg-raised p-2 text-xs break-words whitespace-pre-wrap shadow"
    >
      {state.text.slice(-400)}
    </div>
  );
}
