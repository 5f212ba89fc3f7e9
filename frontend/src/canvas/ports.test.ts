import { expect, it } from "vitest";
import { toFlowEdges, toFlowNodes } from "./flow/elements";
import { portsOf } from "./ports";
import { TYPES } from "./testing/types";

const NONE = new Set<string>();

it("draws the ports that a node has, and those that the edges use besides", () => {
  const node = { id: "check", type: "condition" };
  expect(portsOf(node, TYPES)).toEqual(["true", "false"]);
  expect(portsOf(node, TYPES, new Set(["true", "error", "compensate"]))).toEqual([
    "true",
    "false",
    "error",
    "compensate",
  ]);
});

it("shows an edge from a port that the node does not have, so that it can be taken away", () => {
  const graph = {
    nodes: [
      { id: "check", type: "condition" },
      { id: "end", type: "end" },
    ],
    edges: [{ source: "check", source_port: "yes", target: "end" }],
  };
  const [check] = toFlowNodes(graph, TYPES, NONE, []);
  const [edge] = toFlowEdges(graph, NONE, []);
  expect(check?.data.ports).toEqual(["true", "false", "yes"]);
  expect(check?.data.ports).toContain(edge?.sourceHandle);
  expect(portsOf({ id: "end", type: "end" }, TYPES, new Set(["out"]))).toEqual(["out"]);
});
