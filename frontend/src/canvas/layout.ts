/** Auto-layout from left to right, containers from the inside out. Dagre is loaded when first asked for. */

import {
  CONTAINER_HEADER,
  CONTAINER_PADDING,
  containerSize,
  isContainer,
  type Size,
  sizesOf,
  snap,
} from "./geometry";
import { childrenOf, type Graph, type GraphNode, type NodeTypes, type Position } from "./graph";

type Dagre = typeof import("@dagrejs/dagre");

/** New places for all nodes; children relative to their container. */
export async function layout(graph: Graph, types: NodeTypes): Promise<Map<string, Position>> {
  const dagre = await import("@dagrejs/dagre");
  const places = new Map<string, Position>();
  const sizes = new Map<string, Size>(sizesOf(graph, types));
  const arrange = (parent: string | null, depth: number): void => {
    const members = childrenOf(graph, parent);
    if (members.length === 0 || depth > 20) return;
    for (const node of members) {
      if (!isContainer(node, types)) continue;
      arrange(node.id, depth + 1);
      const children = childrenOf(graph, node.id).map((child) => ({
        at: places.get(child.id) ?? { x: 0, y: 0 },
        size: sizes.get(child.id) ?? { width: 0, height: 0 },
      }));
      sizes.set(node.id, containerSize(children));
    }
    const origin =
      parent === null ? { x: 0, y: 0 } : { x: CONTAINER_PADDING, y: CONTAINER_HEADER + CONTAINER_PADDING };
    for (const [id, at] of level(dagre, graph, members, sizes)) {
      places.set(id, snap({ x: at.x + origin.x, y: at.y + origin.y }));
    }
  };
  arrange(null, 0);
  return places;
}

/** One level's nodes in columns; the upper left corner is the origin. */
function level(
  dagre: Dagre,
  graph: Graph,
  members: GraphNode[],
  sizes: Map<string, Size>,
): Map<string, Position> {
  const drawing = new dagre.graphlib.Graph();
  drawing.setGraph({ rankdir: "LR", nodesep: 32, ranksep: 72, marginx: 0, marginy: 0 });
  drawing.setDefaultEdgeLabel(() => ({}));
  const here = new Set(members.map((node) => node.id));
  for (const node of members)
    drawing.setNode(node.id, { ...(sizes.get(node.id) ?? { width: 232, height: 56 }) });
  for (const edge of graph.edges) {
    if (here.has(edge.source) && here.has(edge.target)) drawing.setEdge(edge.source, edge.target);
  }
  dagre.layout(drawing);
  const corners = members.map((node) => {
    const { x, y, width, height } = drawing.node(node.id) as Position & Size;
    return { id: node.id, x: x - width / 2, y: y - height / 2 };
  });
  const left = Math.min(...corners.map((corner) => corner.x));
  const top = Math.min(...corners.map((corner) => corner.y));
  return new Map(corners.map(({ id, x, y }) => [id, { x: x - left, y: y - top }]));
}
