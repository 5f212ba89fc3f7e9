"use client";

import { useSyncExternalStore } from "react";

const system = () => matchMedia("(prefers-color-scheme: dark)");

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen === undefined || chosen === "" || chosen === "system" ? system().matches : chosen === "dark";
}

function onChange(listener: () => void): () => void {
  const query = system();
  const observer = new MutationObserver(listener);
  query.addEventListener("change", listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    query.removeEventListener("change", listener);
    observer.disconnect();
  };
}

/** Whether the page is shown dark, by the theme that was chosen or by the system. */
export function useDark(): boolean {
  return useSyncExternalStore(onChange, isDark, () => false);
}
