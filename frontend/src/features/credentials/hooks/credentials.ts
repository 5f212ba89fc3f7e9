"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { keys } from "@/api/keys";
import type { Credential } from "@/api/types";
import { notify, notifyError } from "@/ui/toast";

export function useCredentials() {
  return useInfiniteQuery({
    queryKey: keys.credentials.list,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/credentials", { params: { query: { cursor: pageParam, limit: 100 } }, signal }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export interface CredentialDraft {
  name: string;
  type: string;
  data: Record<string, string>;
  allowed_hosts?: string[];
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.credentials.all });
}

export function useCreateCredential() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: CredentialDraft) => unwrap(api.POST("/api/v1/credentials", { body })),
    onSuccess: async ({ name }) => {
      await refresh();
      notify(`Credential “${name}” is kept`);
    },
  });
}

export function useTestCredential() {
  return useMutation({
    mutationFn: ({ id }: Credential) =>
      unwrap(
        api.POST("/api/v1/credentials/{credential_id}/test", { params: { path: { credential_id: id } } }),
      ),
    onSuccess: ({ ok, message }, { name }) => {
      if (ok) notify(`“${name}”: ${message}`);
      else notifyError(`“${name}” did not work`, new Error(message));
    },
    onError: (error, { name }) => notifyError(`“${name}” could not be tested`, error),
  });
}

export function useDeleteCredential() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id }: Credential) =>
      unwrap(api.DELETE("/api/v1/credentials/{credential_id}", { params: { path: { credential_id: id } } })),
    onSuccess: async (_, { name }) => {
      await refresh();
      notify(`Credential “${name}” deleted`);
    },
    onError: (error) => notifyError("Not deleted", error),
  });
}
