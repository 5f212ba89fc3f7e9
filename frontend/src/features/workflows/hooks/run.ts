"use client";

/** Following a run on the canvas: events are gathered per frame and folded into the overlay. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { OverlayStore } from "@/canvas/flow/overlay";
import { foldEvents, NO_RUN, type RunEvent } from "@/canvas/run";
import { notifyError } from "@/ui/toast";
import { followRun } from "./draft";

export interface Following {
  /** The execution whose state is on the canvas. */
  execution: string | null;
  follow: (execution: string) => void;
  clear: () => void;
}

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

export function useRun(overlay: OverlayStore): Following {
  const [execution, setExecution] = useState<string | null>(null);
  const stop = useRef<AbortController | null>(null);

  const clear = useCallback(() => {
    stop.current?.abort();
    stop.current = null;
    setExecution(null);
    overlay.setState({ run: NO_RUN });
  }, [overlay]);

  const follow = useCallback(
    (id: string) => {
      stop.current?.abort();
      const control = new AbortController();
      stop.current = control;
      setExecution(id);
      overlay.setState({ run: { ...NO_RUN, status: "queued" } });
      const gathered = gather((events) => {
        if (!control.signal.aborted) overlay.setState(({ run }) => ({ run: foldEvents(run, events) }));
      });
      followRun(id, gathered.push, control.signal)
        .then(gathered.flush)
        .catch((error: unknown) => {
          if (!control.signal.aborted) notifyError("The run cannot be followed", error);
        });
    },
    [overlay],
  );
  useEffect(() => () => stop.current?.abort(), []);
  return useMemo(() => ({ execution, follow, clear }), [execution, follow, clear]);
}
