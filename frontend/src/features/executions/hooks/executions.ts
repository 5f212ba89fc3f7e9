"use client";

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { api, unwrap } from "@/api/client";
import { type ExecutionFilter, keys } from "@/api/keys";
import type { ExecutionStatus } from "@/api/types";
import { notify, notifyError } from "@/ui/toast";

const ended = new Set<ExecutionStatus>(["completed", "failed", "cancelled"]);

export function hasEnded(status: ExecutionStatus): boolean {
  return ended.has(status);
}

/** The pages of the list so far, latest first; asked again faster while something in it moves. */
export function useExecutions(filter: ExecutionFilter) {
  const { status } = filter;
  return useInfiniteQuery({
    queryKey: keys.executions.list(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/executions", {
          params: { query: { ...filter, status: status && [status], cursor: pageParam, limit: 50 } },
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
    queryFn: () =>
      unwrap(api.GET("/api/v1/executions/{execution_id}", { params: { path: { execution_id: id ?? "" } } })),
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
        api.GET("/api/v1/executions/{execution_id}/nodes", {
          params: {
            path: { execution_id: id },
            query: { under: under ?? "", cursor: pageParam, limit: 200 },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: under !== null,
  });
}

/** The graph that the execution runs on, as it was when the run was accepted. */
export function useExecutionGraph(id: string) {
  return useQuery({
    queryKey: keys.executions.graph(id),
    queryFn: async () => {
      const params = { path: { execution_id: id } };
      return (await unwrap(api.GET("/api/v1/executions/{execution_id}/graph", { params }))).graph;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useCancelExecution(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/executions/{execution_id}/cancel", { params: { path: { execution_id: id } } }),
      ),
    onSuccess: () => {
      notify("Cancelling");
      return client.invalidateQueries({ queryKey: keys.executions.all });
    },
    onError: (error) => notifyError("Could not cancel the execution", error),
  });
}

export function useRetryExecution(id: string) {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/executions/{execution_id}/retry", {
          params: { path: { execution_id: id } },
          body: {},
        }),
      ),
    onSuccess: ({ execution }) => {
      notify("Retrying in a new execution");
      void client.invalidateQueries({ queryKey: keys.executions.all });
      router.push(`/executions/${execution.id}`);
    },
    onError: (error) => notifyError("Not retried", error),
  });
}
