"use client";

/** What a run had at a node: status, times, input, output, error, attempts, what it streamed. */

import { Pin, PinOff } from "lucide-react";
import { useEffect } from "react";
import { setFields } from "@/canvas/edit";
import { STATUS, StatusIcon } from "@/canvas/flow/status";
import type { GraphNode } from "@/canvas/graph";
import { ENDED, type NodeState, tookOf } from "@/canvas/run";
import { isObject } from "@/canvas/schema";
import { formatCompact, formatCost, formatDateTime, formatDuration } from "@/lib/format";
import { Button } from "@/ui/button";
import type { Following } from "../../hooks/run";
import { useEditor, useRunState } from "./context";
import { ValueView } from "./value-view";

export function NodeData({ node, state }: { node: GraphNode; state: NodeState | undefined }) {
  const { run } = useEditor();
  const ended = ENDED.has(useRunState().status);
  const { recall } = run;
  useEffect(() => recall(), [recall]);
  return (
    <div className="flex flex-col gap-4">
      <PinOutput node={node} state={state} />
      {state ? (
        <NodeRecord state={state} execution={run.execution} />
      ) : (
        <p className="text-sm text-muted-foreground">{whyEmpty(run, ended)}</p>
      )}
    </div>
  );
}

function whyEmpty({ execution, recalled }: Following, ended: boolean): string {
  if (execution !== null)
    return ended ? "The run did not reach this node." : "The run has not reached this node yet.";
  if (recalled === "asking") return "Looking for the latest run…";
  if (recalled === "nothing") return "Run the workflow to see this node's data.";
  return "Pick a run in History, or run the workflow, to see this node's data.";
}

export function NodeRecord({ state, execution }: { state: NodeState; execution: string | null }) {
  const { usage, error } = state;
  const facts: [string, string][] = [["Path", state.path]];
  const began = state.begun_at ?? state.started_at;
  if (began) facts.push(["Started", formatDateTime(began)]);
  const took = tookOf(state);
  if (took !== null) facts.push(["Took", formatDuration(took)]);
  if (state.attempt > 0) facts.push(["Attempts", String(state.attempt)]);
  if (state.attempt > 1 && typeof state.duration_ms === "number")
    facts.push(["The last one", formatDuration(state.duration_ms)]);
  if (state.port) facts.push(["Port", state.port]);
  if (state.origin && state.origin !== "run") facts.push(["Came from", state.origin]);
  if (state.reason) facts.push(["Reason", state.reason]);
  if (state.progress) facts.push(["Done inside", `${state.progress.done}/${state.progress.total ?? "?"}`]);
  if (usage) {
    facts.push([
      "Tokens",
      `${formatCompact(usage.prompt_tokens ?? 0)} in, ${formatCompact(usage.completion_tokens ?? 0)} out`,
    ]);
    facts.push(["Cost", formatCost(usage.cost_usd)]);
  }
  return (
    <div className="flex flex-col gap-4" data-testid="node-record">
      <p className="flex items-center gap-2 text-sm font-medium">
        <StatusIcon status={state.status} />
        {STATUS[state.status].label}
      </p>
      <dl className="grid grid-cols-[6rem_1fr] gap-x-2 gap-y-1 text-sm">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted-foreground">{name}</dt>
            <dd className="[overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
      {state.status === "waiting" && state.waiting_for && (
        <p className="rounded-md bg-warning-soft p-2 text-sm">
          {state.waiting_for.message || `Waits for ${state.waiting_for.kind}`}
          {state.waiting_for.until && ` until ${formatDateTime(state.waiting_for.until)}`}
        </p>
      )}
      {error && (
        <section className="rounded-md bg-danger-soft p-2 text-sm" data-testid="node-error">
          <h4 className="font-medium text-danger">{error.type}</h4>
          <p className="[overflow-wrap:anywhere]">{error.message}</p>
          {isObject(error.details) && Object.keys(error.details).length > 0 && (
            <ValueView title="Details" value={error.details} execution={execution} />
          )}
        </section>
      )}
      {state.text && state.status !== "completed" && (
        <section>
          <h4 className="text-sm font-medium">Streaming</h4>
          <p className="mt-1 max-h-64 overflow-y-auto rounded-md bg-muted p-2 text-sm whitespace-pre-wrap">
            {state.text}
          </p>
        </section>
      )}
      {state.output !== undefined && (
        <ValueView title="Output" value={state.output} execution={execution} testId="node-output" />
      )}
      {state.config !== undefined && (
        <ValueView
          title="Input (config with its values)"
          value={state.config}
          execution={execution}
          testId="node-input"
        />
      )}
      <Attempts state={state} />
    </div>
  );
}

function Attempts({ state }: { state: NodeState }) {
  if (state.attempts.length === 0 && state.steps.length === 0) return null;
  return (
    <section className="flex flex-col gap-1 text-sm">
      {state.attempts.length > 0 && <h4 className="font-medium">Attempts that failed</h4>}
      {state.attempts.map((attempt) => (
        <p key={attempt.attempt} className="text-muted-foreground [overflow-wrap:anywhere]">
          {attempt.attempt}. {attempt.error?.type}: {attempt.error?.message}
          {attempt.delay_s !== null && ` (again after ${formatDuration(attempt.delay_s * 1000)})`}
        </p>
      ))}
      {state.steps.length > 0 && <h4 className="font-medium">Steps</h4>}
      {state.steps.map((step) => (
        <ValueView key={step.path} title={step.path} value={step.result} execution={null} closed />
      ))}
    </section>
  );
}

function PinOutput({ node, state }: { node: GraphNode; state: NodeState | undefined }) {
  const { store } = useEditor();
  const pinned = "pinned_output" in node;
  const change = (fields: Partial<GraphNode>) => {
    const { graph, edit } = store.getState();
    edit(setFields(graph, node.id, fields));
  };
  if (pinned) {
    return (
      <div className="flex flex-col gap-2 rounded-md bg-accent-soft p-2 text-sm">
        <p>The output is pinned: runs of the draft use it in place of running this node.</p>
        <Button
          size="sm"
          className="self-start"
          onClick={() => change({ pinned_output: undefined, pinned_port: undefined })}
          data-testid="unpin-output"
        >
          <PinOff aria-hidden />
          Unpin
        </Button>
      </div>
    );
  }
  if (!state || state.output === undefined || node.type === "start") return null;
  const own = state.port && state.port !== "out" && state.port !== "error" ? { pinned_port: state.port } : {};
  return (
    <Button
      size="sm"
      className="self-start"
      onClick={() => change({ pinned_output: state.output, ...own })}
      data-testid="pin-output"
    >
      <Pin aria-hidden />
      Pin this output
    </Button>
  );
}
