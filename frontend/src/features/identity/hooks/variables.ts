"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { keys } from "@/api/keys";
import type { Variable } from "@/api/types";
import { notify, notifyError } from "@/ui/toast";

export function useVariables() {
  return useInfiniteQuery({
    queryKey: keys.variables,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/variables", { params: { query: { cursor: pageParam, limit: 100 } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.variables });
}

/** Makes a variable, or gives the one with `id` another value. */
export function useSaveVariable() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, name, value }: { id?: string; name: string; value: unknown }) =>
      id === undefined
        ? unwrap(api.POST("/api/v1/variables", { body: { name, value } }))
        : unwrap(api.PATCH("/api/v1/variables/{id}", { params: { path: { id } }, body: { value } })),
    onSuccess: async ({ name }) => {
      await refresh();
      notify(`Variable “${name}” saved`);
    },
  });
}

export function useDeleteVariable() {
  const refresh = useRefresh();
  const bringBack = useSaveVariable();
  return useMutation({
    mutationFn: ({ id }: Variable) =>
      unwrap(api.DELETE("/api/v1/variables/{id}", { params: { path: { id } } })),
    onSuccess: async (_, { name, value }) => {
      await refresh();
      notify(`Variable “${name}” deleted`, () => bringBack.mutate({ name, value }));
    },
    onError: (error) => notifyError("Not deleted", error),
  });
}

/** What was typed as a value: JSON where it reads as JSON, else text. */
export function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Plain text is a value too.
    return text;
  }
}

/** A value as it can be typed again: `readValue(showValue(x))` is `x`. */
export function showValue(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  return readValue(value) === value ? value : JSON.stringify(value);
}
