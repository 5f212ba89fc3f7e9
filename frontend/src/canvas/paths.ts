/** The paths of a run as a tree: containers hold their rounds, rounds hold their nodes. */

import { type NodeState, type NodeStatus, nodeOf, type RunState } from "./run";

export type Counts = Partial<Record<NodeStatus, number>>;

export interface Branch {
  path: string;
  /** The node's id, or the round as `[3]`. */
  label: string;
  node: string;
  /** None for a round: rounds have no record of their own. */
  state: NodeState | undefined;
  /** A round's is the most pressing one inside. */
  status: NodeStatus;
  /** Those that need a look first: failed, then moving, then the rest as they began. */
  children: Branch[];
  /** Nodes inside at any depth by status, those forgotten by the browser too. */
  counts: Counts;
}

const URGENCY: readonly NodeStatus[] = [
  "failed",
  "retrying",
  "running",
  "waiting",
  "cancelled",
  "completed",
  "reused",
  "skipped",
];

function urgency(status: NodeStatus): number {
  return URGENCY.indexOf(status);
}

/** What a path lies in: `l[3].a` in `l[3]`, `l[3]` in `l`, `p.a` in `p`; null at the top. */
export function parentPath(path: string): string | null {
  if (path.endsWith("]")) return path.slice(0, path.lastIndexOf("["));
  const dot = path.lastIndexOf(".");
  return dot < 0 ? null : path.slice(0, dot);
}

export function treeOf(run: RunState): Branch[] {
  const branches = new Map<string, Branch>();
  const top: Branch[] = [];
  const branchAt = (path: string): Branch => {
    const known = branches.get(path);
    if (known) return known;
    const state = run.nodes[path];
    const parent = parentPath(path);
    const label = parent === null ? path : path.slice(parent.length).replace(/^\./, "");
    const counts = { ...run.forgotten[path] };
    const branch: Branch = {
      path,
      label,
      node: nodeOf(path),
      state,
      status: state?.status ?? "skipped",
      children: [],
      counts,
    };
    branches.set(path, branch);
    if (parent === null) top.push(branch);
    else branchAt(parent).children.push(branch);
    return branch;
  };
  for (const path of Object.keys(run.nodes)) branchAt(path);
  for (const branch of top) settle(branch);
  return top;
}

/** Counts, statuses of rounds, and the order, from the leaves up. */
function settle(branch: Branch): void {
  for (const child of branch.children) {
    settle(child);
    if (child.state) add(branch.counts, child.status, 1);
    for (const [status, count] of Object.entries(child.counts)) {
      add(branch.counts, status as NodeStatus, count);
    }
  }
  if (!branch.state) branch.status = worst(branch.children) ?? branch.status;
  const pressing = (child: Branch) => Math.min(urgency(child.status), urgency("cancelled"));
  branch.children.sort((a, b) => pressing(a) - pressing(b));
}

export function add(counts: Counts, status: NodeStatus, count: number): void {
  counts[status] = (counts[status] ?? 0) + count;
}

/** The most pressing status; a failure that was handled in its place does not make a round a failed one. */
function worst(children: readonly Branch[]): NodeStatus | undefined {
  let found: NodeStatus | undefined;
  for (const { state, status } of children) {
    const handled = state?.handled === "branch" || state?.handled === "continue";
    const here = status === "failed" && handled ? "completed" : status;
    if (found === undefined || urgency(here) < urgency(found)) found = here;
  }
  return found;
}
