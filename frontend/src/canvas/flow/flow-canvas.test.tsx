import { act, render } from "@testing-library/react";
import type { ReactFlowProps } from "@xyflow/react";
import { expect, it, vi } from "vitest";
import { setFields } from "../edit";
import type { Graph } from "../graph";
import { TYPES } from "../testing/types";
import type { FlowEdge, FlowNode } from "./elements";
import { FlowCanvas } from "./flow-canvas";
import { createOverlay } from "./overlay";

type Given = ReactFlowProps<FlowNode, FlowEdge>;
const given = vi.hoisted(() => [] as unknown[]);

vi.mock("@xyflow/react", async (original) => ({
  ...(await original<typeof import("@xyflow/react")>()),
  ReactFlow: (props: unknown) => given.push(props) && null,
}));

const GRAPH: Graph = {
  nodes: [
    { id: "start", type: "start" },
    { id: "a", type: "set", position: { x: 300, y: 0 } },
  ],
  edges: [{ source: "start", target: "a" }],
};

/** Everything but the nodes; `onInit` is called once, whichever it is by then. */
function around({ nodes: _nodes, onInit: _onInit, children: _children, ...rest }: Given) {
  return new Map(Object.entries(rest));
}

it("gives React Flow nothing new but the changed node, or it draws every node for a key stroke", () => {
  const shared = { types: TYPES, overlay: createOverlay(), label: "Workflow" };
  const actions = { select: vi.fn(), move: vi.fn(), connect: vi.fn(), refusal: () => null, refused: vi.fn() };
  const more = { addBehind: vi.fn(), insertOn: vi.fn(), dropType: vi.fn() };
  const all = { ...actions, ...more };
  const drawn = (graph: Graph) => (
    // A new function each time, as a page gives that draws itself anew.
    <FlowCanvas {...shared} graph={graph} actions={all} onNodeClick={() => undefined} />
  );
  const { rerender } = render(drawn(GRAPH));
  const before = given.at(-1) as Given;
  act(() => rerender(drawn(setFields(GRAPH, "a", { name: "A" }))));
  const after = given.at(-1) as Given;
  expect(after.nodes?.map(({ ariaLabel }) => ariaLabel)).toEqual(["start, start", "A, set"]);
  expect(after.nodes?.[0]).toBe(before.nodes?.[0]);
  for (const [name, value] of around(after)) expect(value, name).toBe(around(before).get(name));
});
