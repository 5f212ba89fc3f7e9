"use client";

import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/client";
import { keys } from "@/api/keys";
import type { Blob } from "@/api/types";
import { formatBytes } from "@/lib/format";
import { Button } from "@/ui/button";
import { notifyError } from "@/ui/toast";
import { ValueView } from "@/ui/value-view";

export function isBlob(value: unknown): value is Blob {
  return typeof value === "object" && value !== null && "$blob" in value && typeof value.$blob === "string";
}

/** A value of a run: as it is, or its preview with the way to the whole of it when it is large. */
export function RunValue({ executionId, value }: { executionId: string; value: unknown }) {
  const blob = isBlob(value) ? value : null;
  const sha = blob?.$blob ?? "";
  const whole = useQuery({
    queryKey: keys.executions.blob(executionId, sha),
    queryFn: async (): Promise<unknown> =>
      (await request(`/api/v1/executions/${executionId}/blobs/${sha}`)).json(),
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!blob) return <ValueView value={value} />;
  if (whole.isSuccess) return <ValueView value={whole.data} />;

  async function load() {
    const { error } = await whole.refetch();
    if (error) notifyError("The value could not be loaded", error);
  }

  return (
    <div className="flex flex-col items-start gap-2">
      <Button size="sm" onClick={load} busy={whole.isFetching}>
        Load all of it ({formatBytes(blob.size)})
      </Button>
      <pre className="max-w-full font-mono text-xs whitespace-pre-wrap text-muted-foreground [overflow-wrap:anywhere]">
        {typeof blob.preview === "string" ? blob.preview : JSON.stringify(blob.preview, null, 2)}…
      </pre>
    </div>
  );
}
