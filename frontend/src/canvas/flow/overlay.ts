/** What is drawn over the graph: a run's state and the validation's problems. Nodes select their own part. */

import { createContext, useContext } from "react";
import { createStore, type StoreApi, useStore } from "zustand";
import type { GraphEdge, NodeTypes } from "../graph";
import { NO_RUN, type NodeState, type RunState } from "../run";
import { type EdgeState, edgeState, stateOf } from "../traces";

export interface Problem {
  severity: "error" | "warning";
  code: string;
  message: string;
  /** JSON pointer below the node: `/config/url`. */
  field: string;
  suggestion?: string | null;
}

export interface Overlay {
  run: RunState;
  problems: ReadonlyMap<string, readonly Problem[]>;
}

export type OverlayStore = StoreApi<Overlay>;

export function createOverlay(run: RunState = NO_RUN): OverlayStore {
  return createStore<Overlay>(() => ({ run, problems: new Map() }));
}

export interface CanvasSurroundings {
  overlay: OverlayStore;
  types: NodeTypes;
  readOnly: boolean;
  /** Opens the search for a node to put on this edge. */
  insertOn?: (edge: GraphEdge) => void;
  /** Opens the search for a node to put behind this port. */
  addBehind?: (node: string, port: string) => void;
}

export const CanvasContext = createContext<CanvasSurroundings | null>(null);

export function useCanvas(): CanvasSurroundings {
  const canvas = useContext(CanvasContext);
  if (!canvas) throw new Error("This part of the canvas stands outside of it.");
  return canvas;
}

export function useNodeState(id: string): NodeState | undefined {
  return useStore(useCanvas().overlay, (overlay) => stateOf(overlay.run, id));
}

const NONE: readonly Problem[] = [];

export function useProblems(id: string): readonly Problem[] {
  return useStore(useCanvas().overlay, (overlay) => overlay.problems.get(id) ?? NONE);
}

export function useEdgeState(edge: GraphEdge): EdgeState {
  return useStore(useCanvas().overlay, ({ run }) =>
    edgeState(edge, stateOf(run, edge.source), stateOf(run, edge.target)),
  );
}
