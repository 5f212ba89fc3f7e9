/** The state of a run on the canvas: the fold of its events, by the engine's rules. */

import type { Json, JsonObject } from "./graph";

export type NodeStatus =
  | "running"
  | "retrying"
  | "waiting"
  | "completed"
  | "failed"
  | "skipped"
  | "reused"
  | "cancelled";
export type RunStatus = "queued" | "running" | "waiting" | "paused" | "completed" | "failed" | "cancelled";

export interface RunError {
  type: string;
  message: string;
  node?: string | null;
  path?: string | null;
  attempt?: number | null;
  retryable?: boolean;
  details?: Json;
}

export interface Usage {
  prompt_tokens?: number;
  completion_tokens?: number;
  cost_usd?: number | null;
}

/** An event as REST and SSE send it. `node.delta` has no sequence of its own. */
export interface RunEvent {
  execution_id?: string;
  sequence: number;
  type: string;
  at?: string;
  node?: string | null;
  path?: string | null;
  epoch?: number;
  data: JsonObject;
}

export interface Attempt {
  attempt: number;
  error: RunError | null;
  delay_s: number | null;
}

export interface NodeState {
  path: string;
  node: string;
  status: NodeStatus;
  attempt: number;
  /** The rendered config, where the start was recorded. */
  config?: Json;
  output?: Json;
  port?: string | null;
  origin?: string;
  error?: RunError | null;
  handled?: string;
  usage?: Usage | null;
  reason?: string;
  /** When its first attempt began. */
  begun_at?: string;
  /** When its last attempt began. */
  started_at?: string;
  ended_at?: string;
  /** Of the last attempt. */
  duration_ms?: number | null;
  /** What was streamed in this attempt. */
  text: string;
  progress?: { done: number; total: number | null };
  attempts: Attempt[];
  steps: { path: string; result: Json }[];
  waiting_for?: { kind: string; until: string | null; message: string | null; form_schema: Json };
  compensation?: "running" | "completed" | "failed";
}

export interface RunState {
  status: RunStatus | "idle";
  sequence: number;
  epoch: number;
  inputs?: Json;
  outputs?: Json;
  error?: RunError | null;
  usage?: Usage | null;
  started_at?: string;
  ended_at?: string;
  pausing: boolean;
  compensation: "running" | "done" | "partial" | null;
  /** By path: `fetch`, `l[3].fetch`. */
  nodes: Record<string, NodeState>;
  /** By container: how many paths inside of it were let go, by status. */
  forgotten: Record<string, Partial<Record<NodeStatus, number>>>;
  /** For each node id the path that began or ended last: what the canvas shows. */
  latest: Record<string, string>;
}

export const NO_RUN: RunState = {
  status: "idle",
  sequence: 0,
  epoch: 0,
  pausing: false,
  compensation: null,
  nodes: {},
  forgotten: {},
  latest: {},
};

export const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);
const MAX_TEXT = 200_000;
const MAX_PATHS = 4_000;

/** The state after one or several events. Events already folded change nothing. */
export function foldEvents(state: RunState, events: RunEvent | RunEvent[]): RunState {
  const list = Array.isArray(events) ? events : [events];
  const next: RunState = { ...state, nodes: { ...state.nodes }, latest: { ...state.latest } };
  let changed = false;
  for (const event of list) {
    const streamed = event.type === "node.delta";
    if (!streamed && event.sequence <= next.sequence) continue;
    if (!streamed) next.sequence = event.sequence;
    if (event.epoch !== undefined) next.epoch = Math.max(next.epoch, event.epoch);
    changed = apply(next, event) || changed || !streamed;
  }
  if (changed) forgetOldRounds(next);
  return changed ? next : state;
}

function apply(state: RunState, event: RunEvent): boolean {
  const [family, verb] = event.type.split(".") as [string, string];
  if (family === "execution") applyExecution(state, verb, event);
  else if (family === "node") return applyNode(state, verb, event);
  else if (family === "step") applyStep(state, event);
  else if (family === "iteration") applyIteration(state, event);
  else if (family === "compensation") applyCompensation(state, verb, event);
  return true;
}

function applyExecution(state: RunState, verb: string, { data, at }: RunEvent): void {
  switch (verb) {
    case "created":
      state.status = "queued";
      state.inputs = data.inputs;
      break;
    case "started":
    case "resumed":
      state.status = "running";
      state.pausing = false;
      state.started_at ??= at;
      break;
    case "pause_requested":
      state.pausing = true;
      break;
    case "waiting":
      state.status = "waiting";
      break;
    case "paused":
      state.status = "paused";
      state.pausing = false;
      break;
    case "completed":
    case "failed":
    case "cancelled":
      state.status = verb;
      state.ended_at = at;
      state.pausing = false;
      state.outputs = data.outputs;
      state.error = (data.error as RunError | undefined) ?? null;
      state.usage = (data.usage as Usage | undefined) ?? state.usage ?? null;
      state.compensation = (data.compensation as RunState["compensation"] | undefined) ?? state.compensation;
      break;
  }
}

const ENDS = new Set(["completed", "failed", "skipped", "cancelled", "reused"]);

function applyNode(state: RunState, verb: string, event: RunEvent): boolean {
  const { path, data, at } = event;
  const node = event.node ?? (path ? nodeOf(path) : null);
  if (!path || !node) return false;
  const before = state.nodes[path] ?? emptyNode(path, node);
  const after = nodeAfter(before, verb, data, at);
  if (after === before) return false;
  state.nodes[path] = after.begun_at === undefined ? { ...after, begun_at: at } : after;
  if (verb !== "delta" && !isEarlierRound(path, state.latest[node])) state.latest[node] = path;
  if (ENDS.has(verb)) countChild(state, path);
  return true;
}

/** A child directly inside a `parallel` (`p.a`, not `l[3].a`) has ended: that is how far the container has come. */
function countChild(state: RunState, path: string): void {
  const holder = path.slice(0, Math.max(0, path.lastIndexOf(".")));
  if (holder && !holder.endsWith("]")) countDone(state, holder);
}

function countDone(state: RunState, holder: string): void {
  const node = state.nodes[holder];
  if (!node) return;
  const { done, total } = node.progress ?? { done: 0, total: null };
  state.nodes[holder] = { ...node, progress: { done: done + 1, total } };
}

function emptyNode(path: string, node: string): NodeState {
  return { path, node, status: "running", attempt: 0, text: "", attempts: [], steps: [] };
}

/** Whether a path lies in an earlier round than another of the same node: rounds that run at once end in any order. */
function isEarlierRound(path: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const [mine, theirs] = [path, other].map((each) =>
    [...each.matchAll(/\[(\d+)\]/g)].map((found) => Number(found[1])),
  );
  const at = mine?.findIndex((round, depth) => round !== theirs?.[depth]) ?? -1;
  return at >= 0 && (mine?.[at] ?? 0) < (theirs?.[at] ?? 0);
}

/** The node's id that a path ends with: `l[3].fetch` is `fetch`, `l[3]` is `l`. */
export function nodeOf(path: string): string {
  const last = path.slice(path.lastIndexOf(".") + 1);
  return last.replace(/\[\d+\]$/, "");
}

function nodeAfter(node: NodeState, verb: string, data: JsonObject, at: string | undefined): NodeState {
  switch (verb) {
    case "started":
      return started(node, data, at);
    case "delta":
      return streamed(node, data);
    case "retrying":
      return {
        ...node,
        status: "retrying",
        attempts: [
          ...node.attempts,
          {
            attempt: Number(data.attempt ?? node.attempt),
            error: (data.error as unknown as RunError) ?? null,
            delay_s: typeof data.delay_s === "number" ? data.delay_s : null,
          },
        ],
      };
    case "waiting":
      return {
        ...node,
        status: "waiting",
        started_at: node.started_at ?? at,
        waiting_for: {
          kind: String(data.kind ?? "timer"),
          until: (data.until as string | undefined) ?? null,
          message: (data.message as string | undefined) ?? null,
          form_schema: data.form_schema ?? null,
        },
      };
    case "completed":
    case "failed":
      return ended(node, verb, data, at);
    case "skipped":
    case "cancelled":
      return { ...node, status: verb, reason: text(data.reason), ended_at: at, waiting_for: undefined };
    case "reused":
      return {
        ...ended(node, "completed", data, at),
        status: "reused",
        attempt: 0,
        reason: text(data.reason),
      };
    default:
      return node;
  }
}

function started(node: NodeState, data: JsonObject, at: string | undefined): NodeState {
  const attempt = Number(data.attempt ?? 1);
  const total = typeof data.total === "number" ? data.total : null;
  return {
    ...node,
    status: "running",
    attempt,
    config: data.config,
    started_at: node.started_at ?? at,
    text: "",
    waiting_for: undefined,
    progress: "total" in data ? { done: node.progress?.done ?? 0, total } : node.progress,
  };
}

function streamed(node: NodeState, data: JsonObject): NodeState {
  const piece =
    typeof data.text === "string" ? data.text : data.chunk === undefined ? "" : JSON.stringify(data.chunk);
  const attempt = Number(data.attempt ?? node.attempt);
  // A late piece of an attempt that has ended, or of a node that has, is no news.
  if (!piece || attempt < node.attempt || node.status === "completed") return node;
  const begun = attempt > node.attempt ? "" : node.text;
  return { ...node, attempt, text: (begun + piece).slice(-MAX_TEXT) };
}

function ended(
  node: NodeState,
  status: "completed" | "failed",
  data: JsonObject,
  at: string | undefined,
): NodeState {
  const total = node.progress?.total;
  return {
    ...node,
    status,
    attempt: Number(data.attempt ?? node.attempt),
    output: data.output,
    port: (data.port as string | undefined) ?? (status === "completed" ? "out" : null),
    origin: text(data.origin),
    error: status === "failed" ? ((data.error as unknown as RunError) ?? null) : null,
    handled: text(data.handled),
    usage: (data.usage as Usage | undefined) ?? node.usage ?? null,
    started_at: text(data.started_at) ?? node.started_at,
    ended_at: at,
    duration_ms: typeof data.duration_ms === "number" ? data.duration_ms : between(node.started_at, at),
    waiting_for: undefined,
    progress: node.progress && { ...node.progress, total: total ?? node.progress.done },
  };
}

/** How long a node took, attempts and the delays between them included. */
export function tookOf(node: NodeState): number | null {
  if (node.attempt > 1 && node.ended_at) return between(node.begun_at, node.ended_at) ?? null;
  return node.duration_ms ?? null;
}

function between(from: string | undefined, to: string | undefined): number | null {
  return from && to ? Math.max(0, Date.parse(to) - Date.parse(from)) : null;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function applyStep(state: RunState, { path, data }: RunEvent): void {
  if (!path) return;
  const owner = path.slice(0, path.lastIndexOf(".step["));
  const node = state.nodes[owner];
  if (node) state.nodes[owner] = { ...node, steps: [...node.steps, { path, result: data.result ?? null }] };
}

function applyIteration(state: RunState, { path }: RunEvent): void {
  if (path) countDone(state, path.replace(/\[\d+\]$/, ""));
}

function applyCompensation(state: RunState, verb: string, event: RunEvent): void {
  state.compensation ??= "running";
  if (!event.path || !event.node) return;
  const node = state.nodes[event.path] ?? emptyNode(event.path, event.node);
  const status = verb === "started" ? "running" : verb === "failed" ? "failed" : "completed";
  state.nodes[event.path] = {
    ...node,
    status,
    compensation: status,
    output: event.data.output ?? node.output,
    error: (event.data.error as RunError | undefined) ?? null,
    started_at: node.started_at ?? event.at,
    ended_at: verb === "started" ? undefined : event.at,
  };
  state.latest[event.node] = event.path;
}

const KEPT: ReadonlySet<NodeStatus> = new Set(["running", "retrying", "waiting", "failed"]);

/**
 * Bounds what a loop of many rounds keeps in the browser: the oldest ended paths inside containers go first and are
 * only counted from then on; failed ones go last.
 */
function forgetOldRounds(state: RunState): void {
  const paths = Object.keys(state.nodes);
  if (paths.length <= MAX_PATHS) return;
  const shown = new Set(Object.values(state.latest));
  const inside = paths.filter((path) => path.includes("[") && !shown.has(path));
  const statusOf = (path: string) => state.nodes[path]?.status ?? "skipped";
  const order = [
    ...inside.filter((path) => !KEPT.has(statusOf(path))),
    ...inside.filter((path) => statusOf(path) === "failed"),
  ];
  const forgotten = { ...state.forgotten };
  for (const path of order.slice(0, Math.ceil(paths.length - MAX_PATHS * 0.9))) {
    const container = path.slice(0, path.indexOf("["));
    const counts = forgotten[container] ?? {};
    const status = statusOf(path);
    forgotten[container] = { ...counts, [status]: (counts[status] ?? 0) + 1 };
    delete state.nodes[path];
  }
  state.forgotten = forgotten;
}
