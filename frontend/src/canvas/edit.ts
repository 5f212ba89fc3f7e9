/** Changing a graph: every operation takes a graph and gives a new one, sharing what did not change. */

import { connect, type Refusal, refusal } from "./connect";
import {
  absolutePosition,
  CONTAINER_HEADER,
  CONTAINER_PADDING,
  isContainer,
  NODE_WIDTH,
  sizesOf,
  snap,
} from "./geometry";
import {
  EMPTY_GRAPH,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type JsonObject,
  type NodeTypes,
  nodeById,
  type Position,
  parentOf,
  positionOf,
  updateNode,
  withDescendants,
} from "./graph";
import { freshId } from "./identifiers";
import { followPorts, typePorts } from "./ports";
import { withoutNull } from "./schema";

export interface Added {
  graph: Graph;
  id: string;
}

/** A node of a type with a fresh id, and the config that its schema's required fields ask for. */
export function createNode(graph: Graph, type: string, at: Position, parent: string | null): GraphNode {
  const node: GraphNode = {
    id: freshId(type, new Set(graph.nodes.map((other) => other.id))),
    type,
    config: {},
    position: snap(parent === null ? at : insideContainer(at)),
  };
  return parent === null ? node : { ...node, parent };
}

function insideContainer(at: Position): Position {
  return { x: Math.max(CONTAINER_PADDING, at.x), y: Math.max(CONTAINER_HEADER + CONTAINER_PADDING, at.y) };
}

/** The defaults of a type's config that a user would otherwise not see: first values of required fields. */
export function defaultConfig(type: string, types: NodeTypes): JsonObject {
  const schema = types.get(type)?.config_schema ?? {};
  const config: JsonObject = {};
  for (const name of schema.required ?? []) {
    const property = schema.properties?.[name];
    if (!property) continue;
    const { schema: shape } = withoutNull(property, schema);
    if (shape.default !== undefined) config[name] = shape.default;
    else if (shape.const !== undefined) config[name] = shape.const;
    else if (shape.enum?.[0] !== undefined) config[name] = shape.enum[0];
    else if (shape.type === "array") config[name] = [];
    else if (shape.type === "object") config[name] = {};
    else if (shape.type === "string") config[name] = "";
  }
  return config;
}

/** Why a node of this type cannot be added here, or null. */
export function addProblem(graph: Graph, type: string, parent: string | null): string | null {
  if (type === "start" && graph.nodes.some((node) => node.type === "start"))
    return "A workflow has one start.";
  if ((type === "start" || type === "end") && parent !== null)
    return "Start and end stand outside of containers.";
  return null;
}

export function addNode(
  graph: Graph,
  type: string,
  at: Position,
  types: NodeTypes,
  parent: string | null = null,
): Added {
  const node = { ...createNode(graph, type, at, parent), config: defaultConfig(type, types) };
  return { graph: { ...graph, nodes: [...graph.nodes, node] }, id: node.id };
}

/** A new node behind a port, connected where that is allowed. `at` is relative to the source's container. */
export function addAfter(
  graph: Graph,
  source: { id: string; port: string },
  type: string,
  at: Position,
  types: NodeTypes,
): Added & { refusal: Refusal | null } {
  const origin = nodeById(graph, source.id);
  const added = addNode(graph, type, at, types, origin ? parentOf(origin) : null);
  const edge = { source: source.id, source_port: source.port, target: added.id };
  return { id: added.id, ...connect(added.graph, edge, types) };
}

/** A new node in the middle of an edge; what comes after it moves aside where there is no room. */
export function insertOnEdge(graph: Graph, edge: GraphEdge, type: string, types: NodeTypes): Added {
  const source = nodeById(graph, edge.source);
  const target = nodeById(graph, edge.target);
  if (!source || !target) return addNode(graph, type, { x: 0, y: 0 }, types);
  const from = positionOf(source);
  const sourceWidth = sizesOf(graph, types).get(source.id)?.width ?? NODE_WIDTH;
  const x = from.x + sourceWidth + GAP;
  const y = (from.y + positionOf(target).y) / 2;
  const room = addNode(graph, type, { x, y }, types, parentOf(source));
  const width = sizesOf(room.graph, types).get(room.id)?.width ?? NODE_WIDTH;
  const shift = x + width + GAP - positionOf(target).x;
  const moved = shift > 0 ? shiftFrom(room.graph, target, shift) : room.graph;
  const edges = moved.edges.filter((other) => other !== edge);
  let next: Graph = { ...moved, edges };
  next = connect(next, { ...edge, target: room.id }, types).graph;
  const node = nodeById(next, room.id);
  const port = node && typePorts(node, types)[0];
  if (port) next = connect(next, { source: room.id, source_port: port, target: target.id }, types).graph;
  return { graph: next, id: room.id };
}

const GAP = 64;

/** The node and all that follows it, moved to the right. */
function shiftFrom(graph: Graph, first: GraphNode, by: number): Graph {
  const moving = new Set([first.id]);
  const open = [first.id];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const edge of graph.edges) {
      if (edge.source === id && !moving.has(edge.target)) {
        moving.add(edge.target);
        open.push(edge.target);
      }
    }
  }
  return {
    ...graph,
    nodes: graph.nodes.map((node) => {
      const at = positionOf(node);
      return moving.has(node.id) ? { ...node, position: snap({ x: at.x + by, y: at.y }) } : node;
    }),
  };
}

/** Without these nodes, what is inside them, and their edges. */
export function deleteNodes(graph: Graph, ids: Iterable<string>): Graph {
  const gone = withDescendants(graph, ids);
  if (!graph.nodes.some((node) => gone.has(node.id))) return graph;
  return {
    nodes: graph.nodes.filter((node) => !gone.has(node.id)),
    edges: graph.edges.filter((edge) => !gone.has(edge.source) && !gone.has(edge.target)),
  };
}

/**
 * Nodes at other places (relative to their container, where they have one); with `into`, out of that container and
 * into this one, or into none. Ask `reparentProblem` first.
 */
export function moveNodes(graph: Graph, places: ReadonlyMap<string, Position>, into?: string | null): Graph {
  let changed = false;
  const nodes = graph.nodes.map((node) => {
    const to = places.get(node.id);
    const at = positionOf(node);
    if (!to || (to.x === at.x && to.y === at.y)) return node;
    changed = true;
    return { ...node, position: to };
  });
  if (!changed && into === undefined) return graph;
  const moved = { ...graph, nodes };
  // First out of the container, so that it does not grow after what leaves it.
  return keepInside(into === undefined ? moved : reparent(moved, new Set(places.keys()), into));
}

/** Children pushed beyond their container's top or left edge: the container grows to that side. */
function keepInside(graph: Graph): Graph {
  const short = new Map<string, Position>();
  for (const node of graph.nodes) {
    const parent = parentOf(node);
    if (parent === null) continue;
    const at = positionOf(node);
    const inside = insideContainer(at);
    const missing = { x: inside.x - at.x, y: inside.y - at.y };
    const worst = short.get(parent) ?? { x: 0, y: 0 };
    short.set(parent, { x: Math.max(worst.x, missing.x), y: Math.max(worst.y, missing.y) });
  }
  if (![...short.values()].some((by) => by.x > 0 || by.y > 0)) return graph;
  const nodes = graph.nodes.map((node) => {
    const out = short.get(node.id);
    const into = short.get(parentOf(node) ?? "");
    const by = { x: (into?.x ?? 0) - (out?.x ?? 0), y: (into?.y ?? 0) - (out?.y ?? 0) };
    if (by.x === 0 && by.y === 0) return node;
    const at = positionOf(node);
    return { ...node, position: { x: at.x + by.x, y: at.y + by.y } };
  });
  return { ...graph, nodes };
}

/** Config in place of a node's; edges follow ports that were renamed and go with ports that are gone. */
export function setConfig(graph: Graph, id: string, config: JsonObject, types: NodeTypes): Graph {
  const before = nodeById(graph, id);
  if (!before) return graph;
  const after = { ...before, config };
  const next = updateNode(graph, id, () => after);
  return followPorts(next, id, typePorts(before, types), typePorts(after, types));
}

/** Fields of a node beside its config; `undefined` takes a field away. */
export function setFields(graph: Graph, id: string, fields: Partial<Omit<GraphNode, "id" | "type">>): Graph {
  return updateNode(graph, id, (node) => {
    const next: Record<string, unknown> = { ...node };
    for (const [key, value] of Object.entries(fields)) {
      if (value === undefined) delete next[key];
      else next[key] = value;
    }
    return next as unknown as GraphNode;
  });
}

/** All of them disabled, or, when all are, all of them enabled. Start and end stay. */
export function toggleDisabled(graph: Graph, ids: ReadonlySet<string>): Graph {
  const chosen = graph.nodes.filter((node) => ids.has(node.id) && node.type !== "start");
  const disable = chosen.some((node) => !node.disabled);
  return chosen.reduce((next, node) => setFields(next, node.id, { disabled: disable || undefined }), graph);
}

/** Why these nodes cannot move into a container (null: to the top level), or null when they can. */
export function reparentProblem(
  graph: Graph,
  ids: ReadonlySet<string>,
  parent: string | null,
  types: NodeTypes,
) {
  const container = parent === null ? undefined : nodeById(graph, parent);
  if (parent !== null && (!container || !isContainer(container, types))) return "That is not a container.";
  if (parent !== null && withDescendants(graph, ids).has(parent))
    return "A container cannot stand inside itself.";
  for (const node of graph.nodes) {
    if (!ids.has(node.id)) continue;
    const problem = parent === null ? null : addProblem(EMPTY_GRAPH, node.type, parent);
    if (problem) return problem;
  }
  const crosses = graph.edges.some((edge) => ids.has(edge.source) !== ids.has(edge.target));
  return crosses ? "Disconnect it first: an edge does not cross the border of a container." : null;
}

/** The nodes inside another container, at the same place on the canvas. Ask `reparentProblem` first. */
export function reparent(graph: Graph, ids: ReadonlySet<string>, parent: string | null): Graph {
  const origin = parent === null ? { x: 0, y: 0 } : absolutePosition(graph, parent);
  const nodes = graph.nodes.map((node) => {
    if (!ids.has(node.id) || parentOf(node) === parent) return node;
    const at = absolutePosition(graph, node.id);
    const { parent: _left, ...rest } = node;
    const position = { x: at.x - origin.x, y: at.y - origin.y };
    return parent === null ? { ...rest, position } : { ...rest, parent, position: insideContainer(position) };
  });
  return { ...graph, nodes };
}

/** The nodes that an edge from a port may lead to. */
export function targetsFor(graph: Graph, source: string, port: string, types: NodeTypes): GraphNode[] {
  return graph.nodes.filter(
    (node) => refusal(graph, { source, source_port: port, target: node.id }, types) === null,
  );
}
