"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { stream } from "@/api/client";
import { keys } from "@/api/keys";
import type { ExecutionEvent } from "@/api/types";
import type { ServerEvent } from "@/lib/sse";

const last = new Set(["execution.completed", "execution.failed", "execution.cancelled"]);
const detailEveryMs = 400;

export interface LiveEvents {
  /** In the order of their sequence, without gaps or doubles. */
  events: readonly ExecutionEvent[];
  /** Text that models are writing right now, by path. */
  texts: ReadonlyMap<string, string>;
  connection: "connecting" | "open" | "lost" | "ended";
  error: unknown;
}

const nothing: LiveEvents = { events: [], texts: new Map(), connection: "connecting", error: null };

export function readEvent(event: ServerEvent): ExecutionEvent | null {
  try {
    return JSON.parse(event.data) as ExecutionEvent;
  } catch {
    // A frame that is no JSON carries nothing that could be shown.
    return null;
  }
}

/** Gathers events between two frames of the screen, so that a burst is drawn once. */
class Gathering {
  private events: ExecutionEvent[] = [];
  private texts = new Map<string, string>();
  private sequence = 0;
  private frame: number | null = null;

  constructor(private readonly publish: (events: ExecutionEvent[], texts: Map<string, string>) => void) {}

  add(event: ExecutionEvent): void {
    const path = event.path ?? "";
    if (event.type === "node.delta") {
      const { text } = event.data;
      if (typeof text === "string") this.texts.set(path, (this.texts.get(path) ?? "") + text);
    } else {
      // A stream opened again may repeat what stood between two acknowledged frames.
      if (event.sequence <= this.sequence) return;
      this.sequence = event.sequence;
      this.events.push(event);
      this.texts.delete(path);
    }
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.publish([...this.events], new Map(this.texts));
    });
  }

  close(): void {
    if (this.frame !== null) cancelAnimationFrame(this.frame);
  }
}

/** An execution's events, from the first one on and then live; keeps the execution's own entry fresh. */
export function useExecutionEvents(id: string | null, enabled: boolean): LiveEvents {
  const client = useQueryClient();
  const [live, setLive] = useState(nothing);
  const refresh = useRef<ReturnType<typeof setTimeout> | null>(null);

  useEffect(() => {
    if (id === null || !enabled) return;
    const abort = new AbortController();
    const change = (next: Partial<LiveEvents>) => setLive((before) => ({ ...before, ...next }));
    const gathering = new Gathering((events, texts) => change({ events, texts }));
    setLive(nothing);

    function refreshDetail() {
      refresh.current ??= setTimeout(() => {
        refresh.current = null;
        void client.invalidateQueries({ queryKey: keys.executions.detail(id ?? "") });
        void client.invalidateQueries({ queryKey: [...keys.executions.all, "nodes", id] });
      }, detailEveryMs);
    }

    stream(`/api/v1/executions/${id}/events`, {
      signal: abort.signal,
      onConnection: (connection) => change({ connection }),
      isLast: ({ event }) => event !== undefined && last.has(event),
      onEvent: (message) => {
        const event = readEvent(message);
        if (event === null) return;
        gathering.add(event);
        if (event.type !== "node.delta") refreshDetail();
      },
    }).then(
      () => !abort.signal.aborted && change({ connection: "ended" }),
      (error: unknown) => !abort.signal.aborted && change({ connection: "ended", error }),
    );
    return () => {
      abort.abort();
      gathering.close();
      if (refresh.current !== null) clearTimeout(refresh.current);
      refresh.current = null;
    };
  }, [id, enabled, client]);

  return live;
}
