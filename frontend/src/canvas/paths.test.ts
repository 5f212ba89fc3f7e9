import { expect, it } from "vitest";
import { type Branch, parentPath, treeOf } from "./paths";
import { foldEvents, NO_RUN, nodeOf, type RunEvent } from "./run";

function run(...entries: [type: string, path: string, data?: RunEvent["data"]][]) {
  const events = entries.map(([type, path, data = {}], index) => ({
    sequence: index + 1,
    type,
    path,
    node: nodeOf(path),
    data,
  }));
  return foldEvents(NO_RUN, events);
}

const shape = (branches: Branch[]): unknown =>
  branches.map(({ label, children }) => (children.length > 0 ? [label, shape(children)] : label));

it("knows what a path lies in", () => {
  expect(["l[3].m[0].a", "l[3].m[0]", "l[3].m", "l[3]", "l", "p.a"].map(parentPath)).toEqual([
    "l[3].m[0]",
    "l[3].m",
    "l[3]",
    "l",
    null,
    "p",
  ]);
});

it("folds rounds below their container, the failed and the moving ones first", () => {
  const tree = treeOf(
    run(
      ["node.completed", "start"],
      ["node.started", "l", { total: 3 }],
      ["node.completed", "l[0].a"],
      ["node.completed", "l[0].b"],
      ["node.started", "l[1].a"],
      ["node.failed", "l[2].a", { handled: "none" }],
    ),
  );
  expect(shape(tree)).toEqual([
    "start",
    [
      "l",
      [
        ["[2]", ["a"]],
        ["[1]", ["a"]],
        ["[0]", ["a", "b"]],
      ],
    ],
  ]);
  const loop = tree[1];
  expect(loop?.counts).toEqual({ failed: 1, running: 1, completed: 2 });
  expect(loop?.children.map(({ status }) => status)).toEqual(["failed", "running", "completed"]);
});

it("does not call a round failed whose failure was handled", () => {
  const [loop] = treeOf(
    run(
      ["node.started", "l", { total: 1 }],
      ["node.failed", "l[0].a", { handled: "branch", port: "error" }],
      ["node.completed", "l[0].b"],
    ),
  );
  expect(loop?.children[0]?.status).toBe("completed");
  expect(loop?.counts).toEqual({ failed: 1, completed: 1 });
});

it("counts what a long loop has let go, and keeps what failed", () => {
  const rounds = Array.from({ length: 10_000 }, (_, round): [string, string] => [
    round === 3 ? "node.failed" : "node.completed",
    `l[${round}].a`,
  ]);
  const [loop] = treeOf(run(["node.started", "l", { total: 10_000 }], ...rounds));
  expect(loop?.counts).toEqual({ failed: 1, completed: 9_999 });
  expect(loop?.children[0]).toMatchObject({ label: "[3]", status: "failed" });
  expect(loop?.children.length).toBeLessThan(4_001);
});
