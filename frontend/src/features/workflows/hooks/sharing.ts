"use client";

/** Public links: made and ended in the editor, read by anybody who has one. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { keys } from "@/api/keys";
import { ApiError } from "@/api/problem";
import type { Share } from "@/api/types";
import { notify, notifyError } from "@/ui/toast";

/** The workflow's link; null while it is not shared. */
export function useShare(id: string) {
  return useQuery({
    queryKey: keys.workflows.share(id),
    queryFn: async (): Promise<Share | null> => {
      try {
        return await unwrap(
          api.GET("/api/v1/workflows/{workflow_id}/share", { params: { path: { workflow_id: id } } }),
        );
      } catch (error) {
        if (error instanceof ApiError && error.code === "not_shared") return null;
        throw error;
      }
    },
    staleTime: 0,
  });
}

export function useStartSharing(id: string, ready: () => Promise<boolean>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      if (!(await ready())) throw new Error("The draft is not saved yet.");
      return unwrap(
        api.POST("/api/v1/workflows/{workflow_id}/share", { params: { path: { workflow_id: id } } }),
      );
    },
    onSuccess: (share) => client.setQueryData(keys.workflows.share(id), share),
    onError: (error) => notifyError("Not shared", error),
  });
}

export function useStopSharing(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(api.DELETE("/api/v1/workflows/{workflow_id}/share", { params: { path: { workflow_id: id } } })),
    onSuccess: () => {
      client.setQueryData(keys.workflows.share(id), null);
      notify("No longer shared");
    },
    onError: (error) => notifyError("Still shared", error),
  });
}

/** What a link shows; null where it leads nowhere any more. */
export function useShared(token: string) {
  return useQuery({
    queryKey: keys.shared(token),
    queryFn: async ({ signal }) => {
      try {
        return await unwrap(api.GET("/api/v1/shared/{token}", { params: { path: { token } }, signal }));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    enabled: token !== "",
  });
}
