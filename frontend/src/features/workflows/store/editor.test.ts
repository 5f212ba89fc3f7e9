import { expect, it } from "vitest";
import { addNode, moveNodes } from "@/canvas/edit";
import { EMPTY_GRAPH, type Graph } from "@/canvas/graph";
import { TYPES } from "@/canvas/testing/types";
import { createEditor, singleSelected } from "./editor";

function editor() {
  const clock = { now: 0 };
  const store = createEditor({ graph: EMPTY_GRAPH, name: "One" }, () => clock.now);
  const edit = (change: (graph: Graph) => Graph, key?: string) =>
    store.getState().edit(change(store.getState().graph), key);
  return { clock, store, edit, history: () => store.temporal.getState() };
}

it("undoes and redoes step by step", () => {
  const { store, edit, history } = editor();
  edit((graph) => addNode(graph, "set", { x: 0, y: 0 }, TYPES).graph);
  edit((graph) => moveNodes(graph, new Map([["set", { x: 80, y: 80 }]])));
  history().undo();
  expect(store.getState().graph.nodes[0]?.position).toEqual({ x: 0, y: 0 });
  history().undo();
  expect(store.getState().graph).toBe(EMPTY_GRAPH);
  history().redo();
  history().redo();
  expect(store.getState().graph.nodes[0]?.position).toEqual({ x: 80, y: 80 });
});

it("takes typing in one field as one step, and a pause as the next", () => {
  const { clock, store, history } = editor();
  for (const name of ["T", "Tw", "Two"]) {
    clock.now += 200;
    store.getState().rename(name);
  }
  clock.now += 5000;
  store.getState().rename("Two!");
  history().undo();
  expect(store.getState().name).toBe("Two");
  history().undo();
  expect(store.getState().name).toBe("One");
});

it("keeps selecting out of the history, and forgets a selected node that is gone", () => {
  const { store, edit, history } = editor();
  edit((graph) => addNode(graph, "set", { x: 0, y: 0 }, TYPES).graph);
  store.getState().select(new Set(["set"]));
  expect(singleSelected(store.getState())).toBe("set");
  expect(history().pastStates).toHaveLength(1);
  history().undo();
  expect(singleSelected(store.getState())).toBeNull();
});
