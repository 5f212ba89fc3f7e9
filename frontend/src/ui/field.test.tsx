import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Field } from "./field";

const LONG = "At least 8 characters.";

function password(error?: string) {
  render(
    <Field label="Password" hint={LONG} error={error}>
      <input />
    </Field>,
  );
  return screen.getByLabelText("Password");
}

it("says once what hint and error have in common", () => {
  password(LONG);
  expect(screen.getAllByText(LONG)).toHaveLength(1);
  expect(screen.getByRole("alert").textContent).toBe(LONG);
});

it("keeps the hint beside another error, and ties both to the control", () => {
  const described = password("Too common.").getAttribute("aria-describedby")?.split(" ") ?? [];
  expect(described.map((id) => document.getElementById(id)?.textContent)).toEqual([LONG, "Too common."]);
});
