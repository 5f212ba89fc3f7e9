"use client";

/** A field with CodeMirror, and plain text until that is loaded. */

import dynamic from "next/dynamic";
import { cn } from "@/lib/classes";
import { field } from "@/ui/input";
import type { CodeEditorProps } from "./code-editor";

const CodeEditor = dynamic(() => import("./code-editor"), {
  ssr: false,
  loading: () => <div aria-hidden className="h-8" />,
});

/** Loads the editor ahead of its first use. */
export function preloadCodeEditor(): void {
  void import("./code-editor");
}

export function CodeField(props: CodeEditorProps) {
  return (
    <div
      className={cn(
        field,
        "min-h-8 overflow-hidden focus-within:border-accent focus-within:ring-1 focus-within:ring-accent",
        props.invalid && "border-danger",
      )}
    >
      <CodeEditor {...props} />
    </div>
  );
}
