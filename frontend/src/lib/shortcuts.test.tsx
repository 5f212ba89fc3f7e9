import { fireEvent, render } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { chordsOf, matchesChord, type Shortcut, useShortcutGroups, useShortcuts } from "./shortcuts";

function Page({ title = "Page", shortcuts }: { title?: string; shortcuts: Shortcut[] }) {
  useShortcuts(title, shortcuts);
  const groups = useShortcutGroups();
  return (
    <>
      <input aria-label="text" />
      <ul>{groups.flatMap((group) => group.shortcuts.map(({ label }) => <li key={label}>{label}</li>))}</ul>
    </>
  );
}

describe("matchesChord", () => {
  const press = (init: KeyboardEventInit) => new KeyboardEvent("keydown", init);
  it.each([
    ["?", { key: "?", shiftKey: true }, true],
    ["Ctrl K", { key: "k", ctrlKey: true }, true],
    ["Ctrl K", { key: "k", metaKey: true }, true],
    ["Ctrl K", { key: "k" }, false],
    ["n", { key: "n", ctrlKey: true }, false],
    ["n", { key: "N", shiftKey: true }, false],
    ["Ctrl Shift P", { key: "P", ctrlKey: true, shiftKey: true }, true],
    ["Delete", { key: "Delete" }, true],
  ])("%s on %o: %s", (chord, init, matches) => {
    expect(matchesChord(press(init), chord)).toBe(matches);
  });
  it("tells a chord from a sequence", () => {
    expect(chordsOf("Ctrl K")).toEqual(["Ctrl K"]);
    expect(chordsOf("g w")).toEqual(["g", "w"]);
  });
});

describe("useShortcuts", () => {
  it("runs the action, lists it, and forgets both with the page", () => {
    const run = vi.fn();
    const { container, unmount } = render(<Page shortcuts={[{ keys: "n", label: "New", run }]} />);
    fireEvent.keyDown(document.body, { key: "n" });
    expect(run).toHaveBeenCalledTimes(1);
    expect(container.textContent).toContain("New");
    unmount();
    fireEvent.keyDown(document.body, { key: "n" });
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("needs both keys of a sequence", () => {
    const run = vi.fn();
    render(<Page shortcuts={[{ keys: "g w", label: "Go", run }]} />);
    fireEvent.keyDown(document.body, { key: "w" });
    expect(run).not.toHaveBeenCalled();
    fireEvent.keyDown(document.body, { key: "g" });
    fireEvent.keyDown(document.body, { key: "w" });
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("leaves typing alone, but not Ctrl", () => {
    const plain = vi.fn();
    const command = vi.fn();
    const { getByLabelText } = render(
      <Page
        shortcuts={[
          { keys: "n", label: "New", run: plain },
          { keys: "Ctrl K", label: "Search", run: command },
        ]}
      />,
    );
    const input = getByLabelText("text");
    fireEvent.keyDown(input, { key: "n" });
    fireEvent.keyDown(input, { key: "k", ctrlKey: true });
    expect(plain).not.toHaveBeenCalled();
    expect(command).toHaveBeenCalledTimes(1);
  });

  it("leaves alone what another listener has taken, and what is pressed in a dialog", () => {
    const run = vi.fn();
    render(<Page shortcuts={[{ keys: "n", label: "New", run }]} />);
    const { getByRole } = render(
      <div role="dialog" aria-label="d">
        <button type="button">x</button>
      </div>,
    );
    fireEvent.keyDown(getByRole("button"), { key: "n" });
    const taken = new KeyboardEvent("keydown", { key: "n", bubbles: true, cancelable: true });
    taken.preventDefault();
    document.body.dispatchEvent(taken);
    expect(run).not.toHaveBeenCalled();
  });
});
