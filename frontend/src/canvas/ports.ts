/** The output ports of a node: its type's, those that follow from its config, and `error`. */

import {
  COMPENSATE_PORT,
  ERROR_PORT,
  type Graph,
  type GraphNode,
  type Json,
  type NodeTypes,
  portOf,
} from "./graph";
import { isObject } from "./schema";

const WITHOUT_OUTPUTS = new Set(["end", "stop"]);

function idsOf(list: Json | undefined): string[] {
  if (!Array.isArray(list)) return [];
  const ids = list.map((item) => (isObject(item) ? item.id : undefined));
  return [...new Set(ids.filter((id): id is string => typeof id === "string" && id !== ""))];
}

/** A type's ports for a config, without `error` and `compensate`. */
export function typePorts(node: GraphNode, types: NodeTypes): string[] {
  const config = node.config ?? {};
  if (WITHOUT_OUTPUTS.has(node.type)) return [];
  if (node.type === "condition") {
    const cases = idsOf(config.cases);
    return cases.length > 0 ? [...cases, "else"] : ["true", "false"];
  }
  if (node.type === "switch") return [...idsOf(config.cases), "else"];
  if (node.type === "text_classify") return [...idsOf(config.classes), "else"];
  return [...(types.get(node.type)?.ports ?? ["out"])];
}

/**
 * The ports drawn at a node: its type's, `error` and `compensate` where they are used or asked for, and those that it
 * does not have and edges still name: else such an edge is refused and cannot be seen, nor taken away.
 */
export function portsOf(node: GraphNode, types: NodeTypes, used: ReadonlySet<string> = new Set()): string[] {
  const ports = typePorts(node, types);
  const unknown = [...used].filter((port) => ![...ports, ERROR_PORT, COMPENSATE_PORT].includes(port));
  ports.push(...unknown);
  if (node.policy?.on_error === "branch" || used.has(ERROR_PORT)) ports.push(ERROR_PORT);
  if (used.has(COMPENSATE_PORT)) ports.push(COMPENSATE_PORT);
  return ports;
}

/** For each node, the ports that its outgoing edges name. */
export function usedPorts(graph: Graph): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const edge of graph.edges) {
    const ports = used.get(edge.source) ?? new Set<string>();
    ports.add(portOf(edge));
    used.set(edge.source, ports);
  }
  return used;
}

/** Edges moved along with ports whose ids changed in place, and dropped with ports that are gone. */
export function followPorts(graph: Graph, id: string, before: string[], after: string[]): Graph {
  const renamed = new Map<string, string>();
  if (before.length === after.length) {
    before.forEach((port, index) => {
      const now = after[index];
      if (now !== undefined && !after.includes(port) && !before.includes(now)) renamed.set(port, now);
    });
  }
  const edges = graph.edges.flatMap((edge) => {
    const port = portOf(edge);
    if (edge.source !== id || !before.includes(port) || after.includes(port)) return [edge];
    const now = renamed.get(port);
    return now === undefined ? [] : [{ ...edge, source_port: now }];
  });
  return edges.length === graph.edges.length && renamed.size === 0 ? graph : { ...graph, edges };
}
