"use client";

import { useNow } from "@/lib/browser";
import { elapsed, formatDuration } from "@/lib/format";

/** How long something took, or takes already while `live`. */
export function Elapsed({ from, to, live }: { from: string | null; to: string | null; live: boolean }) {
  const now = useNow(live && from !== null ? 1_000 : null);
  if (!live && to === null) return <span className="text-muted-foreground">–</span>;
  return <span className="whitespace-nowrap tabular-nums">{formatDuration(elapsed(from, to, now))}</span>;
}
