"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { ExecutionEvent } from "@/api/types";
import { cn } from "@/lib/classes";
import { formatDuration, formatNumber, formatPreview, plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { RunValue } from "./run-value";

const step = 300;

export interface EventListProps {
  events: readonly ExecutionEvent[];
  /** Times are told from here on. */
  startedAt: string;
  executionId: string;
}

/** Events in order; each opens to its data. Of many the latest are drawn first. */
export function EventList({ events, startedAt, executionId }: EventListProps) {
  const [shown, setShown] = useState(step);
  const start = Date.parse(startedAt);
  const hidden = Math.max(0, events.length - shown);
  if (events.length === 0) return <p className="p-3 text-sm text-muted-foreground">No events yet.</p>;
  return (
    <div className="h-full overflow-y-auto">
      {hidden > 0 && (
        <Button variant="link" className="m-2 px-2" onClick={() => setShown(shown + step)}>
          Show {plural(Math.min(step, hidden), "earlier one", "earlier")}
          {hidden > step && ` of ${formatNumber(hidden)}`}
        </Button>
      )}
      <ol className="divide-y">
        {events.slice(hidden).map((event) => (
          <EventRow
            key={event.sequence}
            event={event}
            afterMs={Date.parse(event.at) - start}
            executionId={executionId}
          />
        ))}
      </ol>
    </div>
  );
}

interface EventRowProps {
  event: ExecutionEvent;
  afterMs: number;
  executionId: string;
}

function tone(type: string): string {
  if (type.endsWith(".failed")) return "text-danger";
  if (type.endsWith(".completed") || type.endsWith(".reused")) return "text-success";
  if (/\.(waiting|retrying|paused|pause_requested|cancel_requested)$/.test(type)) return "text-warning";
  if (type.endsWith(".started") || type.endsWith(".resumed")) return "text-accent";
  return "text-muted-foreground";
}

function EventRow({ event, afterMs, executionId }: EventRowProps) {
  const [open, setOpen] = useState(false);
  return (
    <li className="[contain-intrinsic-size:auto_2rem] [content-visibility:auto]">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex min-h-8 w-full items-center gap-2 px-2 text-left text-xs -outline-offset-2 hover:bg-hover"
      >
        <ChevronRight
          aria-hidden
          className={cn("size-4 shrink-0 transition-transform", open && "rotate-90")}
        />
        <span className="w-8 shrink-0 text-right text-muted-foreground tabular-nums">{event.sequence}</span>
        <span className="w-16 shrink-0 text-right text-muted-foreground tabular-nums">
          +{formatDuration(Math.max(0, afterMs))}
        </span>
        <span className={cn("shrink-0 font-medium", tone(event.type))}>{event.type}</span>
        {event.path && <code className="max-w-40 shrink-0 truncate font-mono">{event.path}</code>}
        <span className="min-w-0 truncate text-muted-foreground">{formatPreview(event.data, 120)}</span>
      </button>
      {open && (
        <div className="px-3 pb-3 pl-8">
          <RunValue executionId={executionId} value={event.data} />
        </div>
      )}
    </li>
  );
}
