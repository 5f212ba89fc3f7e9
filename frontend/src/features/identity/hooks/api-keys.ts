"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { keys } from "@/api/keys";
import type { ApiKey } from "@/api/types";
import { notify, notifyError } from "@/ui/toast";

export const scopes: readonly { value: string; label: string }[] = [
  { value: "workflows:read", label: "Read workflows" },
  { value: "workflows:write", label: "Change workflows" },
  { value: "workflows:run", label: "Run workflows" },
  { value: "executions:read", label: "Read executions" },
  { value: "executions:write", label: "Steer executions" },
  { value: "credentials:read", label: "See credentials' names" },
  { value: "credentials:write", label: "Change credentials" },
  { value: "models:read", label: "See models" },
  { value: "admin", label: "Administer the workspace" },
];

export function useApiKeys() {
  return useInfiniteQuery({
    queryKey: keys.apiKeys,
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/api-keys", { params: { query: { cursor: pageParam, limit: 100 } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useCreateApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; scopes: string[]; expires_at: string | null }) =>
      unwrap(api.POST("/api/v1/api-keys", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}

export function useRevokeApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: ApiKey) => unwrap(api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id } } })),
    onSuccess: async (_, { name }) => {
      await client.invalidateQueries({ queryKey: keys.apiKeys });
      notify(`API key “${name}” revoked`);
    },
    onError: (error) => notifyError("Not revoked", error),
  });
}
