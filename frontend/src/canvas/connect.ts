/** Connecting nodes, and why a connection is refused. */

import {
  COMPENSATE_PORT,
  ERROR_PORT,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type NodeTypes,
  nodeById,
  parentOf,
  portOf,
  updateNode,
} from "./graph";
import { typePorts } from "./ports";

export interface Refusal {
  code:
    | "unknown_node"
    | "self"
    | "target_start"
    | "no_outputs"
    | "unknown_port"
    | "container_child"
    | "border"
    | "duplicate"
    | "compensation"
    | "cycle";
  message: string;
}

const label = (node: GraphNode) => node.name || node.id;

/** Why this edge cannot be drawn, or null when it can. */
export function refusal(graph: Graph, edge: GraphEdge, types: NodeTypes): Refusal | null {
  const source = nodeById(graph, edge.source);
  const target = nodeById(graph, edge.target);
  if (!source || !target) return { code: "unknown_node", message: "One of the two nodes does not exist." };
  if (source === target) return { code: "self", message: "A node cannot lead to itself: use a loop." };
  if (target.type === "start") return { code: "target_start", message: "Nothing leads to the start." };
  return (
    portRefusal(source, edge, types) ??
    borderRefusal(source, target) ??
    pathRefusal(graph, edge, source, target)
  );
}

function portRefusal(source: GraphNode, edge: GraphEdge, types: NodeTypes): Refusal | null {
  const port = portOf(edge);
  if (port === ERROR_PORT || port === COMPENSATE_PORT) return null;
  const ports = typePorts(source, types);
  if (ports.length === 0) return { code: "no_outputs", message: `“${label(source)}” has no outputs.` };
  if (ports.includes(port)) return null;
  return {
    code: "unknown_port",
    message: `“${label(source)}” has no port “${port}”, only ${ports.join(", ")}.`,
  };
}

function borderRefusal(source: GraphNode, target: GraphNode): Refusal | null {
  if (parentOf(target) === source.id || parentOf(source) === target.id) {
    return { code: "container_child", message: "A container is not connected with its own children." };
  }
  if (parentOf(source) !== parentOf(target)) {
    return { code: "border", message: "An edge does not cross the border of a container." };
  }
  return null;
}

function pathRefusal(graph: Graph, edge: GraphEdge, source: GraphNode, target: GraphNode): Refusal | null {
  const port = portOf(edge);
  if (graph.edges.some((other) => sameEdge(other, edge))) {
    return { code: "duplicate", message: "These two are already connected." };
  }
  const undoes = graph.edges.some((other) => portOf(other) === COMPENSATE_PORT && other.target === target.id);
  const undoing = graph.edges.some(
    (other) => portOf(other) === COMPENSATE_PORT && other.target === source.id,
  );
  if (undoes || undoing) {
    return { code: "compensation", message: "A node that undoes another has no other edges." };
  }
  if (port === COMPENSATE_PORT) {
    const busy = graph.edges.some((other) => other.source === target.id || other.target === target.id);
    const second = graph.edges.some(
      (other) => other.source === source.id && portOf(other) === COMPENSATE_PORT,
    );
    if (busy) return { code: "compensation", message: "A node that undoes another has no other edges." };
    if (second)
      return { code: "compensation", message: `“${label(source)}” already has a node that undoes it.` };
  }
  if (leadsTo(graph, target.id, source.id)) {
    return { code: "cycle", message: "This would close a circle: repetition is a loop." };
  }
  return null;
}

export function sameEdge(a: GraphEdge, b: GraphEdge): boolean {
  return a.source === b.source && a.target === b.target && portOf(a) === portOf(b);
}

/** Whether one node is reached from another over edges that run forward. */
export function leadsTo(graph: Graph, from: string, to: string): boolean {
  const next = new Map<string, string[]>();
  for (const edge of graph.edges) {
    if (portOf(edge) === COMPENSATE_PORT) continue;
    const targets = next.get(edge.source);
    if (targets) targets.push(edge.target);
    else next.set(edge.source, [edge.target]);
  }
  const seen = new Set([from]);
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true;
    for (const target of next.get(id) ?? []) {
      if (!seen.has(target)) {
        seen.add(target);
        open.push(target);
      }
    }
  }
  return false;
}

/** The graph with the edge, or the reason why not. */
export function connect(
  graph: Graph,
  edge: GraphEdge,
  types: NodeTypes,
): { graph: Graph; refusal: Refusal | null } {
  const refused = refusal(graph, edge, types);
  if (refused) return { graph, refusal: refused };
  const port = portOf(edge);
  const written: GraphEdge = { source: edge.source, source_port: port, target: edge.target };
  let next: Graph = { ...graph, edges: [...graph.edges, written] };
  if (port === ERROR_PORT) {
    // `fail` and `continue` contradict an error edge: the edge is the later word.
    next = updateNode(next, edge.source, (node) =>
      node.policy?.on_error && node.policy.on_error !== "branch"
        ? { ...node, policy: { ...node.policy, on_error: "branch" } }
        : node,
    );
  }
  return { graph: next, refusal: null };
}

export function disconnect(graph: Graph, edges: GraphEdge[]): Graph {
  if (edges.length === 0) return graph;
  return { ...graph, edges: graph.edges.filter((edge) => !edges.some((gone) => sameEdge(gone, edge))) };
}
