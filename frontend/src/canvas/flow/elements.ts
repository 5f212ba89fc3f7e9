/** From the graph to React Flow's nodes and edges; objects of what did not change stay the same. */

import type { Edge, Node } from "@xyflow/react";
import { isContainer, type Size, sizesOf } from "../geometry";
import {
  COMPENSATE_PORT,
  edgeId,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type NodeTypes,
  parentOf,
  portOf,
  positionOf,
} from "../graph";
import { portsOf, usedPorts } from "../ports";

export const TARGET_HANDLE = "in";

export type FlowNode = Node<{ node: GraphNode; ports: string[] }, "step" | "container">;
export type FlowEdge = Edge<{ edge: GraphEdge }, "flow">;

export function toFlowNodes(
  graph: Graph,
  types: NodeTypes,
  selection: ReadonlySet<string>,
  previous: readonly FlowNode[],
): FlowNode[] {
  const before = new Map(previous.map((node) => [node.id, node]));
  const used = usedPorts(graph);
  const sizes = sizesOf(graph, types);
  const drawn = parentsFirst(graph).map((node) => {
    const ports = portsOf(node, types, used.get(node.id));
    const size = sizes.get(node.id) ?? { width: 0, height: 0 };
    const known = before.get(node.id);
    const selected = selection.has(node.id);
    return known && unchanged(known, node, ports, size, selected)
      ? known
      : flowNode(node, ports, size, selected, types);
  });
  const same = drawn.length === previous.length && drawn.every((node, index) => node === previous[index]);
  return same ? (previous as FlowNode[]) : drawn;
}

function unchanged(
  known: FlowNode,
  node: GraphNode,
  ports: string[],
  size: Size,
  selected: boolean,
): boolean {
  const at = positionOf(node);
  return (
    known.data.node === node &&
    known.selected === selected &&
    known.width === size.width &&
    known.height === size.height &&
    known.position.x === at.x &&
    known.position.y === at.y &&
    known.data.ports.join("\n") === ports.join("\n")
  );
}

function flowNode(
  node: GraphNode,
  ports: string[],
  size: Size,
  selected: boolean,
  types: NodeTypes,
): FlowNode {
  const container = isContainer(node, types);
  const parent = parentOf(node);
  return {
    id: node.id,
    type: container ? "container" : "step",
    position: positionOf(node),
    ...(parent === null ? {} : { parentId: parent }),
    data: { node, ports },
    selected,
    ...size,
    // The sizes follow from the graph, so nothing has to be measured before it is shown.
    measured: size,
    ariaLabel: `${node.name || node.id}, ${types.get(node.type)?.title ?? node.type}`,
  };
}

/** React Flow wants parents before their children; a parent that does not exist is left out. */
function parentsFirst(graph: Graph): GraphNode[] {
  const byParent = new Map<string | null, GraphNode[]>();
  const ids = new Set(graph.nodes.map((node) => node.id));
  for (const node of graph.nodes) {
    const named = parentOf(node);
    const parent = named !== null && ids.has(named) ? named : null;
    const placed = parent === named ? node : { ...node, parent: null };
    byParent.set(parent, [...(byParent.get(parent) ?? []), placed]);
  }
  if (byParent.size <= 1) return byParent.get(null) ?? [];
  const ordered: GraphNode[] = [];
  const walk = (parent: string | null): void => {
    for (const node of byParent.get(parent) ?? []) {
      ordered.push(node);
      walk(node.id);
    }
  };
  walk(null);
  return ordered;
}

export function toFlowEdges(
  graph: Graph,
  selection: ReadonlySet<string>,
  previous: readonly FlowEdge[],
): FlowEdge[] {
  const before = new Map(previous.map((edge) => [edge.id, edge]));
  const ids = new Set(graph.nodes.map((node) => node.id));
  const drawn = graph.edges.flatMap((edge): FlowEdge[] => {
    if (!ids.has(edge.source) || !ids.has(edge.target)) return [];
    const id = edgeId(edge);
    const known = before.get(id);
    const selected = selection.has(id);
    if (known?.data?.edge === edge && known.selected === selected) return [known];
    return [flowEdge(id, edge, selected)];
  });
  const same = drawn.length === previous.length && drawn.every((edge, index) => edge === previous[index]);
  return same ? (previous as FlowEdge[]) : drawn;
}

function flowEdge(id: string, edge: GraphEdge, selected: boolean): FlowEdge {
  const port = portOf(edge);
  return {
    id,
    type: "flow",
    source: edge.source,
    sourceHandle: port,
    target: edge.target,
    targetHandle: TARGET_HANDLE,
    data: { edge },
    selected,
    ariaLabel:
      port === COMPENSATE_PORT
        ? `${edge.target} undoes ${edge.source}`
        : `From ${edge.source}, port ${port}, to ${edge.target}`,
  };
}
