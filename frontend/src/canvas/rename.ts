/** Renaming node ids: references in every expression and template of the graph follow. */

import { namesIn, type Renames, renameInExpression, renameInTemplate, templateParts } from "./expressions";
import { type Graph, type GraphNode, type JsonObject, type NodeTypes, parentOf } from "./graph";
import { idProblem } from "./identifiers";
import { mapStrings, type TextKind } from "./schema";

function renameText(text: string, kind: TextKind, renames: Renames): string {
  if (kind === "literal") return text;
  if (kind === "expression" && !text.trim().startsWith("{{")) return renameInExpression(text, renames);
  return renameInTemplate(text, renames);
}

/** The node with the references in its config renamed; the same node when there are none. */
export function renameReferences(node: GraphNode, renames: Renames, types: NodeTypes): GraphNode {
  if (!node.config) return node;
  const schema = types.get(node.type)?.config_schema ?? {};
  let changed = false;
  const config = mapStrings(node.config, schema, schema, (text, kind) => {
    const renamed = renameText(text, kind, renames);
    changed ||= renamed !== text;
    return renamed;
  }) as JsonObject;
  return changed ? { ...node, config } : node;
}

/** The names that a node's config reads. */
export function namesReadBy(node: GraphNode, types: NodeTypes): Set<string>[] {
  const schema = types.get(node.type)?.config_schema ?? {};
  const read: Set<string>[] = [];
  mapStrings(node.config ?? {}, schema, schema, (text, kind) => {
    if (kind === "expression" && !text.trim().startsWith("{{")) read.push(namesIn(text));
    else if (kind !== "literal" && text.includes("{{")) {
      for (const part of templateParts(text)) {
        if (part.kind === "expression") read.push(namesIn(text.slice(part.start, part.end)));
      }
    }
    return text;
  });
  return read;
}

/** Why a node cannot get this id, or null when it can. */
export function renameProblem(graph: Graph, from: string, to: string, types: NodeTypes): string | null {
  if (from === to) return null;
  const problem = idProblem(to, new Set(graph.nodes.map((node) => node.id)));
  if (problem) return problem;
  const captured = graph.nodes.find((node) =>
    namesReadBy(node, types).some((names) => names.has(from) && names.has(to)),
  );
  return captured
    ? `An expression of “${captured.id}” already uses the name “${to}” beside “${from}”.`
    : null;
}

/** The graph with the node `from` called `to`, everywhere. Ask `renameProblem` first. */
export function renameNode(graph: Graph, from: string, to: string, types: NodeTypes): Graph {
  if (from === to) return graph;
  const renames = new Map([[from, to]]);
  return {
    nodes: graph.nodes.map((node) => {
      const renamed = renameReferences(node, renames, types);
      if (node.id === from) return { ...renamed, id: to };
      return parentOf(node) === from ? { ...renamed, parent: to } : renamed;
    }),
    edges: graph.edges.map((edge) =>
      edge.source === from || edge.target === from
        ? {
            ...edge,
            source: edge.source === from ? to : edge.source,
            target: edge.target === from ? to : edge.target,
          }
        : edge,
    ),
  };
}

/** The one node whose id alone tells two graphs' lists of nodes apart, as a rename and its undo leave them; else null. */
export function renameBetween(before: Graph, after: Graph): { from: string; to: string } | null {
  if (before.nodes.length !== after.nodes.length) return null;
  let found: { from: string; to: string } | null = null;
  for (const [index, { id: to, type }] of after.nodes.entries()) {
    const was = before.nodes[index];
    if (was === undefined || was.id === to) continue;
    if (found || was.type !== type) return null;
    found = { from: was.id, to };
  }
  return found;
}
