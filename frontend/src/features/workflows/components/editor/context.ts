"use client";

/** What all parts of one open editor share. */

import { createContext, useContext } from "react";
import { type StoreApi, useStore } from "zustand";
import type { OverlayStore } from "@/canvas/flow/overlay";
import type { GraphNode, JsonObject, NodeTypes } from "@/canvas/graph";
import type { NodeState, RunState } from "@/canvas/run";
import { stateOf } from "@/canvas/traces";
import type { Following } from "../../hooks/run";
import type { Autosave, SaveState } from "../../store/autosave";
import { type DraftValue, type EditorState, type EditorStore, singleSelected } from "../../store/editor";

export interface Editor {
  id: string;
  store: EditorStore;
  overlay: OverlayStore;
  types: NodeTypes;
  run: Following;
  autosave: Autosave<DraftValue>;
  /** A store of its own: it changes with every key stroke, and only its mark shows it. */
  save: StoreApi<{ state: SaveState }>;
  /** Saves the draft and runs it. Rejects with why it was refused. */
  start: (inputs: JsonObject) => Promise<void>;
  /** Opens the form for a run's inputs, or runs at once where there is nothing to ask. */
  askToRun: () => void;
  /** Runs one node alone on what the last run had upstream. */
  runNode: (node: string) => void;
}

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("This part of the editor stands outside of it.");
  return editor;
}

export function useDraft<T>(select: (state: EditorState) => T): T {
  return useStore(useEditor().store, select);
}

export function useSelectedNode(): GraphNode | null {
  return useDraft((state) => {
    const id = singleSelected(state);
    return state.graph.nodes.find((node) => node.id === id) ?? null;
  });
}

export function useRunState(): RunState {
  return useStore(useEditor().overlay, (overlay) => overlay.run);
}

export function useStateOf(node: string): NodeState | undefined {
  return useStore(useEditor().overlay, (overlay) => stateOf(overlay.run, node));
}
