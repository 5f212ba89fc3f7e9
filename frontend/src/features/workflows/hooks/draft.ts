"use client";

/** What the editor asks of the API, in the canvas's own shapes. */

import { useQuery } from "@tanstack/react-query";
import { api, ifMatch, request, stream, unwrap } from "@/api/client";
import { keys } from "@/api/keys";
import type { Execution, ExecutionSummary, Validation, WorkflowVersion } from "@/api/types";
import type { Graph, Json, NodeType, NodeTypes } from "@/canvas/graph";
import { ENDED, type RunEvent } from "@/canvas/run";

export interface LoadedDraft {
  id: string;
  name: string;
  graph: Graph;
  revision: number;
  published_version: number | null;
}

type WireGraph = { nodes: never[]; edges: never[] };

const wire = (graph: Graph) => graph as unknown as WireGraph;

export async function loadDraft(id: string): Promise<LoadedDraft> {
  const workflow = await unwrap(api.GET("/api/v1/workflows/{id}", { params: { path: { id } } }));
  return { ...workflow, graph: workflow.graph as unknown as Graph };
}

export function useNodeTypes() {
  return useQuery({
    queryKey: keys.nodeTypes,
    queryFn: async (): Promise<NodeTypes> => {
      const { items } = await unwrap(api.GET("/api/v1/node-types"));
      return new Map((items as unknown as NodeType[]).map((type) => [type.type, type]));
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
    api.PUT("/api/v1/workflows/{id}", {
      params: { path: { id }, header: ifMatch(revision) },
      body: { name: draft.name, graph: wire(draft.graph) },
    }),
  );
  return saved.revision;
}

export function validateGraph(graph: Graph, signal: AbortSignal): Promise<Validation> {
  return unwrap(api.POST("/api/v1/workflows/validate", { body: { graph: wire(graph) }, signal }));
}

export function publish(id: string, note: string): Promise<WorkflowVersion> {
  return unwrap(
    api.POST("/api/v1/workflows/{id}/publish", { params: { path: { id } }, body: note ? { note } : {} }),
  );
}

export function useVersions(id: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.workflows.versions(id),
    queryFn: () =>
      unwrap(api.GET("/api/v1/workflows/{id}/versions", { params: { path: { id }, query: { limit: 50 } } })),
    enabled,
  });
}

export async function loadVersion(id: string, version: number): Promise<Graph> {
  const params = { path: { id, version } };
  const found = await unwrap(api.GET("/api/v1/workflows/{id}/versions/{version}", { params }));
  return found.graph as unknown as Graph;
}

export async function startRun(id: string, inputs: Json): Promise<Execution> {
  const { execution } = await unwrap(
    api.POST("/api/v1/workflows/{id}/runs", {
      params: { path: { id } },
      body: { inputs, mode: "background", version: "draft" },
    }),
  );
  return execution;
}

export async function runNode(id: string, node: string, inputs: Json, upstream: Record<string, Json>) {
  const { execution } = await unwrap(
    api.POST("/api/v1/workflows/{id}/nodes/{node}/run", {
      params: { path: { id, node } },
      body: { inputs, upstream },
    }),
  );
  return execution;
}

export function cancelRun(execution: string) {
  return unwrap(api.POST("/api/v1/executions/{id}/cancel", { params: { path: { id: execution } } }));
}

export function decide(execution: string, path: string, body: { decision?: string; data?: Json }) {
  const params = { path: { id: execution, path } };
  return unwrap(api.POST("/api/v1/executions/{id}/signals/{path}", { params, body }));
}

export function useHistory(workflow: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.executions.list({ workflow_id: workflow }),
    queryFn: async (): Promise<ExecutionSummary[]> => {
      const query = { workflow_id: workflow, limit: 50 };
      return (await unwrap(api.GET("/api/v1/executions", { params: { query } }))).items;
    },
    enabled,
    refetchInterval: 5000,
  });
}

/** The graph that a run runs on, as it was when the run was accepted. */
export async function loadRunGraph(execution: string): Promise<Graph> {
  const response = await request(`/api/v1/executions/${execution}/graph`);
  return ((await response.json()) as { graph: Graph }).graph;
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
  after?: number,
): Promise<void> {
  return stream(`/api/v1/executions/${id}/events`, {
    signal,
    lastEventId: after === undefined ? undefined : String(after),
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
    queryKey: keys.credentials.all,
    queryFn: async () =>
      (await unwrap(api.GET("/api/v1/credentials", { params: { query: { limit: 200 } } }))).items,
    enabled,
    staleTime: 30_000,
  });
}
