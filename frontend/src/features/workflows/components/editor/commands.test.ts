import { expect, it } from "vitest";
import { type Graph, nodeById } from "@/canvas/graph";
import { TYPES } from "@/canvas/testing/types";
import { createEditor } from "../../store/editor";
import { createCommands } from "./commands";

const GRAPH: Graph = {
  nodes: [
    { id: "start", type: "start", position: { x: 0, y: 0 } },
    { id: "loop", type: "loop", position: { x: 300, y: 0 } },
    { id: "set", type: "set", position: { x: 0, y: 400 } },
  ],
  edges: [{ source: "start", target: "loop" }],
};

function open() {
  const store = createEditor({ graph: GRAPH, name: "One" });
  return { store, commands: createCommands(store, TYPES), graph: () => store.getState().graph };
}

it("adds where it is dropped, inside of a container too, and selects it", () => {
  const { store, commands, graph } = open();
  commands.addAt("template", { x: 400, y: 120 });
  expect(nodeById(graph(), "template")).toMatchObject({ parent: "loop", position: { x: 104, y: 120 } });
  expect([...store.getState().selection]).toEqual(["template"]);
  commands.addAt("end", { x: 400, y: 120 });
  expect(nodeById(graph(), "end")).toBeUndefined();
});

it("puts what the palette gives behind the selected node, at its free port", () => {
  const { store, commands, graph } = open();
  store.getState().select(new Set(["loop"]));
  commands.addFromPalette("condition");
  commands.addFromPalette("template");
  store.getState().select(new Set(["condition"]));
  commands.addFromPalette("end");
  expect(graph().edges.slice(1)).toEqual([
    { source: "loop", source_port: "out", target: "condition" },
    { source: "condition", source_port: "true", target: "template" },
    { source: "condition", source_port: "false", target: "end" },
  ]);
  const [template, end] = graph().nodes.slice(-2);
  expect(template?.position?.x).toBe(end?.position?.x);
  expect(template?.position?.y).not.toBe(end?.position?.y);
  commands.addFromPalette("set");
  expect(graph().edges).toHaveLength(4);
});

it("finds a free place beside what is there", () => {
  const { commands, graph } = open();
  commands.addAt("set", null);
  commands.addAt("set", null);
  const [first, second] = graph().nodes.slice(-2);
  expect(first?.position).not.toEqual(second?.position);
});

it("moves a node that is let go over a container into it, but none with edges to the outside", () => {
  const { store, commands, graph } = open();
  commands.canvas.move(new Map([["set", { x: 360, y: 100 }]]), { x: 460, y: 130 });
  expect(nodeById(graph(), "set")).toMatchObject({ parent: "loop", position: { x: 60, y: 100 } });
  expect(store.temporal.getState().pastStates).toHaveLength(1);
  commands.undo();
  commands.canvas.move(new Map([["start", { x: 360, y: 100 }]]), { x: 460, y: 130 });
  expect(nodeById(graph(), "start")?.parent).toBeUndefined();
});

it("moves a node that is let go outside of its container out of it, and the container does not follow", () => {
  const { commands, graph } = open();
  commands.addAt("template", { x: 400, y: 120 });
  for (const at of [
    { x: 900, y: 120 },
    { x: 400, y: 700 },
    { x: -500, y: -300 },
  ]) {
    const place = { x: at.x - 300, y: at.y };
    commands.canvas.move(new Map([["template", place]]), { x: at.x + 116, y: at.y + 28 });
    expect(nodeById(graph(), "template")).toMatchObject({ position: at });
    expect(nodeById(graph(), "template")?.parent).toBeUndefined();
    expect(nodeById(graph(), "loop")?.position).toEqual({ x: 300, y: 0 });
    commands.undo();
  }
});

it("lets a container grow after a node that an edge keeps in it", () => {
  const { store, commands, graph } = open();
  commands.addAt("template", { x: 400, y: 120 });
  commands.addFromPalette("set");
  commands.canvas.move(new Map([["template", { x: 104, y: 700 }]]), { x: 520, y: 728 });
  expect(nodeById(graph(), "template")).toMatchObject({ parent: "loop", position: { x: 104, y: 700 } });
  expect(store.getState().graph.edges).toHaveLength(2);
});

it("adds, inserts and connects from the search", () => {
  const { store, commands, graph } = open();
  store.getState().pick({ kind: "insert", edge: GRAPH.edges[0] ?? { source: "", target: "" } });
  commands.place("template");
  expect(graph().edges.map((edge) => `${edge.source}>${edge.target}`)).toEqual([
    "start>template",
    "template>loop",
  ]);
  store.getState().select(new Set(["loop"]));
  commands.askBehindSelected();
  commands.connectTo("set");
  expect(graph().edges.at(-1)).toEqual({ source: "loop", source_port: "out", target: "set" });
  expect(store.getState().picking).toBeNull();
});

it("copies, pastes and deletes what is selected", () => {
  const { store, commands, graph } = open();
  store.getState().select(new Set(["set"]));
  const text = commands.copySelected();
  expect(commands.pasteText(text ?? "", null)).toBe(true);
  expect([...store.getState().selection]).toEqual(["set2"]);
  commands.deleteSelected();
  expect(nodeById(graph(), "set2")).toBeUndefined();
  expect(commands.pasteText("some text", null)).toBe(false);
});
