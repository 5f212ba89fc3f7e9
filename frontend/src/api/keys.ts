import type { ExecutionStatus } from "./types";

/**
 * Every key of the query cache, in one place: invalidating a prefix invalidates all below it. One key has data of one
 * shape: a list read in pages and the same list read whole have a key each.
 */
export interface WorkflowFilter {
  q?: string;
  tag?: string;
}

export interface ExecutionFilter {
  workflow_id?: string;
  status?: ExecutionStatus;
  since?: string;
  label?: string;
}

export const keys = {
  auth: { status: ["auth", "status"] as const, me: ["auth", "me"] as const },
  workflows: {
    all: ["workflows"] as const,
    list: (filter: WorkflowFilter) => ["workflows", "list", filter] as const,
    search: (q: string) => ["workflows", "search", q] as const,
    names: ["workflows", "names"] as const,
    draft: (id: string) => ["workflows", "draft", id] as const,
    versions: (id: string) => ["workflows", "versions", id] as const,
    version: (id: string, version: number) => ["workflows", "versions", id, version] as const,
    share: (id: string) => ["workflows", "share", id] as const,
  },
  shared: (token: string) => ["shared", token] as const,
  templates: (q: string) => ["templates", q] as const,
  nodeTypes: ["node-types"] as const,
  executions: {
    all: ["executions"] as const,
    list: (filter: ExecutionFilter) => ["executions", "list", filter] as const,
    history: (workflow: string) => ["executions", "history", workflow] as const,
    detail: (id: string) => ["executions", "detail", id] as const,
    graph: (id: string) => ["executions", "graph", id] as const,
    nodes: (id: string, under: string) => ["executions", "nodes", id, under] as const,
    events: (id: string) => ["executions", "events", id] as const,
    blob: (id: string, sha: string) => ["executions", "blob", id, sha] as const,
  },
  credentials: {
    all: ["credentials"] as const,
    list: ["credentials", "list"] as const,
    names: ["credentials", "names"] as const,
  },
  models: ["models"] as const,
  apiKeys: ["api-keys"] as const,
  variables: ["variables"] as const,
  settings: ["settings"] as const,
};
