import { describe, expect, it } from "vitest";
import { copy, duplicate, parseClip, paste } from "./clipboard";
import { EMPTY_GRAPH, type Graph, nodeById } from "./graph";
import { renameNode, renameProblem } from "./rename";
import { TYPES } from "./testing/types";
import { scopeOf } from "./upstream";

const GRAPH: Graph = {
  nodes: [
    { id: "start", type: "start" },
    {
      id: "load",
      type: "set",
      config: { values: { load: "{{ input.load }}" } },
      position: { x: 100, y: 40 },
    },
    {
      id: "check",
      type: "condition",
      config: { cases: [{ id: "load", expression: "load.ok && other.load" }] },
      position: { x: 400, y: 40 },
    },
    {
      id: "l",
      type: "loop",
      config: { over: "{{ load.items }}", update: { n: "load.n + a.n" }, result: "a" },
      position: { x: 700, y: 40 },
    },
    {
      id: "a",
      type: "template",
      parent: "l",
      config: { template: "{{ l.item }} of load {{load}}" },
      position: { x: 24, y: 80 },
    },
    { id: "code", type: "code_javascript", config: { code: "return load", inputs: { load: "{{ load }}" } } },
  ],
  edges: [
    { source: "start", target: "load" },
    { source: "load", target: "check" },
    { source: "check", source_port: "load", target: "l" },
    { source: "l", target: "code" },
    { source: "load", source_port: "error", target: "code" },
  ],
};

describe("renaming a node", () => {
  it("rewrites every reference by the kind of field it stands in", () => {
    const graph = renameNode(GRAPH, "load", "fetch", TYPES);
    expect(graph.nodes.map((node) => node.config)).toEqual([
      undefined,
      { values: { load: "{{ input.load }}" } },
      { cases: [{ id: "load", expression: "fetch.ok && other.load" }] },
      { over: "{{ fetch.items }}", update: { n: "fetch.n + a.n" }, result: "a" },
      { template: "{{ l.item }} of load {{fetch}}" },
      { code: "return load", inputs: { load: "{{ fetch }}" } },
    ]);
    expect(graph.edges[2]).toEqual({ source: "check", source_port: "load", target: "l" });
    expect(graph.edges[1]).toEqual({ source: "fetch", target: "check" });
  });

  it("moves children along with their container", () => {
    const graph = renameNode(GRAPH, "l", "each", TYPES);
    expect(nodeById(graph, "a")).toMatchObject({
      parent: "each",
      config: { template: "{{ each.item }} of load {{load}}" },
    });
  });

  it("refuses a name that an expression already uses for something else", () => {
    expect(renameProblem(GRAPH, "load", "other", TYPES)).toMatch(/already uses/);
    expect(renameProblem(GRAPH, "load", "check", TYPES)).toMatch(/Another/);
    expect(renameProblem(GRAPH, "load", "fetch", TYPES)).toBeNull();
  });
});

describe("the clipboard", () => {
  it("pastes with fresh ids and keeps references among what was copied", () => {
    const clip = parseClip(JSON.stringify(copy(GRAPH, ["load", "l"])));
    if (!clip) throw new Error("no clip");
    const { graph, ids } = paste(GRAPH, clip, TYPES, { at: { x: 800, y: 800 } });
    expect(ids).toEqual(["load2", "l2"]);
    expect(nodeById(graph, "load2")?.position).toEqual({ x: 800, y: 800 });
    expect(nodeById(graph, "l2")?.config).toEqual({
      over: "{{ load2.items }}",
      update: { n: "load2.n + a2.n" },
      result: "a2",
    });
    expect(nodeById(graph, "a2")).toMatchObject({ parent: "l2", position: { x: 24, y: 80 } });
    expect(graph.edges).toHaveLength(GRAPH.edges.length);
  });

  it("keeps ids in an empty workflow, and leaves out a second start", () => {
    const clip = copy(
      GRAPH,
      GRAPH.nodes.map((node) => node.id),
    );
    const once = paste(EMPTY_GRAPH, clip, TYPES);
    expect(once.graph.nodes.map((node) => node.id)).toEqual(GRAPH.nodes.map((node) => node.id));
    const twice = paste(once.graph, clip, TYPES, { offset: { x: 32, y: 32 } });
    expect(twice.left_out).toEqual(["start"]);
    expect(new Set(twice.graph.nodes.map((node) => node.id)).size).toBe(11);
    expect(twice.graph.edges).toHaveLength(9);
  });

  it("duplicates children in their own container", () => {
    const { graph, ids } = duplicate(GRAPH, new Set(["a"]), TYPES);
    expect(ids).toEqual(["a2"]);
    expect(nodeById(graph, "a2")).toMatchObject({ parent: "l", position: { x: 56, y: 112 } });
  });

  it("reads workflow files and refuses other text", () => {
    const file = {
      weft: 1,
      graph: { nodes: [{ id: "a", type: "set" }], edges: [] },
      layout: { a: { x: 8, y: 16 } },
    };
    expect(parseClip(JSON.stringify(file))?.nodes[0]?.position).toEqual({ x: 8, y: 16 });
    expect(parseClip("hello")).toBeNull();
    expect(parseClip("{}")).toBeNull();
    expect(parseClip('{"nodes": [1]}')).toBeNull();
  });
});

describe("what is readable", () => {
  it("is upstream, nearest first, and the round inside a container", () => {
    const scope = scopeOf(GRAPH, "a");
    expect(scope.nodes.map((node) => node.id)).toEqual(["check", "load", "start"]);
    expect(scope.rounds.map((node) => node.id)).toEqual(["l"]);
    expect(scopeOf(GRAPH, "code").nodes.map((node) => node.id)).toEqual(["l", "load", "check", "start"]);
    expect(scopeOf(GRAPH, "code").error).toBe(true);
  });

  it("has a loop's children in the fields asked inside a round", () => {
    expect(scopeOf(GRAPH, "l", true).nodes.map((node) => node.id)).toContain("a");
    expect(scopeOf(GRAPH, "l").nodes.map((node) => node.id)).not.toContain("a");
  });
});
