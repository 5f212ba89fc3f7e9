"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { api, unwrap } from "@/api/client";
import { keys } from "@/api/keys";
import { ApiError } from "@/api/problem";
import { csrfToken } from "@/api/session";
import type { AuthStatus, Me } from "@/api/types";
import { notifyError } from "@/ui/toast";

/** Who is signed in; null when nobody is. */
export function useMe() {
  return useQuery({
    queryKey: keys.auth.me,
    queryFn: async (): Promise<Me | null> => {
      // Its cookie lives as long as the session: without it there is nobody to ask for.
      if (csrfToken() === null) return null;
      try {
        return await unwrap(api.GET("/api/v1/auth/me"));
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

/** Whether the first owner is still to be made. */
export function useAuthStatus(enabled = true) {
  return useQuery({
    queryKey: keys.auth.status,
    queryFn: (): Promise<AuthStatus> => unwrap(api.GET("/api/v1/auth/status")),
    enabled,
    staleTime: 0,
  });
}

/** Where to go after signing in: only an address of this app, never one of another origin. */
export function destination(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "";
  return /^\/(?![/\\])/.test(next) && !/^\/(login|setup)\b/.test(next) ? next : "/workflows";
}

/** Starts the session in this tab: what another person may have read before is forgotten. */
export function useEnter() {
  const client = useQueryClient();
  const router = useRouter();
  return () => {
    client.clear();
    router.replace(destination(location.search));
  };
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/auth/logout")),
    onSuccess: () => {
      client.clear();
      location.assign("/login");
    },
    onError: (error) => notifyError("You are still signed in", error),
  });
}
