import { describe, expect, it } from "vitest";
import { expiry } from "./components/api-key-dialog";
import { destination } from "./hooks/session";
import { readValue, showValue } from "./hooks/variables";

describe("destination", () => {
  it.each([
    ["", "/workflows"],
    ["?next=%2Fexecutions%2F1%3Fa%3Db", "/executions/1?a=b"],
    ["?next=https%3A%2F%2Fevil.example", "/workflows"],
    ["?next=%2F%2Fevil.example", "/workflows"],
    ["?next=%2F%5Cevil.example", "/workflows"],
    ["?next=%2Flogin", "/workflows"],
  ])("%s leads to %s", (search, path) => {
    expect(destination(search)).toBe(path);
  });
});

describe("a variable's value", () => {
  it.each([5, true, null, "text", "5", "true", "null", '"quoted"', "", { a: [1] }, "{broken"])(
    "%j survives being shown and typed",
    (value) => {
      expect(readValue(showValue(value))).toEqual(value);
    },
  );
});

it("turns days into a time", () => {
  expect(expiry("30", Date.parse("2026-01-01T00:00:00Z"))).toBe("2026-01-31T00:00:00.000Z");
  expect(expiry("", 0)).toBeNull();
});
