"use client";

/** Following a run on the canvas: events are gathered per frame and folded into the overlay. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { OverlayStore } from "@/canvas/flow/overlay";
import { ENDED, foldEvents, NO_RUN, type RunEvent } from "@/canvas/run";
import { notifyError } from "@/ui/toast";
import { followRun, latestRun } from "./draft";

export interface Following {
  /** The execution whose state is on the canvas. */
  execution: string | null;
  /** Whether the connection to a live run is lost, and tried again. */
  lost: boolean;
  follow: (execution: string) => void;
  clear: () => void;
  /** Puts the workflow's latest run on the canvas where no run has been there yet. */
  recall: () => void;
  recalled: Recalled;
}

/** What became of asking for the latest run. */
export type Recalled = "unasked" | "asking" | "nothing" | "failed" | "found";

/** Calls `take` with what came in since the last frame (or, in a hidden tab, at once). */
function gather(take: (events: RunEvent[]) => void): { push: (event: RunEvent) => void; flush: () => void } {
  let waiting: RunEvent[] = [];
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    take(events);
  };
  return {
    flush,
    push: (event) => {
      waiting.push(event);
      if (document.hidden) flush();
      else if (!scheduled) {
        scheduled = true;
        requestAnimationFrame(flush);
      }
    },
  };
}

export function useRun(overlay: OverlayStore, workflow: string): Following {
  const [execution, setExecution] = useState<string | null>(null);
  const [lost, setLost] = useState(false);
  const [recalled, setRecalled] = useState<Recalled>("unasked");
  const stop = useRef<AbortController | null>(null);
  // A run that was picked, started or closed by hand comes before the latest one.
  const decided = useRef(false);

  const clear = useCallback(() => {
    decided.current = true;
    stop.current?.abort();
    stop.current = null;
    setExecution(null);
    overlay.setState({ run: NO_RUN });
  }, [overlay]);

  const follow = useCallback(
    (id: string) => {
      decided.current = true;
      stop.current?.abort();
      const control = new AbortController();
      stop.current = control;
      setExecution(id);
      setLost(false);
      overlay.setState({ run: { ...NO_RUN, status: "queued" } });
      const gathered = gather((events) => {
        if (!control.signal.aborted) overlay.setState(({ run }) => ({ run: foldEvents(run, events) }));
      });
      const connected = (state: "open" | "lost") => {
        if (!control.signal.aborted) setLost(state === "lost");
      };
      followRun(id, gathered.push, control.signal, { onConnection: connected })
        .then(gathered.flush)
        .catch((error: unknown) => {
          if (!control.signal.aborted) notifyError("The run cannot be followed", error);
        });
    },
    [overlay],
  );
  const asked = useRef(false);
  const gone = useRef(false);
  const recall = useCallback(() => {
    if (asked.current || decided.current) return;
    asked.current = true;
    setRecalled("asking");
    latestRun(workflow)
      .then((latest) => {
        if (latest !== null && !decided.current && !gone.current) follow(latest.id);
        setRecalled(latest === null ? "nothing" : "found");
      })
      .catch(() => setRecalled("failed"));
  }, [workflow, follow]);
  // A draft that was left, or loaded again, in the middle of its run shows how that goes on.
  useEffect(() => {
    let away = false;
    latestRun(workflow)
      .then((latest) => {
        const live = latest !== null && latest.version === "draft" && !ENDED.has(latest.status);
        if (live && !decided.current && !away) follow(latest.id);
      })
      // The history tells of it too.
      .catch(() => undefined);
    return () => {
      away = true;
    };
  }, [workflow, follow]);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      stop.current?.abort();
    };
  }, []);
  return useMemo(
    () => ({ execution, lost, follow, clear, recall, recalled }),
    [execution, lost, follow, clear, recall, recalled],
  );
}
