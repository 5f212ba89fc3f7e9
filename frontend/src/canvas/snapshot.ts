/** A run's state from `GET /executions/{id}`: shown at once, until its events have been folded. */

import type { Json } from "./graph";
import {
  NO_RUN,
  type NodeState,
  type NodeStatus,
  type RunError,
  type RunState,
  type RunStatus,
  type Usage,
} from "./run";

export interface SnapshotNode {
  path: string;
  node: string;
  status: string;
  attempt?: number;
  started_at?: string | null;
  duration_ms?: number | null;
  port?: string | null;
  output?: unknown;
  error?: unknown;
  usage?: unknown;
  progress?: { done: number; total: number | null } | null;
}

export interface Snapshot {
  status: string;
  inputs?: unknown;
  outputs?: unknown;
  error?: unknown;
  usage?: unknown;
  started_at?: string | null;
  finished_at?: string | null;
  pausing?: boolean;
  compensation?: RunState["compensation"];
  nodes: SnapshotNode[];
}

export function fromSnapshot(execution: Snapshot): RunState {
  const nodes: Record<string, NodeState> = {};
  const latest: Record<string, string> = {};
  for (const node of execution.nodes) {
    nodes[node.path] = nodeState(node);
    latest[node.node] = node.path;
  }
  return {
    ...NO_RUN,
    status: execution.status as RunStatus,
    inputs: execution.inputs as Json | undefined,
    outputs: (execution.outputs ?? undefined) as Json | undefined,
    error: (execution.error ?? null) as RunError | null,
    usage: (execution.usage ?? null) as Usage | null,
    started_at: execution.started_at ?? undefined,
    ended_at: execution.finished_at ?? undefined,
    pausing: execution.pausing ?? false,
    compensation: execution.compensation ?? null,
    nodes,
    latest,
  };
}

function nodeState(node: SnapshotNode): NodeState {
  return {
    path: node.path,
    node: node.node,
    status: node.status as NodeStatus,
    attempt: node.attempt ?? 0,
    output: (node.output ?? undefined) as Json | undefined,
    port: node.port ?? null,
    error: (node.error ?? null) as RunError | null,
    handled:
      node.status === "failed" && node.port ? (node.port === "error" ? "branch" : "continue") : undefined,
    usage: (node.usage ?? null) as Usage | null,
    started_at: node.started_at ?? undefined,
    duration_ms: node.duration_ms ?? null,
    text: "",
    progress: node.progress ?? undefined,
    attempts: [],
    steps: [],
  };
}
