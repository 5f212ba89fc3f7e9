import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { ValueView } from "./value-view";

afterEach(() => vi.unstubAllGlobals());

const blob = (sha: string) => ({ $blob: sha, size: 70_000, preview: `begins ${sha}` });

it("shows how a large value begins, all of it when asked, and never another run's", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ city: "Seattle" }));
  const drawn = (sha: string) => <ValueView title="Output" value={blob(sha)} execution="1" testId="out" />;
  const { rerender } = render(drawn("aa"));
  const out = screen.getByTestId("out");
  expect(out.textContent).toContain("begins aa…");
  expect(out.textContent).not.toContain("$blob");
  await userEvent.click(screen.getByRole("button", { name: /Load all/ }));
  expect(await screen.findByText(/Seattle/)).toBeTruthy();
  rerender(drawn("bb"));
  expect(out.textContent).toContain("begins bb…");
  expect(out.textContent).not.toContain("Seattle");
});
