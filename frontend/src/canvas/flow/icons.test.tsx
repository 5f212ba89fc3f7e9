import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { NodeIcon } from "./icons";

it("keeps its size beside a long text", () => {
  const { container } = render(<NodeIcon icon="globe" className="size-4" />);
  expect([...(container.querySelector("svg")?.classList ?? [])]).toEqual(
    expect.arrayContaining(["size-4", "shrink-0"]),
  );
});
