"use client";

import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export const themes: readonly { value: Theme; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

// The same key as in public/theme.js, which applies it before the first paint.
const key = "weft.theme";
const changed = new Set<() => void>();

function read(): Theme {
  const kept = localStorage.getItem(key);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function setTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  apply(theme);
  for (const listener of changed) listener();
}

function subscribe(listener: () => void): () => void {
  // Another tab changed it.
  const onStorage = (event: StorageEvent) => {
    if (event.key !== key) return;
    apply(read());
    listener();
  };
  changed.add(listener);
  addEventListener("storage", onStorage);
  return () => {
    changed.delete(listener);
    removeEventListener("storage", onStorage);
  };
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, read, () => "system");
}
