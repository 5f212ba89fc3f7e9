"use client";

import { useNow } from "@/lib/browser";
import { formatDateTime, formatRelative } from "@/lib/format";

/** A time as people say it, with the exact one on hover. */
export function Time({ at }: { at: string | null | undefined }) {
  const now = useNow(30_000);
  if (!at) return <span className="text-muted-foreground">–</span>;
  return (
    <time dateTime={at} title={formatDateTime(at)} className="whitespace-nowrap" suppressHydrationWarning>
      {formatRelative(at, now)}
    </time>
  );
}
