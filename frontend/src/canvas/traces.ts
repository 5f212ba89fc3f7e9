/** Which edges a run took, derived from the states of its nodes. */

import { containersOf, ERROR_PORT, type Graph, type GraphEdge, nodeById, portOf } from "./graph";
import { parentPath } from "./paths";
import type { NodeState, RunState } from "./run";

export type EdgeState = "pending" | "active" | "taken" | "dead";

/** The state that the canvas shows for a node: its latest path's. */
export function stateOf(run: RunState, node: string): NodeState | undefined {
  const path = run.latest[node];
  return path === undefined ? undefined : run.nodes[path];
}

/** The run with the nodes of one round in front: what the canvas shows for them until they go on. */
export function lookAt(run: RunState, path: string): RunState {
  const around = parentPath(path);
  const latest = { ...run.latest };
  for (const other of Object.values(run.nodes)) {
    if (parentPath(other.path) === around) latest[other.node] = other.path;
  }
  return { ...run, latest };
}

/** The state that previews speak of: in loops that of the first round. */
export function firstStateOf(run: RunState, graph: Graph, node: string): NodeState | undefined {
  const around = containersOf(graph, node).reverse();
  const prefix = around.map(({ id, type }) => (type === "loop" ? `${id}[0].` : `${id}.`)).join("");
  return run.nodes[prefix + node];
}

/** Whether a run had nothing to preview at a node: it was not reached, or a node that it reads gave no output. */
export function hadNothing(run: RunState, graph: Graph, node: string, reads: ReadonlySet<string>): boolean {
  const own = firstStateOf(run, graph, node);
  if (!own || own.status === "skipped") return true;
  // Read inside of it, a container is its round, which is there before its output.
  const around = new Set(containersOf(graph, node).map(({ id }) => id));
  return [...reads].some(
    (name) =>
      nodeById(graph, name) && !around.has(name) && firstStateOf(run, graph, name)?.output === undefined,
  );
}

export function edgeState(
  edge: GraphEdge,
  source: NodeState | undefined,
  target: NodeState | undefined,
): EdgeState {
  if (!source) return "pending";
  switch (source.status) {
    case "completed":
    case "reused":
      return (source.port ?? "out") === portOf(edge) ? live(target) : "dead";
    case "failed":
      if (source.handled === "branch")
        return portOf(edge) === (source.port ?? ERROR_PORT) ? live(target) : "dead";
      return source.handled === "continue" && (source.port ?? "out") === portOf(edge) ? live(target) : "dead";
    case "skipped":
    case "cancelled":
      return "dead";
    default:
      return "pending";
  }
}

function live(target: NodeState | undefined): EdgeState {
  const busy =
    target && (target.status === "running" || target.status === "retrying" || target.status === "waiting");
  return busy ? "active" : "taken";
}
