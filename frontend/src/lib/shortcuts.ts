"use client";

import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Shortcut {
  /** As it is shown: `?`, `Ctrl K` (Command on a Mac), or a sequence `g w`. */
  keys: string;
  label: string;
  /** Left out for keys that are listed here but handled by the control that has the focus. */
  run?: (event: KeyboardEvent) => void;
}

interface Group {
  title: string;
  shortcuts: readonly Shortcut[];
}

let groups: readonly Group[] = [];
const changed = new Set<() => void>();

function publish(next: readonly Group[]): void {
  groups = next;
  for (const listener of changed) listener();
}

const modifiers = new Set(["Ctrl", "Shift", "Alt"]);

function isEditable(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [role=combobox]"))
  );
}

/** Whether the event is this chord: `Ctrl Shift P`, `?`, `Delete`. */
export function matchesChord(event: KeyboardEvent, chord: string): boolean {
  const parts = chord.split(" ");
  const key = parts.at(-1) ?? "";
  const command = event.ctrlKey || event.metaKey;
  if (command !== parts.includes("Ctrl") || event.altKey !== parts.includes("Alt")) return false;
  // Shift is part of typing `?`; it counts only where it is named or the key is a letter.
  if (parts.includes("Shift") !== event.shiftKey && (parts.includes("Shift") || /^[a-z]$/i.test(key))) {
    return false;
  }
  return event.key.toLowerCase() === key.toLowerCase();
}

/** `g w` is a sequence of two keys; `Ctrl K` is one chord. */
export function chordsOf(keys: string): string[] {
  return keys.split(" ").some((part) => modifiers.has(part)) ? [keys] : keys.split(" ");
}

let pending: { key: string; until: number } | null = null;

function find(event: KeyboardEvent): Shortcut | undefined {
  const editable = isEditable(event.target);
  const before = pending !== null && pending.until > event.timeStamp ? pending.key : null;
  // Of two groups that want the same keys the one that came later (the page's own) wins.
  const all = groups.flatMap((group) => group.shortcuts).toReversed();
  return all.find((shortcut) => {
    if (!shortcut.run || (editable && !shortcut.keys.startsWith("Ctrl"))) return false;
    const [first = "", second] = chordsOf(shortcut.keys);
    if (second === undefined) return matchesChord(event, first);
    return before === first && matchesChord(event, second);
  });
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  // An open dialog or menu has the keyboard for itself.
  const inside =
    event.target instanceof Element && event.target.closest("[role=dialog],[role=alertdialog],[role=menu]");
  if (inside) return;
  const shortcut = find(event);
  const plain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  pending = !shortcut && plain ? { key: event.key.toLowerCase(), until: event.timeStamp + 1_000 } : null;
  if (!shortcut?.run) return;
  event.preventDefault();
  shortcut.run(event);
}

/** Registers keys while the component is mounted; `?` lists them under `title`. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const shape = shortcuts.map(({ keys, label }) => `${keys}\t${label}`).join("\n");

  useEffect(() => {
    const own: Group = {
      title,
      shortcuts:
        shape === ""
          ? []
          : shape.split("\n").map((line, index) => {
              const [keys = "", label = ""] = line.split("\t");
              const handled = latest.current[index]?.run !== undefined;
              return {
                keys,
                label,
                run: handled ? (event) => latest.current[index]?.run?.(event) : undefined,
              };
            }),
    };
    if (groups.length === 0) addEventListener("keydown", onKeyDown);
    publish([...groups, own]);
    return () => {
      publish(groups.filter((group) => group !== own));
      if (groups.length === 0) removeEventListener("keydown", onKeyDown);
    };
  }, [title, shape]);
}

const none: readonly Group[] = [];

/** Every group of keys that works right now. */
export function useShortcutGroups(): readonly Group[] {
  return useSyncExternalStore(
    (listener) => {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    () => groups,
    () => none,
  );
}
