import { expect, it, vi } from "vitest";
import { createAutosave, type SaveState } from "./autosave";

class Stale extends Error {}

/** A server that keeps one text with a revision, and answers when told to. */
function server() {
  const kept = { value: "a", revision: 1, down: false, calls: 0 };
  return {
    kept,
    save: async (value: string, revision: number) => {
      kept.calls += 1;
      await Promise.resolve();
      if (kept.down) throw new Error("down");
      if (revision !== kept.revision) throw new Stale();
      kept.value = value;
      kept.revision += 1;
      return kept.revision;
    },
  };
}

function start(remote = server()) {
  const states: SaveState["kind"][] = [];
  const autosave = createAutosave<string>({
    initial: { value: "a", revision: 1 },
    save: remote.save,
    isConflict: (error) => error instanceof Stale,
    mayPass: () => true,
    onState: (state) => states.push(state.kind),
    delayMs: 100,
    retryMs: 200,
  });
  return { ...remote, states, autosave };
}

it("waits for a pause, then saves the newest once", async () => {
  vi.useFakeTimers();
  const { kept, states, autosave } = start();
  autosave.change("ab");
  autosave.change("abc");
  await vi.advanceTimersByTimeAsync(150);
  expect(kept).toMatchObject({ value: "abc", revision: 2, calls: 1 });
  expect(states).toEqual(["unsaved", "unsaved", "saving", "saved"]);
  vi.useRealTimers();
});

it("saves what changes while a save is under way, upon its revision", async () => {
  const { kept, autosave } = start();
  autosave.change("b");
  const first = autosave.flush();
  autosave.change("c");
  expect(await first).toBe(true);
  expect(await autosave.flush()).toBe(true);
  expect(kept).toMatchObject({ value: "c", revision: 3 });
});

it("stops at a conflict until it is resolved either way", async () => {
  const { kept, states, autosave } = start();
  kept.revision = 7;
  kept.value = "theirs";
  autosave.change("mine");
  expect(await autosave.flush()).toBe(false);
  expect(states.at(-1)).toBe("conflict");
  autosave.change("mine too");
  expect(await autosave.flush()).toBe(false);
  expect(kept.value).toBe("theirs");
  autosave.resolve(7);
  expect(await autosave.flush()).toBe(true);
  expect(kept.value).toBe("mine too");
  autosave.resolve(8, "reloaded");
  expect(await autosave.flush()).toBe(true);
  expect(kept.value).toBe("mine too");
});

it("tells whether what was unsaved at the end is saved, and tries no more", async () => {
  vi.useFakeTimers();
  const { kept, autosave } = start();
  autosave.change("b");
  expect(await autosave.stop()).toBe(true);
  expect(kept.value).toBe("b");
  const cut = start();
  cut.kept.down = true;
  cut.autosave.change("b");
  expect(await cut.autosave.stop()).toBe(false);
  cut.kept.down = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(cut.kept).toMatchObject({ value: "a", calls: 1 });
  vi.useRealTimers();
});

it("tries again by itself what may pass", async () => {
  vi.useFakeTimers();
  const { kept, states, autosave } = start();
  kept.down = true;
  autosave.change("b");
  await vi.advanceTimersByTimeAsync(150);
  expect(states.at(-1)).toBe("failed");
  kept.down = false;
  await vi.advanceTimersByTimeAsync(250);
  expect(kept.value).toBe("b");
  vi.useRealTimers();
});
