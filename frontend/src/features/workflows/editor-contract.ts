/** What the pages expect of the canvas package `features/workflows/components/editor`. */
import type { Execution, Graph } from "@/api/types";

/** The default export: the whole editor of one workflow, remounted for another id. */
export interface WorkflowEditorProps {
  id: string;
}

/** The named export `ExecutionCanvas`: a run on the graph it ran, read-only, filling its parent. */
export interface ExecutionCanvasProps {
  execution: Execution;
  graph: Graph;
  /** The path of the node whose details stand beside the canvas. */
  selected?: string | null;
  /** A node was clicked (its path), or the empty canvas (null). */
  onSelect?: (path: string | null) => void;
}
