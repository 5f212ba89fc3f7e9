import { describe, expect, it } from "vitest";
import { complete, readables } from "./completion";
import type { Graph } from "./graph";
import { TYPES } from "./testing/types";

const GRAPH: Graph = {
  nodes: [
    {
      id: "start",
      type: "start",
      config: { inputs_schema: { type: "object", properties: { city: { type: "string" } } } },
    },
    { id: "fetch", type: "transform" },
    { id: "pick", type: "set", config: { values: { total: "1" } } },
    { id: "later", type: "set" },
  ],
  edges: [
    { source: "start", target: "fetch" },
    { source: "fetch", target: "pick" },
    { source: "pick", target: "later" },
  ],
};
const outputs = new Map([["fetch", { items: [{ name: "a" }], "no-name": 1, größe: { ключ: 1 } }]]);
const names = readables(GRAPH, "later", TYPES, { outputs, inputs: { country: "x" } });
const labels = (before: string) => complete(before, names).choices.map((choice) => choice.label);

describe("completing an expression", () => {
  it("offers what is upstream, nearest first, and the names of every scope", () => {
    expect(labels("").slice(0, 4)).toEqual(["pick", "fetch", "start", "input"]);
    expect(labels("")).not.toContain("later");
    expect(labels("1 + fet")).toEqual(["fetch"]);
    expect(complete("1 + fet", names).replace).toBe(3);
  });

  it("follows paths through the last run's data and through schemas", () => {
    expect(labels("fetch.")).toEqual(["items", "größe"]);
    expect(labels("fetch.größe.кл")).toEqual(["ключ"]);
    expect(complete("fetch.größe.кл", names).replace).toBe(2);
    expect(labels("éfetch.")).toEqual([]);
    expect(labels("fetch.it")).toEqual(["items"]);
    expect(complete("fetch.it", names).replace).toBe(2);
    expect(labels("fetch.items[0].")).toEqual(["name"]);
    expect(labels("fetch?.items[0]?.na")).toEqual(["name"]);
    expect(labels("pick.")).toEqual(["total"]);
    expect(labels("input.")).toEqual(["city", "country"]);
    expect(labels("fetch.items.")).toContain("length");
    expect(labels("nothing.")).toEqual([]);
  });
});
