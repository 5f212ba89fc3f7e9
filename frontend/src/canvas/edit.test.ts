import { describe, expect, it } from "vitest";
import { connect, refusal } from "./connect";
import {
  addAfter,
  addNode,
  deleteNodes,
  insertOnEdge,
  moveNodes,
  reparent,
  reparentProblem,
  setConfig,
  toggleDisabled,
} from "./edit";
import { absolutePosition, containerAt, sizesOf } from "./geometry";
import { EMPTY_GRAPH, type Graph, nodeById, sameMeaning } from "./graph";
import { freshId, idProblem } from "./identifiers";
import { layout } from "./layout";
import { TYPES } from "./testing/types";

const GRAPH: Graph = {
  nodes: [
    { id: "start", type: "start", position: { x: 0, y: 0 } },
    { id: "check", type: "condition", position: { x: 300, y: 0 }, config: { expression: "input.a" } },
    { id: "l", type: "loop", position: { x: 600, y: 0 } },
    { id: "a", type: "set", parent: "l", position: { x: 24, y: 80 } },
    { id: "b", type: "set", parent: "l", position: { x: 320, y: 80 } },
    { id: "end", type: "end", position: { x: 1300, y: 0 } },
  ],
  edges: [
    { source: "start", target: "check" },
    { source: "check", source_port: "true", target: "l" },
    { source: "a", target: "b" },
    { source: "l", target: "end" },
  ],
};

describe("ids", () => {
  it("numbers what is taken and never gives a reserved word", () => {
    expect(freshId("set", new Set())).toBe("set");
    expect(freshId("set", new Set(["set"]))).toBe("set2");
    expect(freshId("set2", new Set(["set", "set2"]))).toBe("set3");
    expect(freshId("switch", new Set())).toBe("switch1");
    expect(freshId("1 b-c", new Set())).toBe("_1_b_c");
    expect(freshId("größe", new Set(["größe"]))).toBe("größe2");
    expect(freshId("gro\u0308ße ₂", new Set())).toBe("größe_");
    expect(freshId("\u0301x", new Set())).toBe("_\u0301x");
    expect(freshId("--", new Set())).toBe("_");
    expect(freshId("", new Set())).toBe("node");
    expect(freshId("𝒳".repeat(80), new Set())).toBe(`${"𝒳".repeat(56)}2`);
  });

  it("says why an id is refused", () => {
    expect(idProblem("input", new Set())).toMatch(/reserved/);
    expect(idProblem("a b", new Set())).toMatch(/letters/);
    expect(idProblem("a", new Set(["a"]))).toMatch(/Another/);
    expect(idProblem("get", new Set())).toBeNull();
    expect(idProblem("prototype", new Set())).toMatch(/reserved/);
    for (const id of ["größe", "ключ", "大小", "می\u200cخواهم", "𝒳".repeat(64)])
      expect(idProblem(id, new Set())).toBeNull();
    for (const id of ["a×", "x²", "٣", "\u200da", "a\u00a0", "😀"])
      expect(idProblem(id, new Set())).toMatch(/letters/);
    expect(idProblem("gro\u0308ße", new Set())).toMatch(/normal form C: “größe”/);
    expect(idProblem("𝒳".repeat(65), new Set())).toMatch(/64/);
  });
});

describe("connecting", () => {
  it.each([
    ["check", "nope", "end", "unknown_port"],
    ["l", "out", "start", "target_start"],
    ["end", "out", "check", "no_outputs"],
    ["l", "out", "check", "cycle"],
    ["a", "out", "end", "border"],
    ["l", "out", "a", "container_child"],
    ["a", "out", "l", "container_child"],
    ["start", "out", "check", "duplicate"],
    ["check", "true", "check", "self"],
    ["gone", "out", "check", "unknown_node"],
  ])("%s:%s → %s is refused as %s", (source, source_port, target, code) => {
    expect(refusal(GRAPH, { source, source_port, target }, TYPES)?.code).toBe(code);
  });

  it("allows a second port to the same node, and an error edge", () => {
    const { graph, refusal: no } = connect(
      GRAPH,
      { source: "check", source_port: "false", target: "end" },
      TYPES,
    );
    expect(no).toBeNull();
    expect(graph.edges).toHaveLength(5);
    expect(refusal(graph, { source: "check", source_port: "error", target: "end" }, TYPES)).toBeNull();
  });

  it("lets an error edge overrule a policy that contradicts it", () => {
    const graph = {
      ...GRAPH,
      nodes: GRAPH.nodes.map((node) =>
        node.id === "l" ? { ...node, policy: { on_error: "fail" as const } } : node,
      ),
    };
    const next = connect(graph, { source: "l", source_port: "error", target: "end" }, TYPES).graph;
    expect(nodeById(next, "l")?.policy?.on_error).toBe("branch");
  });

  it("keeps a node that undoes another out of the flow", () => {
    const { graph, id } = addNode(GRAPH, "set", { x: 0, y: 300 }, TYPES);
    const undone = connect(graph, { source: "check", source_port: "compensate", target: id }, TYPES).graph;
    expect(undone.edges).toHaveLength(5);
    expect(refusal(undone, { source: id, target: "end" }, TYPES)?.code).toBe("compensation");
    expect(refusal(GRAPH, { source: "start", source_port: "compensate", target: "l" }, TYPES)?.code).toBe(
      "compensation",
    );
  });
});

describe("editing", () => {
  it("adds behind a port inside of the source's container", () => {
    const added = addAfter(GRAPH, { id: "b", port: "out" }, "template", { x: 600, y: 80 }, TYPES);
    expect(added.refusal).toBeNull();
    expect(nodeById(added.graph, "template")?.parent).toBe("l");
    expect(added.graph.edges.at(-1)).toEqual({ source: "b", source_port: "out", target: "template" });
  });

  it("inserts on an edge and makes room", () => {
    const edge = GRAPH.edges[2];
    if (!edge) throw new Error("no edge");
    const { graph, id } = insertOnEdge(GRAPH, edge, "condition", TYPES);
    expect(graph.edges.filter((other) => other.source === id || other.target === id)).toEqual([
      { source: "a", target: id, source_port: "out" },
      { source: id, source_port: "true", target: "b" },
    ]);
    expect(graph.edges).toHaveLength(5);
    expect(nodeById(graph, "b")?.position?.x).toBeGreaterThan(600);
  });

  it("deletes children and edges with a container", () => {
    const graph = deleteNodes(GRAPH, ["l"]);
    expect(graph.nodes.map((node) => node.id)).toEqual(["start", "check", "end"]);
    expect(graph.edges).toEqual([{ source: "start", target: "check" }]);
    expect(deleteNodes(GRAPH, ["gone"])).toBe(GRAPH);
  });

  it("grows a container to the side where a child is pushed out", () => {
    const graph = moveNodes(GRAPH, new Map([["a", { x: -76, y: 80 }]]));
    expect(absolutePosition(graph, "a").x).toBe(absolutePosition(GRAPH, "l").x - 76);
    expect(absolutePosition(graph, "b")).toEqual(absolutePosition(GRAPH, "b"));
    expect(nodeById(graph, "l")?.position?.x).toBe(500);
    expect(moveNodes(GRAPH, new Map([["a", { x: 24, y: 80 }]]))).toBe(GRAPH);
  });

  it("moves edges with renamed cases and drops those of cases that are gone", () => {
    const cases = setConfig(GRAPH, "check", { cases: [{ id: "big", expression: "1" }] }, TYPES);
    expect(cases.edges.some((edge) => edge.source === "check")).toBe(true);
    const drawn = connect(cases, { source: "check", source_port: "else", target: "end" }, TYPES).graph;
    const renamed = setConfig(drawn, "check", { cases: [{ id: "large", expression: "1" }] }, TYPES);
    expect(renamed.edges.filter((edge) => edge.source === "check").map((edge) => edge.source_port)).toEqual([
      "large",
      "else",
    ]);
    const none = setConfig(renamed, "check", { cases: [{ id: "large" }, { id: "x" }] }, TYPES);
    expect(none.edges).toHaveLength(renamed.edges.length);
  });

  it("moves a free node into a container and refuses one with edges", () => {
    const { graph, id } = addNode(GRAPH, "set", { x: 700, y: 200 }, TYPES);
    expect(reparentProblem(graph, new Set([id]), "l", TYPES)).toBeNull();
    const moved = reparent(graph, new Set([id]), "l");
    expect(nodeById(moved, id)?.parent).toBe("l");
    expect(absolutePosition(moved, id)).toEqual({ x: 704, y: 200 });
    expect(reparentProblem(graph, new Set(["check"]), "l", TYPES)).toMatch(/Disconnect/);
    expect(reparentProblem(graph, new Set(["l"]), "l", TYPES)).toMatch(/inside itself/);
    expect(nodeById(reparent(moved, new Set([id]), null), id)).not.toHaveProperty("parent");
  });

  it("finds the container under a point", () => {
    expect(containerAt(GRAPH, TYPES, { x: 640, y: 120 }, new Set())).toBe("l");
    expect(containerAt(GRAPH, TYPES, { x: 640, y: 120 }, new Set(["l"]))).toBeNull();
    expect(containerAt(GRAPH, TYPES, { x: 10, y: 10 }, new Set())).toBeNull();
  });

  it("disables all that are chosen, then enables them", () => {
    const off = toggleDisabled(GRAPH, new Set(["a", "b", "start"]));
    expect(off.nodes.filter((node) => node.disabled).map((node) => node.id)).toEqual(["a", "b"]);
    expect(toggleDisabled(off, new Set(["a", "b"])).nodes.some((node) => node.disabled)).toBe(false);
  });
});

it("tells whether only places differ", () => {
  expect(sameMeaning(GRAPH, moveNodes(GRAPH, new Map([["end", { x: 0, y: 900 }]])))).toBe(true);
  expect(sameMeaning(GRAPH, deleteNodes(GRAPH, ["end"]))).toBe(false);
});

describe("layout", () => {
  it("puts every node right of what leads to it, children inside their container", async () => {
    const graph = moveNodes(GRAPH, await layout(GRAPH, TYPES));
    const sizes = sizesOf(graph, TYPES);
    for (const edge of graph.edges) {
      const source = nodeById(graph, edge.source);
      const target = nodeById(graph, edge.target);
      expect((source?.position?.x ?? 0) + (sizes.get(edge.source)?.width ?? 0)).toBeLessThan(
        target?.position?.x ?? 0,
      );
    }
    const container = sizes.get("l");
    const last = nodeById(graph, "b")?.position;
    expect((last?.x ?? 0) + 232).toBeLessThan(container?.width ?? 0);
    expect(await layout(EMPTY_GRAPH, TYPES)).toEqual(new Map());
  });
});
