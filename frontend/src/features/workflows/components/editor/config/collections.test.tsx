import { render, screen } from "@testing-library/react";
import type { ReactElement } from "react";
import { expect, it } from "vitest";
import type { Problem } from "@/canvas/flow/overlay";
import type { JsonObject, Schema } from "@/canvas/graph";
import { Fields } from "./collections";
import { NodeProblems } from "./problem-line";
import { FormContext, type FormSurroundings } from "./surroundings";

const TEXT: Schema = { type: "string", "x-literal": true };
const SCHEMA: Schema = {
  type: "object",
  properties: { cause: TEXT, reason: TEXT, note: TEXT },
  "x-one-of": [["cause"], ["reason"]],
};
const UNDECIDED: Problem = {
  severity: "error",
  code: "invalid_value",
  message: "Give exactly one of 'cause' and 'reason'.",
  field: "/config",
};
const UNUSED: Problem = { severity: "warning", code: "unused", message: "Nothing reads it.", field: "" };

/** Draws the form of `schema` for a value. */
function formOf(schema: Schema, more: Partial<FormSurroundings> = {}): (value: JsonObject) => ReactElement {
  const surroundings = {
    root: schema,
    nodeType: "",
    problems: [],
    names: () => new Map(),
    place: null,
    templates: false,
    prefix: "",
    ...more,
  };
  return (value) => (
    <FormContext.Provider value={surroundings}>
      <Fields path={[]} schema={schema} value={value} onChange={() => undefined} />
    </FormContext.Provider>
  );
}

function form(value: JsonObject, problems: readonly Problem[]) {
  render(formOf(SCHEMA, { nodeType: "set", problems, prefix: "/config" })(value));
  const marked = (name: string) => screen.getByTestId(`field-${name}`).getAttribute("aria-invalid");
  return { marked };
}

it("marks the fields of which exactly one is wanted, and no other", () => {
  const { marked } = form({}, [UNDECIDED]);
  expect([marked("cause"), marked("note")]).toEqual(["true", null]);
});

it("marks none of them for another error of the node", () => {
  const { marked } = form({ cause: "frost" }, [{ ...UNDECIDED, message: "Not that." }]);
  expect(marked("cause")).toBeNull();
});

it("shows a choice that is needed as not made yet, until it is", () => {
  const schema: Schema = { type: "object", required: ["colour"], properties: { colour: { enum: ["red"] } } };
  const drawn = formOf(schema);
  const { rerender } = render(drawn({}));
  expect(screen.getByRole("combobox").textContent).toBe("Choose one");
  rerender(drawn({ colour: "red" }));
  expect(screen.getByRole("combobox").textContent).toBe("red");
});

it("tells null, as a choice, from no choice", () => {
  const schema: Schema = { type: "object", properties: { colour: { enum: ["red", "", null] } } };
  const drawn = formOf(schema);
  const { rerender } = render(drawn({}));
  const shown = () => screen.getByRole("combobox").textContent;
  expect(shown()).toBe("–");
  rerender(drawn({ colour: null }));
  expect(shown()).toBe("null");
  rerender(drawn({ colour: "" }));
  expect(shown()).toBe('""');
});

it("tells errors from warnings", () => {
  render(<NodeProblems problems={[UNUSED, UNDECIDED]} />);
  expect(screen.getByTestId("node-errors").textContent).toBe(UNDECIDED.message);
  expect(screen.getByTestId("node-warnings").textContent).toBe(UNUSED.message);
  expect(screen.getByLabelText("Error:").closest("li")?.className).toContain("text-danger");
  expect(screen.getByLabelText("Warning:").closest("li")?.className).toContain("text-warning");
});
