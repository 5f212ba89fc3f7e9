"use client";

import { Hourglass } from "lucide-react";
import type { Execution } from "@/api/types";
import { Time } from "@/ui/time";

/** What the run waits for. */
export function WaitingList({ execution }: { execution: Execution }) {
  if (execution.waiting_for.length === 0) return null;
  return (
    <ul className="flex flex-col divide-y border-b bg-warning-soft/50">
      {execution.waiting_for.map(({ path, kind, until, message }) => (
        <li key={path} className="flex flex-wrap items-center gap-2 px-4 py-2 text-sm">
          <Hourglass aria-hidden className="size-4 text-warning" />
          <span className="font-medium">{path}</span>
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            {message || `Waits: ${kind}`}
            {until && (
              <>
                {" "}
                (<Time at={until} />)
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
