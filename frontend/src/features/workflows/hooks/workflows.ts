"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ifMatch, request, unwrap } from "@/api/client";
import { keys, type WorkflowFilter } from "@/api/keys";
import type { Graph, ImportResult, WorkflowSummary } from "@/api/types";
import { saveFile } from "@/lib/browser";
import { notify, notifyError } from "@/ui/toast";

/** The pages of the list so far, newest change first. */
export function useWorkflows(filter: WorkflowFilter) {
  return useInfiniteQuery({
    queryKey: keys.workflows.list(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/workflows", {
          params: { query: { ...filter, cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });
}

/** Names by id for lists that show ids of workflows; the latest 200. */
export function useWorkflowNames() {
  return useQuery({
    queryKey: keys.workflows.names,
    queryFn: () => unwrap(api.GET("/api/v1/workflows", { params: { query: { limit: 200 } } })),
    select: (page) => new Map(page.items.map(({ id, name }) => [id, name])),
    staleTime: 30_000,
  });
}

/** What to call the workflow that a run names; runs of files and of deleted workflows have none. */
export function workflowLabel(names: ReadonlyMap<string, string> | undefined, id: string | null): string {
  if (id === null) return "No workflow";
  return names?.get(id) ?? `Workflow ${id.slice(-8)}`;
}

/** What every new workflow begins with: its one start. */
export const firstGraph: Graph = {
  nodes: [{ id: "start", type: "start", name: "Start", position: { x: 80, y: 160 } }],
  edges: [],
};

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.workflows.all });
}

export function useCreateWorkflow() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (draft: { name: string; description: string; tags: string[] }) =>
      unwrap(api.POST("/api/v1/workflows", { body: { ...draft, graph: firstGraph } })),
    onSuccess: refresh,
  });
}

export function useUpdateWorkflow() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (change: {
      workflow: WorkflowSummary;
      name: string;
      description: string;
      tags: string[];
    }) => {
      const { workflow, ...body } = change;
      const params = { path: { workflow_id: workflow.id }, header: ifMatch(workflow.revision) };
      return unwrap(api.PATCH("/api/v1/workflows/{workflow_id}", { params, body }));
    },
    onSuccess: refresh,
  });
}

export function useDuplicateWorkflow() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (workflow: WorkflowSummary) =>
      unwrap(
        api.POST("/api/v1/workflows/{workflow_id}/duplicate", {
          params: { path: { workflow_id: workflow.id } },
        }),
      ),
    onSuccess: async (copy) => {
      await refresh();
      notify(`Duplicated as “${copy.name}”`);
    },
    onError: (error) => notifyError("Not duplicated", error),
  });
}

export function useDeleteWorkflow() {
  const refresh = useRefresh();
  const restore = useMutation({
    mutationFn: (workflow: WorkflowSummary) =>
      unwrap(
        api.POST("/api/v1/workflows/{workflow_id}/restore", {
          params: { path: { workflow_id: workflow.id } },
        }),
      ),
    onSuccess: async (workflow) => {
      await refresh();
      notify(`Restored “${workflow.name}”`);
    },
    onError: (error) => notifyError("Not restored", error),
  });
  return useMutation({
    mutationFn: (workflow: WorkflowSummary) =>
      unwrap(
        api.DELETE("/api/v1/workflows/{workflow_id}", {
          params: { path: { workflow_id: workflow.id }, header: ifMatch(workflow.revision) },
        }),
      ),
    onSuccess: async (_, workflow) => {
      await refresh();
      notify(`Deleted “${workflow.name}”`, () => restore.mutate(workflow));
    },
    onError: async (error, workflow) => {
      await refresh();
      notifyError(`“${workflow.name}” was not deleted`, error);
    },
  });
}

const contentTypes: Record<string, string> = {
  json: "application/json",
  yaml: "application/yaml",
  yml: "application/yaml",
};

export function useImportWorkflow() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async (file: File): Promise<ImportResult> => {
      const ending = file.name.split(".").at(-1)?.toLowerCase() ?? "";
      const headers = { "Content-Type": contentTypes[ending] ?? "text/plain" };
      const response = await request("/api/v1/workflows/import?format=auto", {
        method: "POST",
        headers,
        body: await file.text(),
      });
      return (await response.json()) as ImportResult;
    },
    onSuccess: refresh,
  });
}

/** A name that every file system takes. */
export function fileName(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[^\p{Letter}\p{Number}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .toLowerCase();
  return plain || "workflow";
}

export function useExportWorkflow() {
  return useMutation({
    mutationFn: async ({ workflow, format }: { workflow: WorkflowSummary; format: "yaml" | "json" }) => {
      const response = await request(`/api/v1/workflows/${workflow.id}/export?format=${format}`);
      saveFile(await response.blob(), `${fileName(workflow.name)}.${format}`);
    },
    onError: (error) => notifyError("Not exported", error),
  });
}
