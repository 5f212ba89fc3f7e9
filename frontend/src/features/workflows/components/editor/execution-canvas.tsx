"use client";

/** A run, past or live, on the graph that it ran. Nothing can be changed here. */

import { useEffect, useMemo } from "react";
import { FlowCanvas } from "@/canvas/flow/flow-canvas";
import { createOverlay } from "@/canvas/flow/overlay";
import { foldEvents, NO_RUN, nodeOf, type RunEvent } from "@/canvas/run";
import { fromSnapshot } from "@/canvas/snapshot";
import { ErrorState } from "@/ui/error-state";
import { Skeleton } from "@/ui/skeleton";
import type { ExecutionCanvasProps } from "../../editor-contract";
import { followRun, useNodeTypes } from "../../hooks/draft";

/** Longer runs are shown by their snapshot and what follows it, without what is inside of containers. */
const MOST_EVENTS = 20_000;

export function ExecutionCanvas({ graph, execution, selected, onSelect }: ExecutionCanvasProps) {
  const types = useNodeTypes();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer snapshot of the same run is folded, not begun anew
  const overlay = useMemo(() => createOverlay(fromSnapshot(execution)), [execution.id]);
  const selection = useMemo(() => new Set(selected ? [nodeOf(selected)] : []), [selected]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the first snapshot says from where to follow
  useEffect(() => {
    const control = new AbortController();
    const long = execution.last_sequence > MOST_EVENTS;
    let folded = long ? { ...fromSnapshot(execution), sequence: execution.last_sequence } : NO_RUN;
    let waiting: RunEvent[] = [];
    let frame = 0;
    const show = () => {
      frame = 0;
      folded = foldEvents(folded, waiting);
      waiting = [];
      // Until the events have caught up, the snapshot tells more.
      if (folded.sequence >= execution.last_sequence) overlay.setState({ run: folded });
    };
    const take = (event: RunEvent) => {
      waiting.push(event);
      if (frame === 0) frame = requestAnimationFrame(show);
    };
    followRun(execution.id, take, control.signal, long ? { after: execution.last_sequence } : {}).then(
      show,
      () => undefined,
    );
    return () => {
      control.abort();
      cancelAnimationFrame(frame);
    };
  }, [execution.id, overlay]);

  if (types.isError) {
    return (
      <ErrorState title="The node types cannot be loaded" error={types.error} retry={() => types.refetch()} />
    );
  }
  if (!types.data) return <Skeleton className="h-full w-full rounded-none" />;
  return (
    <FlowCanvas
      graph={graph}
      types={types.data}
      overlay={overlay}
      selection={selection}
      onNodeClick={(id) => onSelect?.(id === null ? null : (overlay.getState().run.latest[id] ?? id))}
      label="The run on its graph"
    />
  );
}
