import { describe, expect, it } from "vitest";
import { ApiError } from "@/api/problem";
import type { Graph } from "@/canvas/graph";
import { TYPES } from "@/canvas/testing/types";
import { firstAtNode, problemsByNode } from "./problems";

const graph: Graph = {
  nodes: [
    { id: "start", type: "start" },
    { id: "ask", type: "llm", name: "Ask the model" },
    { id: "either", type: "condition" },
  ],
  edges: [],
};

const refusal = (...errors: { path: string; code: string; message: string }[]) =>
  new ApiError({ status: 422, code: "invalid_graph", detail: "The draft has errors.", errors });

describe("problems of a draft", () => {
  it("names the first node that a refusal speaks of", () => {
    const error = refusal(
      { path: "/graph", code: "no_end", message: "There is no end." },
      { path: "/graph/nodes/1/config/prompt", code: "missing", message: "This field is needed." },
    );
    expect(firstAtNode(graph, error, TYPES)).toEqual({
      node: "ask",
      message: "Ask the model, prompt: This field is needed.",
    });
  });

  it("names the field as the panel does", () => {
    const at = (path: string) =>
      firstAtNode(graph, refusal({ path, code: "x", message: "Enter a value." }), TYPES)?.message;
    expect(at("/graph/nodes/2/config/expression")).toBe("either, Expression: Enter a value.");
    expect(at("/graph/nodes/2/config/cases/0/id")).toBe("either, Cases, 1, ID: Enter a value.");
    expect(at("/graph/nodes/2/config")).toBe("either: Enter a value.");
  });

  it("names none where it speaks of none", () => {
    expect(firstAtNode(graph, refusal(), TYPES)).toBeNull();
    expect(
      firstAtNode(graph, refusal({ path: "/graph/nodes/7", code: "x", message: "y" }), TYPES),
    ).toBeNull();
    expect(firstAtNode(graph, new Error("lost"), TYPES)).toBeNull();
  });

  it("asks for a value where a text is empty", () => {
    const message = "String should have at least 1 character.";
    const issue = { path: "/graph/nodes/1/config/model", code: "invalid_value", message };
    const found = problemsByNode(graph, { valid: false, errors: [issue], warnings: [] });
    expect(found.get("ask")).toMatchObject([{ field: "/config/model", message: "Enter a value." }]);
    expect(firstAtNode(graph, refusal(issue), TYPES)?.message).toBe("Ask the model, model: Enter a value.");
  });
});
