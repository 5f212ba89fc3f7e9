/**
 * What OpenAPI leaves open (graphs, settings, errors are plain objects there) as the design names it.
 * The generated schema refers to these types: scripts/api.mjs says where.
 */
import type { Graph, NodeType } from "@/canvas/graph";

export type { NodeStatus, RunStatus as ExecutionStatus } from "@/canvas/run";
export type { Graph };

export interface GraphIssue {
  path: string;
  node?: string | null;
  code: string;
  message: string;
  suggestion?: string | null;
}

export interface WorkflowSettings {
  durability?: "async" | "sync";
  limits?: {
    max_duration_s?: number | null;
    max_node_runs?: number | null;
    max_tokens?: number | null;
    max_cost_usd?: number | null;
  };
  variables?: Record<string, unknown>;
  concurrency?: { key?: string; limit: number; policy: "queue" | "reject" | "cancel_running" } | null;
  error_workflow_id?: string | null;
}

export interface ImportLine {
  node: string | null;
  status: string;
  message: string;
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  cost_usd: number | null;
}

export interface NodeError {
  type: string;
  message: string;
  node?: string | null;
  path?: string | null;
  attempt?: number | null;
  retryable?: boolean;
  details?: Record<string, unknown>;
}

export type Version = number | "draft";
export type Compensation = "running" | "done" | "partial";

export interface Trigger {
  type: string;
  id?: string | null;
}

export interface Waiting {
  path: string;
  kind: string;
  until?: string | null;
  message?: string | null;
}

export interface ExecutionEvent {
  execution_id: string;
  sequence: number;
  type: string;
  at: string;
  node?: string | null;
  path?: string | null;
  epoch?: number;
  data: Record<string, unknown>;
}

/** A value that is too large for where it stands. */
export interface Blob {
  $blob: string;
  size: number;
  preview: string;
}

export type ConfigSchema = NodeType["config_schema"];
export type RetryPolicy = NonNullable<NodeType["retry_defaults"]>;
