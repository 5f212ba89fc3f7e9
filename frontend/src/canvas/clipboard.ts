/** Copy, paste and duplicate: a piece of a graph as JSON text that other workflows and windows understand. */

import { absolutePosition, CONTAINER_HEADER, CONTAINER_PADDING, snap } from "./geometry";
import {
  type Graph,
  type GraphEdge,
  type GraphNode,
  type NodeTypes,
  type Position,
  parentOf,
  positionOf,
  withDescendants,
} from "./graph";
import { freshId } from "./identifiers";
import { renameReferences } from "./rename";
import { isObject } from "./schema";

export interface Clip {
  weft_clip: 1;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** The nodes, what is inside them, and the edges between them; the outermost at places of the canvas. */
export function copy(graph: Graph, ids: Iterable<string>): Clip {
  const taken = withDescendants(graph, ids);
  const nodes = graph.nodes
    .filter((node) => taken.has(node.id))
    .map((node) => {
      if (taken.has(parentOf(node) ?? "")) return node;
      const { parent: _left, ...rest } = node;
      return { ...rest, position: absolutePosition(graph, node.id) };
    });
  const edges = graph.edges.filter((edge) => taken.has(edge.source) && taken.has(edge.target));
  return { weft_clip: 1, nodes, edges };
}

/** The clip in a text: one of ours, a workflow file, or a bare graph; null when it is none of them. */
export function parseClip(text: string): Clip | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const holder = isObject(value) && isObject(value.graph) ? value.graph : value;
  if (!isObject(holder) || !Array.isArray(holder.nodes)) return null;
  const nodes = holder.nodes.filter(
    (node) => isObject(node) && typeof node.id === "string" && typeof node.type === "string",
  ) as unknown as GraphNode[];
  const edges = (Array.isArray(holder.edges) ? holder.edges : []).filter(
    (edge) => isObject(edge) && typeof edge.source === "string" && typeof edge.target === "string",
  ) as unknown as GraphEdge[];
  const layout = isObject(value) && isObject(value.layout) ? value.layout : {};
  return nodes.length === 0
    ? null
    : { weft_clip: 1, nodes: nodes.map((node) => placed(node, layout)), edges };
}

function placed(node: GraphNode, layout: Record<string, unknown>): GraphNode {
  const at = layout[node.id];
  return isObject(at) && typeof at.x === "number" && typeof at.y === "number"
    ? { ...node, position: { x: at.x, y: at.y } }
    : node;
}

export interface Pasted {
  graph: Graph;
  /** The outermost pasted nodes, to be selected. */
  ids: string[];
  /** A second start is left out. */
  left_out: string[];
}

/** The clip put in with fresh ids, its references among themselves renamed along. `at`: its upper left corner. */
export function paste(
  graph: Graph,
  clip: Clip,
  types: NodeTypes,
  where: { at?: Position; offset?: Position; parent?: string | null } = {},
): Pasted {
  const refused = clip.nodes
    .filter((node) => refusedIn(graph, node, where.parent ?? null))
    .map((node) => node.id);
  const nodes = clip.nodes.filter((node) => !refused.includes(node.id));
  const renames = freshIds(graph, nodes);
  const inside = (node: GraphNode) => renames.has(parentOf(node) ?? "");
  const roots = nodes.filter((node) => !inside(node));
  const origin = where.parent ? absolutePosition(graph, where.parent) : { x: 0, y: 0 };
  const move = offsetOf(roots, where, origin);
  const put = nodes.map((node) => {
    const renamed = renameReferences(node, renames, types);
    const id = renames.get(node.id) ?? node.id;
    if (inside(node)) return { ...renamed, id, parent: renames.get(parentOf(node) ?? "") };
    const at = positionOf(node);
    const { parent: _left, ...rest } = renamed;
    const position = snap({ x: at.x + move.x, y: at.y + move.y });
    return where.parent
      ? { ...rest, id, parent: where.parent, position: below(position) }
      : { ...rest, id, position };
  });
  const edges = clip.edges.flatMap((edge) => {
    const source = renames.get(edge.source);
    const target = renames.get(edge.target);
    return source && target ? [{ ...edge, source, target }] : [];
  });
  return {
    graph: { nodes: [...graph.nodes, ...put], edges: [...graph.edges, ...edges] },
    ids: roots.map((node) => renames.get(node.id) ?? node.id),
    left_out: refused,
  };
}

function refusedIn(graph: Graph, node: GraphNode, parent: string | null): boolean {
  if (node.type === "start") return parent !== null || graph.nodes.some((other) => other.type === "start");
  return node.type === "end" && parent !== null;
}

function freshIds(graph: Graph, nodes: GraphNode[]): Map<string, string> {
  const taken = new Set(graph.nodes.map((node) => node.id));
  const renames = new Map<string, string>();
  for (const node of nodes) {
    const id = freshId(node.id, taken);
    taken.add(id);
    renames.set(node.id, id);
  }
  return renames;
}

function offsetOf(
  roots: GraphNode[],
  where: { at?: Position; offset?: Position },
  origin: Position,
): Position {
  const shift = where.offset ?? { x: 0, y: 0 };
  if (!where.at || roots.length === 0) return { x: shift.x - origin.x, y: shift.y - origin.y };
  const left = Math.min(...roots.map((node) => positionOf(node).x));
  const top = Math.min(...roots.map((node) => positionOf(node).y));
  return { x: where.at.x - left - origin.x, y: where.at.y - top - origin.y };
}

function below(at: Position): Position {
  return { x: Math.max(at.x, CONTAINER_PADDING), y: Math.max(at.y, CONTAINER_HEADER + CONTAINER_PADDING) };
}

/** Copies of the nodes beside them, in the same containers. */
export function duplicate(graph: Graph, ids: ReadonlySet<string>, types: NodeTypes): Pasted {
  const all = withDescendants(graph, ids);
  const roots = graph.nodes.filter((node) => ids.has(node.id) && !all.has(parentOf(node) ?? ""));
  const groups = new Map<string | null, string[]>();
  for (const node of roots) {
    const parent = parentOf(node);
    groups.set(parent, [...(groups.get(parent) ?? []), node.id]);
  }
  let result: Pasted = { graph, ids: [], left_out: [] };
  for (const [parent, members] of groups) {
    const put = paste(result.graph, copy(graph, members), types, { parent, offset: { x: 32, y: 32 } });
    result = {
      graph: put.graph,
      ids: [...result.ids, ...put.ids],
      left_out: [...result.left_out, ...put.left_out],
    };
  }
  return result;
}
