import { describe, expect, it } from "vitest";
import {
  elapsed,
  formatBytes,
  formatCompact,
  formatCost,
  formatDateTime,
  formatDuration,
  formatPreview,
  formatRelative,
  plural,
} from "./format";

describe("formatDuration", () => {
  it.each([
    [null, "–"],
    [undefined, "–"],
    [Number.NaN, "–"],
    [-1, "–"],
    [0, "<1 ms"],
    [0.4, "<1 ms"],
    [1, "1 ms"],
    [999, "999 ms"],
    [999.6, "1.0 s"],
    [1_234, "1.2 s"],
    [9_949, "9.9 s"],
    [9_999, "10 s"],
    [59_400, "59 s"],
    [59_900, "1 min"],
    [60_000, "1 min"],
    [245_000, "4 min 5 s"],
    [3_599_600, "1 h"],
    [7_260_000, "2 h 1 min"],
    [172_800_000, "2 d"],
    [277_200_000, "3 d 5 h"],
  ])("%s ms is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe("elapsed", () => {
  const now = Date.parse("2026-01-01T00:00:10Z");
  it("is open until now", () => {
    expect(elapsed("2026-01-01T00:00:00Z", null, now)).toBe(10_000);
  });
  it("ends at the end", () => {
    expect(elapsed("2026-01-01T00:00:00Z", "2026-01-01T00:00:04Z", now)).toBe(4_000);
  });
  it("is never negative, and null without a start or with nonsense", () => {
    expect(elapsed("2026-01-01T00:01:00Z", null, now)).toBe(0);
    expect(elapsed(null, null, now)).toBeNull();
    expect(elapsed("yesterday", null, now)).toBeNull();
  });
});

describe("formatRelative", () => {
  const now = Date.parse("2026-01-10T12:00:00Z");
  it.each([
    [null, "–"],
    ["nonsense", "–"],
    ["2026-01-10T11:59:55Z", "just now"],
    ["2026-01-10T11:59:20Z", "40 sec. ago"],
    ["2026-01-10T11:57:00Z", "3 min. ago"],
    ["2026-01-10T14:00:00Z", "in 2 hr."],
    ["2026-01-09T11:00:00Z", "yesterday"],
  ])("%s is %s", (time, text) => {
    expect(formatRelative(time, now)).toBe(text);
  });
  it("gives the date beyond a week", () => {
    expect(formatRelative("2025-12-24T12:00:00Z", now)).toBe("Dec 24, 2025");
  });
});

describe("the others", () => {
  it("formats costs by their size", () => {
    expect([null, 0, 0.00001, 0.01234, 1.5].map(formatCost)).toEqual([
      "–",
      "$0",
      "<$0.0001",
      "$0.0123",
      "$1.50",
    ]);
  });
  it("formats bytes", () => {
    expect([0, 1023, 1536, 150 * 1024, 5 * 1024 ** 3].map(formatBytes)).toEqual([
      "0 B",
      "1023 B",
      "1.5 KiB",
      "150 KiB",
      "5.0 GiB",
    ]);
  });
  it("makes one short line of any value", () => {
    expect(formatPreview({ a: "b\nc" })).toBe('{"a":"b\\nc"}');
    expect(formatPreview("two\n  lines ")).toBe("two lines");
    expect(formatPreview("abcdef", 4)).toBe("abc…");
    expect(formatPreview(null)).toBe("null");
    expect(formatPreview(undefined)).toBe("");
  });
  it("counts", () => {
    expect(plural(1, "item")).toBe("1 item");
    expect(plural(1200, "item")).toBe("1,200 items");
    expect(formatCompact(12_345)).toBe("12.3K");
  });
  it("shows nothing for no time", () => {
    expect(formatDateTime(undefined)).toBe("–");
  });
});
