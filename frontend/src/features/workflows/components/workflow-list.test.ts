import { expect, it } from "vitest";
import { fileName } from "../hooks/workflows";
import { splitTags } from "./workflow-dialog";

it("reads tags as people type them", () => {
  expect(splitTags(" a, b c,, a ,")).toEqual(["a", "b c"]);
  expect(splitTags("")).toEqual([]);
});

it("names files so that every system takes them", () => {
  expect(fileName("Größe / Höhe: 2!")).toBe("große-hohe-2");
  expect(fileName("../..")).toBe("workflow");
});
