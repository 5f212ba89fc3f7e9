/** How large nodes are drawn. Sizes follow from the graph alone, so nothing jumps while a run streams. */

import {
  childrenOf,
  type Graph,
  type GraphNode,
  type NodeTypes,
  type Position,
  parentOf,
  positionOf,
} from "./graph";
import { portsOf, usedPorts } from "./ports";

export const NODE_WIDTH = 232;
export const HEADER_HEIGHT = 56;
export const PORT_HEIGHT = 24;
export const GRID = 8;
export const CONTAINER_HEADER = 56;
export const CONTAINER_PADDING = 24;
const CONTAINER_MINIMUM = { width: 360, height: 176 };

export interface Size {
  width: number;
  height: number;
}

/** The size of a container around children at places relative to it. */
export function containerSize(children: Iterable<{ at: Position; size: Size }>): Size {
  let { width, height } = CONTAINER_MINIMUM;
  for (const { at, size } of children) {
    width = Math.max(width, at.x + size.width + CONTAINER_PADDING);
    height = Math.max(height, at.y + size.height + CONTAINER_PADDING);
  }
  return { width, height };
}

export function isContainer(node: GraphNode, types: NodeTypes): boolean {
  return types.get(node.type)?.container ?? (node.type === "loop" || node.type === "parallel");
}

export function snap(position: Position): Position {
  return { x: Math.round(position.x / GRID) * GRID, y: Math.round(position.y / GRID) * GRID };
}

/** The height that ports need below the header; a single port sits in the header's middle. */
export function portsHeight(ports: string[]): number {
  return ports.length > 1 ? ports.length * PORT_HEIGHT + GRID : 0;
}

/** The size of every node; a container holds its children with a margin. */
export function sizesOf(graph: Graph, types: NodeTypes): Map<string, Size> {
  const used = usedPorts(graph);
  const sizes = new Map<string, Size>();
  const byParent = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    const parent = parentOf(node);
    if (parent === null) continue;
    byParent.set(parent, [...(byParent.get(parent) ?? []), node]);
  }
  const measure = (node: GraphNode, depth: number): Size => {
    const known = sizes.get(node.id);
    if (known) return known;
    const own = portsHeight(portsOf(node, types, used.get(node.id)));
    let size: Size = { width: NODE_WIDTH, height: HEADER_HEIGHT + own };
    if (isContainer(node, types) && depth < 30) {
      const children = byParent.get(node.id) ?? [];
      size = containerSize(
        children.map((child) => ({ at: positionOf(child), size: measure(child, depth + 1) })),
      );
    }
    sizes.set(node.id, size);
    return size;
  };
  for (const node of graph.nodes) measure(node, 0);
  return sizes;
}

/** Where a node stands on the canvas, its containers' places added. */
export function absolutePosition(graph: Graph, id: string): Position {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  let at: Position = { x: 0, y: 0 };
  let node = byId.get(id);
  while (node && !seen.has(node.id)) {
    seen.add(node.id);
    const own = positionOf(node);
    at = { x: at.x + own.x, y: at.y + own.y };
    node = byId.get(parentOf(node) ?? "");
  }
  return at;
}

/** The innermost container under a point of the canvas, not counting `without`. */
export function containerAt(
  graph: Graph,
  types: NodeTypes,
  point: Position,
  without: ReadonlySet<string>,
): string | null {
  const sizes = sizesOf(graph, types);
  const inside = (parent: string | null, origin: Position, depth: number): string | null => {
    for (const node of childrenOf(graph, parent).reverse()) {
      if (without.has(node.id) || !isContainer(node, types) || depth > 20) continue;
      const size = sizes.get(node.id);
      const at = { x: origin.x + positionOf(node).x, y: origin.y + positionOf(node).y };
      if (!size || point.x < at.x || point.y < at.y) continue;
      if (point.x > at.x + size.width || point.y > at.y + size.height) continue;
      return inside(node.id, at, depth + 1) ?? node.id;
    }
    return null;
  };
  return inside(null, { x: 0, y: 0 }, 0);
}
