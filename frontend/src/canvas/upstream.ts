/** What a node's expressions can read: outputs upstream, and the round inside containers. */

import {
  COMPENSATE_PORT,
  childrenOf,
  containersOf,
  ERROR_PORT,
  type Graph,
  type GraphNode,
  nodeById,
  portOf,
} from "./graph";

export interface Scope {
  /** Nodes whose output is readable by id, nearest first. */
  nodes: GraphNode[];
  /** Containers whose round is readable by id: `{item, index, key, state}`, innermost first. */
  rounds: GraphNode[];
  /** Whether `error` is readable. */
  error: boolean;
}

/** The nodes that lead to one, over any port but `compensate`, nearest first. */
export function ancestorsOf(graph: Graph, id: string): string[] {
  const before = new Map<string, string[]>();
  for (const edge of graph.edges) {
    if (portOf(edge) === COMPENSATE_PORT) continue;
    const sources = before.get(edge.target);
    if (sources) sources.push(edge.source);
    else before.set(edge.target, [edge.source]);
  }
  const found: string[] = [];
  const seen = new Set([id]);
  let ring = [id];
  while (ring.length > 0) {
    const next: string[] = [];
    for (const at of ring) {
      for (const source of before.get(at) ?? []) {
        if (seen.has(source)) continue;
        seen.add(source);
        found.push(source);
        next.push(source);
      }
    }
    ring = next;
  }
  return found;
}

/** What the expressions of a node can read. `round`: those fields of a loop that are asked inside of a round. */
export function scopeOf(graph: Graph, id: string, round = false): Scope {
  const node = nodeById(graph, id);
  if (!node) return { nodes: [], rounds: [], error: false };
  const undone = graph.edges.find((edge) => portOf(edge) === COMPENSATE_PORT && edge.target === id);
  const readable: string[] = [];
  const rounds: GraphNode[] = [];
  if (round) {
    readable.push(...childrenOf(graph, id).map((child) => child.id));
    rounds.push(node);
  }
  if (undone) readable.push(undone.source, ...ancestorsOf(graph, undone.source));
  readable.push(...ancestorsOf(graph, id));
  for (const container of containersOf(graph, id)) {
    if (container.type === "loop") rounds.push(container);
    readable.push(...ancestorsOf(graph, container.id));
  }
  const byId = new Map(graph.nodes.map((other) => [other.id, other]));
  const nodes = [...new Set(readable)].flatMap((other) => byId.get(other) ?? []);
  const fromError = graph.edges.some((edge) => edge.target === id && portOf(edge) === ERROR_PORT);
  return { nodes, rounds, error: fromError || undone !== undefined };
}
