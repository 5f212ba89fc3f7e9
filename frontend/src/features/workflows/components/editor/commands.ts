"use client";

/** The editor's commands: pure graph operations applied to the open draft. */

import { useMemo } from "react";
import { copy, duplicate, parseClip, paste } from "@/canvas/clipboard";
import { connect, disconnect, refusal } from "@/canvas/connect";
import {
  addAfter,
  addNode,
  addProblem,
  deleteNodes,
  insertOnEdge,
  moveNodes,
  reparentProblem,
  toggleDisabled,
} from "@/canvas/edit";
import type { CanvasActions } from "@/canvas/flow/flow-canvas";
import { absolutePosition, containerAt, NODE_WIDTH, sizesOf } from "@/canvas/geometry";
import {
  edgeId,
  type Graph,
  type GraphNode,
  type NodeTypes,
  nodeById,
  type Position,
  parentOf,
  positionOf,
} from "@/canvas/graph";
import { layout } from "@/canvas/layout";
import { typePorts, usedPorts } from "@/canvas/ports";
import { notify, notifyError } from "@/ui/toast";
import { type EditorStore, singleSelected } from "../../store/editor";

export interface Commands {
  canvas: CanvasActions;
  /** Puts a node of the type where the open search was asked from. */
  place: (type: string) => void;
  addAt: (type: string, at: Position | null) => void;
  /** Puts a node of the type behind the selected one, at its first free port; else beside what is there. */
  addFromPalette: (type: string) => void;
  /** Connects the port that the open search was asked from with a node that is there. */
  connectTo: (target: string) => void;
  /** Opens the search for what comes behind the selected node. */
  askBehindSelected: () => void;
  deleteSelected: () => void;
  duplicateSelected: () => void;
  disableSelected: () => void;
  copySelected: () => string | null;
  pasteText: (text: string, at: Position | null) => boolean;
  selectAll: () => void;
  arrange: () => Promise<void>;
  undo: () => void;
  redo: () => void;
}

const refuse = (reason: string) => notifyError("Not possible here", new Error(reason));

/** Where a node goes when no place was named: right of the selected one, else of all. */
function freePlace(graph: Graph, types: NodeTypes, selection: ReadonlySet<string>): Position {
  const sizes = sizesOf(graph, types);
  const chosen = graph.nodes.filter((node) => selection.has(node.id));
  const roots = (chosen.length > 0 ? chosen : graph.nodes).map((node) => {
    const at = absolutePosition(graph, node.id);
    return { x: at.x + (sizes.get(node.id)?.width ?? NODE_WIDTH), y: at.y };
  });
  const last = roots.reduce((best, at) => (at.x > best.x ? at : best), { x: -64, y: 0 });
  const place = { x: last.x + 64, y: last.y };
  return clearOf(
    graph.nodes.map((node) => absolutePosition(graph, node.id)),
    place,
  );
}

/** The place, or the first one below it where nothing stands. */
function clearOf(others: readonly Position[], { x, y }: Position): Position {
  let at = { x, y };
  while (others.some((other) => Math.abs(other.x - at.x) < 40 && Math.abs(other.y - at.y) < 40)) {
    at = { x, y: at.y + 96 };
  }
  return at;
}

/** Right of a node, below what stands there already; relative to its container. */
function beside(graph: Graph, node: GraphNode, width: number): Position {
  const others = graph.nodes.filter((other) => parentOf(other) === parentOf(node)).map(positionOf);
  return clearOf(others, { x: positionOf(node).x + width + 64, y: positionOf(node).y });
}

/** The first port of a node that leads nowhere yet. */
function freePort(graph: Graph, node: GraphNode, types: NodeTypes): string | undefined {
  const used = usedPorts(graph).get(node.id);
  return typePorts(node, types).find((port) => !used?.has(port));
}

export function createCommands(store: EditorStore, types: NodeTypes): Commands {
  const state = () => store.getState();
  const choose = (ids: Iterable<string>) => state().select(new Set(ids));

  function addAt(type: string, at: Position | null): void {
    const { graph, selection, edit } = state();
    const place = at ?? freePlace(graph, types, selection);
    const parent = at === null ? null : containerAt(graph, types, place, new Set());
    const problem = addProblem(graph, type, parent);
    if (problem) {
      refuse(problem);
      return;
    }
    const origin = parent === null ? { x: 0, y: 0 } : absolutePosition(graph, parent);
    const local = { x: place.x - origin.x, y: place.y - origin.y };
    const added = addNode(graph, type, local, types, parent);
    edit(added.graph);
    choose([added.id]);
  }

  function addBehind(type: string, source: { id: string; port: string }, at: Position | null): void {
    const { graph, edit } = state();
    const origin = nodeById(graph, source.id);
    if (!origin) return;
    const parent = parentOf(origin);
    const problem = addProblem(graph, type, parent);
    if (problem) {
      refuse(problem);
      return;
    }
    const outer = parent === null ? { x: 0, y: 0 } : absolutePosition(graph, parent);
    const width = sizesOf(graph, types).get(source.id)?.width ?? NODE_WIDTH;
    const place = at ? { x: at.x - outer.x, y: at.y - outer.y - 28 } : beside(graph, origin, width);
    const added = addAfter(graph, source, type, place, types);
    edit(added.graph);
    choose([added.id]);
    if (added.refusal) refuse(added.refusal.message);
  }

  function addFromPalette(type: string): void {
    const { graph } = state();
    const source = nodeById(graph, singleSelected(state()) ?? "");
    const port = source && freePort(graph, source, types);
    const fits = source && addProblem(graph, type, parentOf(source)) === null;
    if (port !== undefined && fits) addBehind(type, { id: source.id, port }, null);
    else addAt(type, null);
  }

  function place(type: string): void {
    const { picking, graph, edit, pick } = state();
    pick(null);
    if (picking?.kind === "behind") addBehind(type, picking.source, picking.at);
    else if (picking?.kind === "insert") {
      const source = nodeById(graph, picking.edge.source);
      const problem = addProblem(graph, type, source ? parentOf(source) : null);
      if (problem) {
        refuse(problem);
        return;
      }
      const added = insertOnEdge(graph, picking.edge, type, types);
      edit(added.graph);
      choose([added.id]);
    } else addAt(type, picking?.at ?? null);
  }

  const canvas = createCanvasActions(store, types, addAt);
  return {
    canvas,
    place,
    addAt,
    addFromPalette,
    connectTo: (target) => {
      const { picking, pick } = state();
      pick(null);
      if (picking?.kind !== "behind") return;
      canvas.connect({ source: picking.source.id, source_port: picking.source.port, target });
    },
    askBehindSelected: () => {
      const { graph, pick } = state();
      const id = singleSelected(state());
      const node = id === null ? undefined : nodeById(graph, id);
      if (node)
        pick({
          kind: "behind",
          source: { id: node.id, port: typePorts(node, types)[0] ?? "error" },
          at: null,
        });
    },
    deleteSelected: () => {
      const { graph, selection, edgeSelection, edit } = state();
      const edges = graph.edges.filter((edge) => edgeSelection.has(edgeId(edge)));
      const next = deleteNodes(disconnect(graph, edges), selection);
      if (next === graph) return;
      edit(next);
      choose([]);
    },
    duplicateSelected: () => {
      const { graph, selection, edit } = state();
      if (selection.size === 0) return;
      const put = duplicate(graph, selection, types);
      edit(put.graph);
      choose(put.ids);
    },
    disableSelected: () => state().edit(toggleDisabled(state().graph, state().selection)),
    copySelected: () => {
      const { graph, selection } = state();
      return selection.size === 0 ? null : JSON.stringify(copy(graph, selection), null, 2);
    },
    pasteText: (text, at) => {
      const clip = parseClip(text);
      if (!clip) return false;
      const { graph, edit } = state();
      const put = paste(graph, clip, types, at ? { at } : { offset: { x: 32, y: 32 } });
      edit(put.graph);
      choose(put.ids);
      if (put.left_out.length > 0) notify("Pasted without the second start");
      return true;
    },
    selectAll: () => choose(state().graph.nodes.map((node) => node.id)),
    arrange: async () => {
      const { graph } = state();
      const places = await layout(graph, types);
      // What was drawn in the meantime is not moved by a layout that did not know it.
      if (state().graph === graph) state().arrange(moveNodes(graph, places));
    },
    undo: () => store.temporal.getState().undo(),
    redo: () => store.temporal.getState().redo(),
  };
}

function createCanvasActions(
  store: EditorStore,
  types: NodeTypes,
  addAt: (type: string, at: Position | null) => void,
): CanvasActions {
  const state = () => store.getState();
  return {
    select: (nodes, edges) => state().select(nodes, edges),
    move: (places, at) => {
      const { graph, edit } = state();
      const into = at === null ? undefined : homeAt(graph, new Set(places.keys()), at, types);
      const moved = moveNodes(graph, places, into);
      if (moved !== graph) edit(moved);
    },
    connect: (edge) => {
      const { graph, refusal: refused } = connect(state().graph, edge, types);
      if (refused) refuse(refused.message);
      else state().edit(graph);
    },
    refusal: (edge) => refusal(state().graph, edge, types),
    refused: ({ message }) => notifyError("Not connected", new Error(message)),
    addBehind: (source, at) => state().pick({ kind: "behind", source, at }),
    insertOn: (edge) => state().pick({ kind: "insert", edge }),
    dropType: addAt,
  };
}

/**
 * The container that nodes move into (null: none) when they are let go over another one or outside of their own, as the
 * canvas was before; undefined where they stay, or are not allowed to.
 */
function homeAt(
  graph: Graph,
  ids: ReadonlySet<string>,
  at: Position,
  types: NodeTypes,
): string | null | undefined {
  const first = graph.nodes.find((node) => ids.has(node.id));
  if (!first) return undefined;
  const target = containerAt(graph, types, at, ids);
  if (target === parentOf(first)) return undefined;
  const problem = reparentProblem(graph, ids, target, types);
  if (!problem) return target;
  if (target !== null) refuse(problem);
  return undefined;
}

export function useCommands(store: EditorStore, types: NodeTypes): Commands {
  return useMemo(() => createCommands(store, types), [store, types]);
}
