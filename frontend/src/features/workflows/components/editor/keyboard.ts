"use client";

/** The editor's keys. Those that text fields have too act on the canvas only outside of such fields. */

import { useEffect } from "react";
import { useShortcuts } from "@/lib/shortcuts";
import type { Commands } from "./commands";
import { focusNodePanel } from "./inspector";

function inText(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]") !== null
  );
}

/** Whether text on the page is selected, so that copying means that. */
function textSelected(): boolean {
  return (getSelection()?.toString() ?? "") !== "";
}

export function useEditorKeys(
  commands: Commands,
  more: { search: () => void; addBehind: () => void; run: () => void; save: () => void },
) {
  useShortcuts("Editor", [
    { keys: "Ctrl Enter", label: "Run", run: more.run },
    { keys: "Ctrl S", label: "Save now", run: more.save },
    { keys: "Ctrl K", label: "Add or find a node", run: more.search },
    { keys: "/", label: "Add or find a node", run: more.search },
    { keys: "a", label: "Add or connect behind the selected node", run: more.addBehind },
    { keys: "e", label: "Go to the panel of the selected node", run: () => focusNodePanel() },
    { keys: "Delete", label: "Delete", run: commands.deleteSelected },
    { keys: "Backspace", label: "Delete", run: commands.deleteSelected },
    { keys: "d", label: "Disable or enable", run: commands.disableSelected },
    { keys: "Ctrl Z", label: "Undo" },
    { keys: "Ctrl Shift Z", label: "Redo" },
    { keys: "Ctrl D", label: "Duplicate" },
    { keys: "Ctrl A", label: "Select all" },
    { keys: "Ctrl C", label: "Copy" },
    { keys: "Ctrl X", label: "Cut" },
    { keys: "Ctrl V", label: "Paste" },
    { keys: "Enter", label: "Select the focused node" },
    { keys: "Shift Drag", label: "Select several" },
  ]);

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (inText(event.target) || event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.altKey)
        return;
      const key = event.key.toLowerCase();
      const command = {
        z: event.shiftKey ? commands.redo : commands.undo,
        y: commands.redo,
        d: commands.duplicateSelected,
        a: commands.selectAll,
      }[key];
      if (!command) return;
      event.preventDefault();
      command();
    }
    function onCopy(event: ClipboardEvent): void {
      if (inText(event.target) || textSelected()) return;
      const text = commands.copySelected();
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut") commands.deleteSelected();
    }
    function onPaste(event: ClipboardEvent): void {
      if (inText(event.target)) return;
      if (commands.pasteText(event.clipboardData?.getData("text/plain") ?? "", null)) event.preventDefault();
    }
    document.addEventListener("keydown", onKey);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [commands]);
}
