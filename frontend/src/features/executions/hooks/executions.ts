"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { api, unwrap } from "@/api/client";
import { type ExecutionFilter, keys } from "@/api/keys";
import type { Execution, ExecutionStatus } from "@/api/types";
import { notify, notifyError } from "@/ui/toast";

const ended = new Set<ExecutionStatus>(["completed", "failed", "cancelled"]);

export function hasEnded(status: ExecutionStatus): boolean {
  return ended.has(status);
}

/** The pages of the list so far, latest first; asked again faster while something in it moves. */
export function useExecutions(filter: ExecutionFilter) {
  return useInfiniteQuery({
    queryKey: keys.executions.list(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/executions", {
          params: { query: { ...filter, cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => {
      const moving = state.data?.pages.some((page) =>
        page.items.some(({ status }) => status === "running" || status === "queued"),
      );
      return moving ? 2_000 : 8_000;
    },
  });
}

export function useExecution(id: string | null) {
  return useQuery({
    queryKey: keys.executions.detail(id ?? ""),
    queryFn: () => unwrap(api.GET("/api/v1/executions/{id}", { params: { path: { id: id ?? "" } } })),
    enabled: id !== null,
    // The event stream asks for it too; this is for when the stream is cut off.
    refetchInterval: ({ state }) => (state.data && !hasEnded(state.data.status) ? 5_000 : false),
  });
}

/** What ran inside a container, in the order of first events. */
export function useNodesUnder(id: string, under: string | null) {
  return useInfiniteQuery({
    queryKey: keys.executions.nodes(id, under ?? ""),
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/executions/{id}/nodes", {
          params: { path: { id }, query: { under: under ?? "", cursor: pageParam, limit: 200 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: under !== null,
  });
}

/** The graph that the execution ran: its version's, or the draft as it is now. */
export function useExecutionGraph(execution: Execution | undefined) {
  const id = execution?.workflow_id ?? "";
  const version = execution?.version;
  return useQuery({
    queryKey:
      typeof version === "number"
        ? keys.workflows.version(id, version)
        : [...keys.workflows.detail(id), "graph"],
    queryFn: async () => {
      if (typeof version !== "number") {
        return (await unwrap(api.GET("/api/v1/workflows/{id}", { params: { path: { id } } }))).graph;
      }
      const params = { path: { id, version } };
      return (await unwrap(api.GET("/api/v1/workflows/{id}/versions/{version}", { params }))).graph;
    },
    enabled: id !== "",
    staleTime: typeof version === "number" ? Number.POSITIVE_INFINITY : 10_000,
  });
}

type Action = "cancel" | "pause" | "resume";

export function useExecutionAction(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: Action) => {
      const params = { path: { id } };
      if (action === "cancel") return unwrap(api.POST("/api/v1/executions/{id}/cancel", { params }));
      if (action === "pause") return unwrap(api.POST("/api/v1/executions/{id}/pause", { params }));
      return unwrap(api.POST("/api/v1/executions/{id}/resume", { params }));
    },
    onSuccess: (_, action) => {
      notify({ cancel: "Cancelling", pause: "Pausing", resume: "Resumed" }[action]);
      return client.invalidateQueries({ queryKey: keys.executions.all });
    },
    onError: (error, action) => notifyError(`Could not ${action} the execution`, error),
  });
}

export function useRetryExecution(id: string) {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () =>
      unwrap(api.POST("/api/v1/executions/{id}/retry", { params: { path: { id } }, body: {} })),
    onSuccess: ({ execution }) => {
      notify("Retrying in a new execution");
      void client.invalidateQueries({ queryKey: keys.executions.all });
      router.push(`/executions/${execution.id}`);
    },
    onError: (error) => notifyError("Not retried", error),
  });
}

export function useDeleteExecution(id: string) {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/executions/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      notify("Execution deleted");
      router.push("/executions");
      void client.invalidateQueries({ queryKey: [...keys.executions.all, "list"] });
    },
    onError: (error) => notifyError("Not deleted", error),
  });
}

export function useDecision(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, decision }: { path: string; decision: "approved" | "rejected" }) =>
      unwrap(
        api.POST("/api/v1/executions/{id}/signals/{path}", {
          params: { path: { id, path } },
          body: { decision },
        }),
      ),
    onSuccess: (_, { decision }) => {
      notify(decision === "approved" ? "Approved" : "Rejected");
      return client.invalidateQueries({ queryKey: keys.executions.detail(id) });
    },
    onError: (error) => notifyError("The decision was not taken", error),
  });
}
