"use client";

/** What the editor asks of the API, in the canvas's own shapes. */

import { useQuery } from "@tanstack/react-query";
import { api, ifMatch, request, stream, unwrap } from "@/api/client";
import { keys } from "@/api/keys";
import type { Execution, ExecutionSummary, Validation, WorkflowVersion } from "@/api/types";
import type { Graph, Json, JsonObject, NodeTypes } from "@/canvas/graph";
import { ENDED, type RunEvent } from "@/canvas/run";

export interface LoadedDraft {
  id: string;
  name: string;
  graph: Graph;
  revision: number;
  published_version: number | null;
}

export async function loadDraft(id: string): Promise<LoadedDraft> {
  const workflow = await unwrap(
    api.GET("/api/v1/workflows/{workflow_id}", { params: { path: { workflow_id: id } } }),
  );
  return workflow;
}

export function useNodeTypes() {
  return useQuery({
    queryKey: keys.nodeTypes,
    queryFn: async (): Promise<NodeTypes> => {
      const { items } = await unwrap(api.GET("/api/v1/node-types"));
      return new Map(items.map((type) => [type.type, type]));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Saves name and graph upon a revision; gives the new one. */
export async function saveDraft(
  id: string,
  draft: { name: string; graph: Graph },
  revision: number,
): Promise<number> {
  const saved = await unwrap(
    api.PUT("/api/v1/workflows/{workflow_id}", {
      params: { path: { workflow_id: id }, header: ifMatch(revision) },
      body: { name: draft.name, graph: draft.graph },
    }),
  );
  return saved.revision;
}

export function validateGraph(graph: Graph, signal: AbortSignal): Promise<Validation> {
  return unwrap(api.POST("/api/v1/workflows/validate", { body: { graph }, signal }));
}

export function publish(id: string, note: string): Promise<WorkflowVersion> {
  return unwrap(
    api.POST("/api/v1/workflows/{workflow_id}/publish", {
      params: { path: { workflow_id: id } },
      body: note ? { note } : {},
    }),
  );
}

export function useVersions(id: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.workflows.versions(id),
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/workflows/{workflow_id}/versions", {
          params: { path: { workflow_id: id }, query: { limit: 50 } },
        }),
      ),
    enabled,
  });
}

export async function loadVersion(id: string, version: number): Promise<Graph> {
  const params = { path: { workflow_id: id, number: String(version) } };
  const found = await unwrap(api.GET("/api/v1/workflows/{workflow_id}/versions/{number}", { params }));
  return found.graph;
}

export async function startRun(id: string, inputs: JsonObject): Promise<Execution> {
  const { execution } = await unwrap(
    api.POST("/api/v1/workflows/{workflow_id}/runs", {
      params: { path: { workflow_id: id } },
      body: { inputs, mode: "background", version: "draft" },
    }),
  );
  return execution;
}

export async function runNode(id: string, node: string, inputs: JsonObject, upstream: Record<string, Json>) {
  const { execution } = await unwrap(
    api.POST("/api/v1/workflows/{workflow_id}/nodes/{node}/run", {
      params: { path: { workflow_id: id, node } },
      body: { inputs, upstream },
    }),
  );
  return execution;
}

export function cancelRun(execution: string) {
  return unwrap(
    api.POST("/api/v1/executions/{execution_id}/cancel", { params: { path: { execution_id: execution } } }),
  );
}

export function useHistory(workflow: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.executions.history(workflow),
    queryFn: async (): Promise<ExecutionSummary[]> => {
      const query = { workflow_id: workflow, limit: 50 };
      return (await unwrap(api.GET("/api/v1/executions", { params: { query } }))).items;
    },
    enabled,
    refetchInterval: 5000,
  });
}

/** The workflow's latest execution, or null before the first. */
export async function latestRun(workflow: string): Promise<ExecutionSummary | null> {
  const query = { workflow_id: workflow, limit: 1 };
  const { items } = await unwrap(api.GET("/api/v1/executions", { params: { query } }));
  return items[0] ?? null;
}

/** The graph that a run runs on, as it was when the run was accepted. */
export async function loadRunGraph(execution: string): Promise<Graph> {
  const params = { path: { execution_id: execution } };
  return (await unwrap(api.GET("/api/v1/executions/{execution_id}/graph", { params }))).graph;
}

/** The whole of a value that was too large for an event. */
export async function loadBlob(execution: string, sha: string): Promise<Json> {
  const response = await request(`/api/v1/executions/${execution}/blobs/${encodeURIComponent(sha)}`);
  return (await response.json()) as Json;
}

const LAST = new Set([...ENDED].map((status) => `execution.${status}`));

/** A run's events, live, from the first or after a sequence. Resolves when the run has ended. */
export function followRun(
  id: string,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
  more: { after?: number; onConnection?: (state: "open" | "lost") => void } = {},
): Promise<void> {
  return stream(`/api/v1/executions/${id}/events`, {
    signal,
    lastEventId: more.after === undefined ? undefined : String(more.after),
    onConnection: more.onConnection,
    onEvent: (message) => onEvent(JSON.parse(message.data) as RunEvent),
    isLast: (message) => LAST.has(message.event ?? ""),
  });
}

export interface Evaluation {
  value?: Json;
  error?: { message: string } | null;
}

/** What a template or expression gives for the last run's data, as the node would see it. */
export async function evaluate(
  body: { expression: string } | { template: string },
  place: { execution: string; node: string },
  signal: AbortSignal,
): Promise<Evaluation> {
  const answer = await unwrap(
    api.POST("/api/v1/expressions/evaluate", { body: { ...body, ...place }, signal }),
  );
  return answer as Evaluation;
}

export function useCredentials(enabled: boolean) {
  return useQuery({
    queryKey: keys.credentials.names,
    queryFn: async () =>
      (await unwrap(api.GET("/api/v1/credentials", { params: { query: { limit: 200 } } }))).items,
    enabled,
    staleTime: 30_000,
  });
}

/** The models that the workspace's credentials give access to, as far as they are known. */
export function useModels() {
  return useQuery({
    queryKey: keys.models,
    queryFn: async () => (await unwrap(api.GET("/api/v1/models"))).items,
    staleTime: 30_000,
  });
}
