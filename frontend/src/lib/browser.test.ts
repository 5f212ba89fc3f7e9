import { describe, expect, it } from "vitest";
import { idFromPath } from "./browser";

describe("idFromPath", () => {
  it.each([
    ["/workflows/0193-a", "workflows", "0193-a"],
    ["/workflows/0193-a/", "workflows", "0193-a"],
    ["/workflows/_", "workflows", null],
    ["/workflows", "workflows", null],
    ["/executions/1", "workflows", null],
    ["/executions/a%20b", "executions", "a b"],
    ["/executions/%E0%A4%A", "executions", "%E0%A4%A"],
  ])("%s in %s is %s", (path, section, id) => {
    expect(idFromPath(path, section)).toBe(id);
  });
});
