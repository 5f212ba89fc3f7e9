import { describe, expect, it } from "vitest";
import type { Graph, JsonObject } from "./graph";
import { foldEvents, NO_RUN, nodeOf, type RunEvent, tookOf } from "./run";
import { edgeState, hadNothing, lookAt, stateOf } from "./traces";

function journal(...entries: [type: string, path: string | null, data?: JsonObject][]): RunEvent[] {
  return entries.map(([type, path, data = {}], index) => ({
    sequence: index + 1,
    type,
    at: `2026-01-01T00:00:${String(index).padStart(2, "0")}Z`,
    epoch: 1,
    data,
    ...(path === null ? {} : { path, node: nodeOf(path.replace(/\.step\[\d+\]$/, "")) }),
  }));
}

const started: [string, null, JsonObject][] = [
  ["execution.created", null, { inputs: { a: 1 } }],
  ["execution.started", null, {}],
];

describe("folding a run's events", () => {
  it("shows a node in a loop by its latest round, in whichever order rounds end", () => {
    const run = foldEvents(
      NO_RUN,
      journal(
        ...started,
        ["node.completed", "l[11].m[2].a", { attempt: 1, output: 11 }],
        ["node.completed", "l[9].m[3].a", { attempt: 1, output: 9 }],
      ),
    );
    expect(run.latest.a).toBe("l[11].m[2].a");
  });

  it("counts the children of a parallel, and only its own", () => {
    const run = foldEvents(
      NO_RUN,
      journal(
        ...started,
        ["node.started", "p", { attempt: 1, total: 3 }],
        ["node.completed", "p.a", { attempt: 1, output: 1 }],
        ["node.started", "p.l", { attempt: 1, total: 2 }],
        ["node.completed", "p.l[0].x", { attempt: 1, output: 1 }],
        ["iteration.completed", "p.l[0]", { index: 0 }],
        ["node.skipped", "p.b", {}],
      ),
    );
    expect([run.nodes.p?.progress, run.nodes["p.l"]?.progress]).toEqual([
      { done: 2, total: 3 },
      { done: 1, total: 2 },
    ]);
  });

  it("brings the nodes of one round to the front, and lets a later event go on", () => {
    const events = journal(
      ...started,
      ["node.completed", "l[0].a", { output: 0 }],
      ["node.completed", "l[0].b", { output: 0 }],
      ["node.completed", "l[1].a", { output: 1 }],
      ["node.completed", "l[1].b", { output: 1 }],
      ["node.completed", "l[2].a", { output: 2 }],
    );
    const before = foldEvents(NO_RUN, events.slice(0, -1));
    const looked = lookAt(before, "l[0].a");
    expect([stateOf(looked, "a")?.path, stateOf(looked, "b")?.path]).toEqual(["l[0].a", "l[0].b"]);
    expect(stateOf(foldEvents(looked, events), "a")?.path).toBe("l[2].a");
  });

  it("follows a node through attempts to its end", () => {
    const events = journal(
      ...started,
      ["node.started", "ask", { attempt: 1, config: { prompt: "Hi" } }],
      ["node.retrying", "ask", { attempt: 1, delay_s: 2, error: { type: "network", message: "lost" } }],
      ["node.started", "ask", { attempt: 2, config: { prompt: "Hi" } }],
      [
        "node.completed",
        "ask",
        { attempt: 2, output: { text: "Ho" }, port: "out", duration_ms: 12, usage: { prompt_tokens: 3 } },
      ],
      ["execution.completed", null, { outputs: { x: 1 }, usage: { prompt_tokens: 3 } }],
    );
    const whole = foldEvents(NO_RUN, events).nodes.ask;
    expect(whole && tookOf(whole)).toBe(3000);
    const retrying = foldEvents(NO_RUN, events.slice(0, 4));
    expect(retrying.nodes.ask).toMatchObject({ status: "retrying", attempts: [{ attempt: 1, delay_s: 2 }] });
    const done = foldEvents(NO_RUN, events);
    expect(done).toMatchObject({ status: "completed", sequence: 7, inputs: { a: 1 }, outputs: { x: 1 } });
    expect(done.nodes.ask).toMatchObject({
      status: "completed",
      attempt: 2,
      duration_ms: 12,
      config: { prompt: "Hi" },
      output: { text: "Ho" },
    });
  });

  it("gives the same state one by one as at once, and ignores what it has seen", () => {
    const events = journal(
      ...started,
      ["node.started", "a", { attempt: 1 }],
      ["node.completed", "a", { port: "out" }],
    );
    const once = foldEvents(NO_RUN, events);
    expect(events.reduce(foldEvents, NO_RUN)).toEqual(once);
    expect(foldEvents(once, events)).toBe(once);
  });

  it("streams text per attempt, and starts anew with the next", () => {
    const delta = (attempt: number, text: string): RunEvent => ({
      sequence: 0,
      type: "node.delta",
      path: "a",
      node: "a",
      data: { attempt, text },
    });
    const [first, second] = [
      journal(...started, ["node.started", "a", { attempt: 1 }]),
      { sequence: 4, type: "node.started", path: "a", node: "a", data: { attempt: 2 } },
    ];
    let state = foldEvents(NO_RUN, [...first, delta(1, "Hel"), delta(1, "lo")]);
    expect(state.nodes.a?.text).toBe("Hello");
    expect(state.sequence).toBe(3);
    state = foldEvents(state, [second, delta(1, "late"), delta(2, "An")]);
    expect(state.nodes.a?.text).toBe("An");
  });

  it("counts a loop's rounds and shows the latest of each child", () => {
    const state = foldEvents(
      NO_RUN,
      journal(
        ...started,
        ["node.started", "l", { attempt: 1, total: 120 }],
        ["node.completed", "l[0].a", { output: 1, port: "out" }],
        ["iteration.completed", "l[0]", { index: 0 }],
        ["node.completed", "l[1].a", { output: 2, port: "out" }],
        ["iteration.completed", "l[1]", { index: 1 }],
      ),
    );
    expect(state.nodes.l?.progress).toEqual({ done: 2, total: 120 });
    expect(stateOf(state, "a")?.output).toBe(2);
    expect(state.nodes["l[0].a"]?.output).toBe(1);
  });

  it("knows waiting, pausing, skipping, reuse and failure", () => {
    const state = foldEvents(
      NO_RUN,
      journal(
        ...started,
        ["node.waiting", "ok", { kind: "approval", message: "Please", form_schema: {} }],
        ["node.skipped", "s", { reason: "unreachable" }],
        ["node.reused", "r", { from: "x", output: 5, port: "out" }],
        ["node.failed", "f", { attempt: 1, handled: "none", error: { type: "http_status", message: "500" } }],
        ["execution.pause_requested", null],
      ),
    );
    expect(state.pausing).toBe(true);
    expect(state.nodes.ok?.waiting_for).toMatchObject({ kind: "approval", message: "Please" });
    expect(state.nodes.s).toMatchObject({ status: "skipped", reason: "unreachable" });
    expect(state.nodes.r).toMatchObject({ status: "reused", output: 5, attempt: 0 });
    expect(state.nodes.f).toMatchObject({ status: "failed", error: { message: "500" } });
  });

  it("keeps durable steps and compensations", () => {
    const state = foldEvents(NO_RUN, [
      ...journal(
        ...started,
        ["node.started", "a", { attempt: 1 }],
        ["step.completed", "a.step[0]", { result: 7 }],
        ["compensation.started", "undo", { of: "a" }],
      ),
    ]);
    expect(state.nodes.a?.steps).toEqual([{ path: "a.step[0]", result: 7 }]);
    expect(state).toMatchObject({
      compensation: "running",
      nodes: { undo: { status: "running", compensation: "running" } },
    });
  });

  it("stays bounded over many rounds", () => {
    const rounds = Array.from(
      { length: 6000 },
      (_, index) => ["node.completed", `l[${index}].a`, { output: index }] as [string, string, JsonObject],
    );
    const state = foldEvents(NO_RUN, journal(...started, ["node.started", "l", { total: 6000 }], ...rounds));
    expect(Object.keys(state.nodes).length).toBeLessThan(4100);
    expect(stateOf(state, "a")?.output).toBe(5999);
  });
});

describe("edges", () => {
  const graph: Graph = {
    nodes: [],
    edges: [
      { source: "c", source_port: "true", target: "x" },
      { source: "c", source_port: "false", target: "y" },
      { source: "f", source_port: "error", target: "h" },
      { source: "f", target: "n" },
      { source: "s", target: "z" },
    ],
  };

  it("are taken, dead or pending by their source's end and port", () => {
    const run = foldEvents(
      NO_RUN,
      journal(
        ...started,
        ["node.completed", "c", { port: "true" }],
        ["node.started", "x", { attempt: 1 }],
        ["node.failed", "f", { handled: "branch", port: "error", error: { type: "x", message: "" } }],
        ["node.started", "s", { attempt: 1 }],
      ),
    );
    expect(
      graph.edges.map((edge) => edgeState(edge, stateOf(run, edge.source), stateOf(run, edge.target))),
    ).toEqual(["active", "dead", "taken", "dead", "pending"]);
  });
});

describe("what a run had at a node", () => {
  const graph: Graph = {
    nodes: [
      { id: "a", type: "http_request" },
      { id: "b", type: "http_request" },
      { id: "l", type: "loop" },
      { id: "inside", type: "transform", parent: "l" },
      { id: "late", type: "transform" },
    ],
    edges: [],
  };
  const run = foldEvents(
    NO_RUN,
    journal(
      ...started,
      ["node.completed", "a", { attempt: 1, output: null }],
      ["node.failed", "b", { attempt: 1, error: { type: "network", message: "lost" } }],
      ["node.started", "l", { attempt: 1 }],
      ["node.completed", "l[0].inside", { attempt: 1, output: 1 }],
      ["node.skipped", "l[1].inside", { reason: "dead" }],
      ["node.skipped", "late", { reason: "dead" }],
    ),
  );

  it("is nothing where the node was skipped or never reached", () => {
    expect(hadNothing(run, graph, "late", new Set(["a"]))).toBe(true);
    expect(hadNothing(NO_RUN, graph, "a", new Set())).toBe(true);
  });

  it("is nothing where a node that it reads gave no output", () => {
    expect(hadNothing(run, graph, "a", new Set(["b"]))).toBe(true);
    expect(hadNothing(run, graph, "b", new Set(["a", "inputs"]))).toBe(false);
  });

  it("is what its first round had, with the round itself, inside of a loop", () => {
    expect(hadNothing(run, graph, "inside", new Set(["l"]))).toBe(false);
    expect(hadNothing(run, graph, "a", new Set(["l"]))).toBe(true);
  });
});
