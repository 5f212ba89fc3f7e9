"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { keys } from "@/api/keys";
import type { TemplateSummary } from "@/api/types";
import { notifyError } from "@/ui/toast";

/** The templates in which every word of `q` is found, the best first. */
export function useTemplates(q: string) {
  return useQuery({
    queryKey: keys.templates(q),
    queryFn: async ({ signal }) => {
      const query = { q: q || undefined, limit: 200 };
      return (await unwrap(api.GET("/api/v1/templates", { params: { query }, signal }))).items;
    },
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Makes a workflow of a template, under the template's name. */
export function useBeginWithTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (template: TemplateSummary) =>
      unwrap(api.POST("/api/v1/workflows", { body: { name: template.name, template: template.id } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.workflows.all }),
    onError: (error) => notifyError("The workflow was not made", error),
  });
}
