/** The graph as the API sends and takes it, and how to look things up in it. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Position {
  x: number;
  y: number;
}

export interface RetryPolicy {
  max_attempts?: number;
  delay_s?: number;
  factor?: number;
  max_delay_s?: number;
  jitter?: number;
  on?: (string | number)[] | null;
}

export interface Policy {
  timeout_s?: number | null;
  retry?: RetryPolicy;
  on_error?: "fail" | "continue" | "branch" | null;
  default_output?: Json;
  effect?: "pure" | "read" | "write" | null;
  on_crash?: "rerun" | "fail";
  compensate?: "completed" | "started";
  cache?: { ttl_s: number } | null;
}

export interface GraphNode {
  id: string;
  type: string;
  name?: string | null;
  config?: JsonObject;
  policy?: Policy;
  parent?: string | null;
  disabled?: boolean;
  /** Absent is not null: a pinned null is a value. */
  pinned_output?: Json;
  pinned_port?: string | null;
  note?: string;
  position?: Position;
  type_version?: number | null;
}

export interface GraphEdge {
  source: string;
  source_port?: string;
  target: string;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** A JSON Schema, as far as the editor reads it. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  title?: string;
  description?: string;
  default?: Json;
  examples?: Json[];
  const?: Json;
  enum?: Json[];
  format?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  "x-expression"?: boolean;
  "x-literal"?: boolean;
  "x-round"?: boolean;
  "x-scope"?: string[];
  "x-json-schema"?: boolean;
  "x-reference"?: string;
  "x-language"?: string;
  "x-multiline"?: boolean;
  /** Alternatives of which an object wants exactly one, each as the names of its fields. */
  "x-one-of"?: string[][];
  [extension: string]: unknown;
}

/** One item of `GET /node-types`. */
export interface NodeType {
  type: string;
  title: string;
  description: string;
  category: string;
  icon: string;
  version: number;
  effect: string;
  ports: string[];
  container: boolean;
  config_schema: Schema;
  output_schema: Schema;
  policy_schema: Schema;
  ui: Record<string, unknown>;
  retry_defaults?: RetryPolicy;
}

export type NodeTypes = ReadonlyMap<string, NodeType>;

export const ERROR_PORT = "error";
export const COMPENSATE_PORT = "compensate";
export const EMPTY_GRAPH: Graph = { nodes: [], edges: [] };

export function portOf(edge: GraphEdge): string {
  return edge.source_port ?? "out";
}

export function edgeId(edge: GraphEdge): string {
  return `${edge.source}:${portOf(edge)}->${edge.target}`;
}

export function parentOf(node: GraphNode): string | null {
  return node.parent ?? null;
}

export function positionOf(node: GraphNode): Position {
  return node.position ?? { x: 0, y: 0 };
}

export function nodeById(graph: Graph, id: string): GraphNode | undefined {
  return graph.nodes.find((node) => node.id === id);
}

export function childrenOf(graph: Graph, parent: string | null): GraphNode[] {
  return graph.nodes.filter((node) => parentOf(node) === parent);
}

/** The given ids and everything inside them, at any depth. */
export function withDescendants(graph: Graph, ids: Iterable<string>): Set<string> {
  const found = new Set(ids);
  let grown = true;
  while (grown) {
    grown = false;
    for (const node of graph.nodes) {
      const parent = parentOf(node);
      if (parent !== null && found.has(parent) && !found.has(node.id)) {
        found.add(node.id);
        grown = true;
      }
    }
  }
  return found;
}

/** The names that were given to nodes, by id. */
export function givenNames(graph: Graph): ReadonlyMap<string, string> {
  return new Map(graph.nodes.flatMap(({ id, name }) => (name && name !== id ? [[id, name] as const] : [])));
}

/** The containers around a node, innermost first. Stops at a parent that does not exist or repeats. */
export function containersOf(graph: Graph, id: string): GraphNode[] {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const around: GraphNode[] = [];
  const seen = new Set<string>([id]);
  let parent = parentOf(byId.get(id) ?? { id, type: "" });
  while (parent !== null && !seen.has(parent)) {
    const container = byId.get(parent);
    if (!container) break;
    around.push(container);
    seen.add(parent);
    parent = parentOf(container);
  }
  return around;
}

/** A graph with one node changed; the same graph when `change` gives the same node back. */
export function updateNode(graph: Graph, id: string, change: (node: GraphNode) => GraphNode): Graph {
  let changed = false;
  const nodes = graph.nodes.map((node) => {
    if (node.id !== id) return node;
    const next = change(node);
    changed ||= next !== node;
    return next;
  });
  return changed ? { ...graph, nodes } : graph;
}

/** Whether two graphs mean the same: only the places of their nodes may differ. */
export function sameMeaning(a: Graph, b: Graph): boolean {
  const told = (graph: Graph) =>
    JSON.stringify({
      nodes: graph.nodes.map(({ position: _place, ...node }) => node),
      edges: graph.edges.map((edge) => [edge.source, portOf(edge), edge.target]),
    });
  return a === b || told(a) === told(b);
}
