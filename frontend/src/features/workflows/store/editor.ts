/** The draft under the editor's hands: graph and name with undo, and what is selected. */

import { type TemporalState, temporal } from "zundo";
import { createStore, type StoreApi } from "zustand";
import { edgeId, type Graph, type GraphEdge, type Position } from "@/canvas/graph";
import { renameBetween } from "@/canvas/rename";
import type { Autosave } from "./autosave";

/** What the search for a node will do with the type that is picked. */
export type Picking =
  | { kind: "add"; at: Position | null }
  | { kind: "behind"; source: { id: string; port: string }; at: Position | null }
  | { kind: "insert"; edge: GraphEdge };

export interface EditorState {
  graph: Graph;
  name: string;
  selection: ReadonlySet<string>;
  edgeSelection: ReadonlySet<string>;
  /** The node that has another id since the graph's last change. */
  renamed: { from: string; to: string } | null;
  picking: Picking | null;
  /** How often all nodes were arranged: the canvas then shows the whole. */
  arranged: number;
  /** Changes of the same key within a second are one step of undo: typing in one field. */
  edit: (graph: Graph, key?: string) => void;
  rename: (name: string) => void;
  select: (nodes: ReadonlySet<string>, edges?: ReadonlySet<string>) => void;
  pick: (picking: Picking | null) => void;
  arrange: (graph: Graph) => void;
  /** The draft as another window saved it. */
  replace: (draft: { graph: Graph; name: string }) => void;
}

export type DraftValue = Pick<EditorState, "graph" | "name">;
export type EditorStore = StoreApi<EditorState> & { temporal: StoreApi<TemporalState<DraftValue>> };

const TOGETHER_MS = 1000;
const NONE: ReadonlySet<string> = new Set();

export function createEditor(
  draft: { graph: Graph; name: string },
  now: () => number = Date.now,
): EditorStore {
  let last = { key: "", at: 0 };

  const store: EditorStore = createStore<EditorState>()(
    temporal(
      (set) => {
        function change(next: Partial<DraftValue>, key: string | undefined): void {
          const time = now();
          const together = key !== undefined && key === last.key && time - last.at < TOGETHER_MS;
          last = { key: key ?? "", at: time };
          const history = store.temporal.getState();
          const tracking = history.isTracking;
          if (together) history.pause();
          set(next);
          if (together && tracking) history.resume();
        }
        return {
          graph: draft.graph,
          name: draft.name,
          selection: NONE,
          edgeSelection: NONE,
          renamed: null,
          picking: null,
          arranged: 0,
          edit: (graph, key) => change({ graph }, key),
          rename: (name) => change({ name }, "workflow name"),
          select: (selection, edgeSelection = NONE) =>
            set(({ graph }) => chosenIn(graph, { selection, edgeSelection })),
          pick: (picking) => set({ picking }),
          arrange: (graph) => {
            change({ graph }, undefined);
            set(({ arranged }) => ({ arranged: arranged + 1 }));
          },
          replace: ({ graph, name }) => {
            last = { key: "", at: 0 };
            set((now) => ({ graph, name, ...chosenIn(graph, now) }));
          },
        };
      },
      {
        limit: 200,
        partialize: ({ graph, name }): DraftValue => ({ graph, name }),
        equality: (past, current) => past.graph === current.graph && past.name === current.name,
      },
    ),
  );
  store.temporal.subscribe((state, before) => {
    // After an undo the next key stroke begins a step of its own.
    if (state.futureStates.length > before.futureStates.length) last = { key: "", at: 0 };
  });
  // Undo, too, takes away what is selected, and renames it; the canvas deselects only what it draws.
  store.subscribe((state, before) => {
    if (state.graph === before.graph) return;
    const renamed = renameBetween(before.graph, state.graph);
    const chosen = renamed ? { ...state, selection: followed(state.selection, renamed) } : state;
    const { selection, edgeSelection } = chosenIn(state.graph, chosen);
    if (renamed || state.renamed || selection !== state.selection || edgeSelection !== state.edgeSelection)
      store.setState({ selection, edgeSelection, renamed });
  });
  return store;
}

type Chosen = Pick<EditorState, "selection" | "edgeSelection">;

/** The selection without what the graph does not have: the same sets where it has all of it. */
function chosenIn(graph: Graph, { selection, edgeSelection }: Chosen): Chosen {
  return {
    selection: kept(
      selection,
      graph.nodes.map(({ id }) => id),
    ),
    edgeSelection: kept(edgeSelection, graph.edges.map(edgeId)),
  };
}

function followed(ids: ReadonlySet<string>, { from, to }: { from: string; to: string }): ReadonlySet<string> {
  return ids.has(from) ? new Set([...ids].map((id) => (id === from ? to : id))) : ids;
}

function kept(ids: ReadonlySet<string>, there: readonly string[]): ReadonlySet<string> {
  if (ids.size === 0) return ids;
  const left = new Set(there.filter((id) => ids.has(id)));
  return left.size === ids.size ? ids : left;
}

/** Gives every change of the draft to the autosave, undo and redo too. While the name is empty, the last one is kept. */
export function saveChanges(store: EditorStore, autosave: Autosave<DraftValue>): () => void {
  let { name } = store.getState();
  return store.subscribe((state, before) => {
    if (state.graph === before.graph && state.name === before.name) return;
    if (state.name.trim() !== "") name = state.name;
    autosave.change({ graph: state.graph, name });
  });
}

/** The only selected node, or null. */
export function singleSelected(state: EditorState): string | null {
  if (state.selection.size !== 1) return null;
  const [id] = state.selection;
  return id !== undefined && state.graph.nodes.some((node) => node.id === id) ? id : null;
}
