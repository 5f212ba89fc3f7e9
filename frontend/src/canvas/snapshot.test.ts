import { expect, it } from "vitest";
import { foldEvents } from "./run";
import { fromSnapshot } from "./snapshot";
import { edgeState, stateOf } from "./traces";

it("shows a run by its snapshot, and goes on with its events", () => {
  const run = fromSnapshot({
    status: "running",
    inputs: { a: 1 },
    nodes: [
      { path: "a", node: "a", status: "completed", attempt: 1, port: "out", output: 5 },
      {
        path: "f",
        node: "f",
        status: "failed",
        attempt: 2,
        port: "error",
        error: { type: "x", message: "y" },
      },
    ],
  });
  expect(stateOf(run, "a")).toMatchObject({ status: "completed", output: 5 });
  const failed = stateOf(run, "f");
  expect(edgeState({ source: "f", source_port: "error", target: "h" }, failed, undefined)).toBe("taken");
  expect(edgeState({ source: "f", target: "h" }, failed, undefined)).toBe("dead");
  const after = foldEvents(
    { ...run, sequence: 9 },
    { sequence: 10, type: "execution.completed", data: { outputs: 1 } },
  );
  expect(after).toMatchObject({ status: "completed", outputs: 1, inputs: { a: 1 } });
});
