import { describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/problem";
import { fieldOf, showErrors } from "./form";

describe("fieldOf", () => {
  const values = { name: "", data: { api_key: "", "a/b": "" }, allowed_hosts: "x" };
  it.each([
    ["/name", "name"],
    ["/data/api_key", "data.api_key"],
    ["/data/a~1b", "data.a/b"],
    ["/allowed_hosts/0", "allowed_hosts"],
    ["/data/unknown", "data"],
    ["/elsewhere", null],
    ["", null],
  ])("%s is the field %s", (pointer, field) => {
    expect(fieldOf(values, pointer)).toBe(field);
  });
});

function formOf(values: object) {
  const setError = vi.fn();
  return { form: { getValues: () => values, setError } as never, setError };
}

describe("showErrors", () => {
  it("puts each issue at its field, and the focus on the first", () => {
    const { form, setError } = formOf({ name: "", tags: "" });
    const errors = [
      { path: "/name", code: "too_long", message: "Too long." },
      { path: "/tags/3", code: "too_long", message: "A tag is too long.", suggestion: "Shorten it." },
    ];
    showErrors(form, new ApiError({ status: 422, errors }));
    expect(setError.mock.calls).toEqual([
      ["name", { type: "too_long", message: "Too long." }, { shouldFocus: true }],
      ["tags", { type: "too_long", message: "A tag is too long. Shorten it." }, { shouldFocus: false }],
    ]);
  });

  it("puts what has no field above the buttons", () => {
    const { form, setError } = formOf({ name: "" });
    const errors = [{ path: "/graph/nodes/0", code: "bad", message: "A node is wrong." }];
    showErrors(form, new ApiError({ status: 422, errors }));
    expect(setError.mock.calls).toEqual([["root", { message: "A node is wrong." }]]);
  });

  it("says what a refusal without issues says", () => {
    const { form, setError } = formOf({ name: "" });
    showErrors(form, new ApiError({ status: 401, detail: "Wrong email or password." }));
    expect(setError.mock.calls).toEqual([["root", { message: "Wrong email or password." }]]);
  });
});
