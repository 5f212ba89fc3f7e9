import { expect, it } from "vitest";
import { addNode, deleteNodes, moveNodes } from "@/canvas/edit";
import { EMPTY_GRAPH, type Graph } from "@/canvas/graph";
import { renameNode } from "@/canvas/rename";
import { TYPES } from "@/canvas/testing/types";
import { createAutosave } from "./autosave";
import { createEditor, type DraftValue, saveChanges, singleSelected } from "./editor";

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
  expect(store.getState().selection).toEqual(new Set());
});

it("keeps a node selected under its new id, and under the old one after an undo", () => {
  const { store, edit, history } = editor();
  edit((graph) => addNode(graph, "set", { x: 0, y: 0 }, TYPES).graph);
  edit((graph) => addNode(graph, "set", { x: 80, y: 0 }, TYPES).graph);
  store.getState().select(new Set(["set"]));
  edit((graph) => renameNode(graph, "set", "first", TYPES));
  expect(singleSelected(store.getState())).toBe("first");
  history().undo();
  expect(singleSelected(store.getState())).toBe("set");
  expect(store.getState().renamed).toEqual({ from: "first", to: "set" });
  history().redo();
  expect(singleSelected(store.getState())).toBe("first");
  edit((graph) => deleteNodes(graph, ["first"]));
  expect([singleSelected(store.getState()), store.getState().renamed]).toEqual([null, null]);
});

it("selects no node that the graph does not have", () => {
  const { store, edit } = editor();
  edit((graph) => addNode(graph, "set", { x: 0, y: 0 }, TYPES).graph);
  store.getState().select(new Set(["set", "gone"]), new Set(["gone:out->set"]));
  expect(singleSelected(store.getState())).toBe("set");
  expect(store.getState().edgeSelection).toEqual(new Set());
});

it("keeps selected what another window's draft still has", () => {
  const { store, edit } = editor();
  edit((graph) => addNode(graph, "set", { x: 0, y: 0 }, TYPES).graph);
  const theirs = store.getState().graph;
  edit((graph) => addNode(graph, "template", { x: 0, y: 0 }, TYPES).graph);
  store.getState().select(new Set(["set", "template"]));
  store.getState().replace({ graph: { ...theirs }, name: "Theirs" });
  expect(store.getState().selection).toEqual(new Set(["set"]));
});

function gate() {
  const waiting: (() => void)[] = [];
  const signal = new Promise<void>((resolve) => waiting.push(resolve));
  return { signal, answer: () => waiting.map((resolve) => resolve()) };
}

/** An editor whose drafts are saved by a server that does not answer before `answer` is called. */
function saving() {
  const { store, edit, history } = editor();
  const { signal, answer } = gate();
  const saved: DraftValue[] = [];
  const autosave = createAutosave<DraftValue>({
    initial: { value: { graph: EMPTY_GRAPH, name: "One" }, revision: 1 },
    save: async (value, revision) => {
      await signal;
      saved.push(value);
      return revision + 1;
    },
    isConflict: () => false,
    mayPass: () => false,
    onState: () => undefined,
  });
  saveChanges(store, autosave);
  return { store, edit, history, autosave, saved, answer };
}

it("can redo after a save that ended between undo and redo", async () => {
  const { store, edit, history, autosave, saved, answer } = saving();
  edit((graph) => addNode(graph, "set", { x: 0, y: 0 }, TYPES).graph, "name set");
  const drawn = store.getState().graph;
  const first = autosave.flush();
  history().undo();
  answer();
  expect(await first).toBe(true);
  expect(saved.map(({ graph }) => graph)).toEqual([drawn, EMPTY_GRAPH]);
  history().redo();
  expect(store.getState().graph).toBe(drawn);
  expect(await autosave.flush()).toBe(true);
  expect(saved.at(-1)?.graph).toBe(drawn);
});

it("saves the graph under the last name while the name is empty", async () => {
  const { store, edit, autosave, saved, answer } = saving();
  answer();
  store.getState().rename("");
  edit((graph) => addNode(graph, "set", { x: 0, y: 0 }, TYPES).graph);
  expect(await autosave.flush()).toBe(true);
  expect(saved).toEqual([{ graph: store.getState().graph, name: "One" }]);
});
