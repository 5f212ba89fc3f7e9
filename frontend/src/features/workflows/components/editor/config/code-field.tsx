"use client";

/** A field with CodeMirror, and plain text until that is loaded. */

import { lazy, Suspense } from "react";
import { cn } from "@/lib/classes";
import { patiently } from "@/lib/patiently";
import { field } from "@/ui/input";
import type { CodeEditorProps } from "./code-editor";

const load = patiently(() => import("./code-editor"));
const CodeEditor = lazy(load);

/** Loads the editor ahead of its first use. */
export function preloadCodeEditor(): void {
  void load();
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
      <Suspense fallback={<PlainText {...props} />}>
        <CodeEditor {...props} />
      </Suspense>
    </div>
  );
}

function PlainText({ value, onChange, onBlur, multiline, label, describedBy, readOnly }: CodeEditorProps) {
  return (
    <textarea
      aria-label={label}
      aria-describedby={describedBy}
      rows={multiline ? 3 : 1}
      readOnly={readOnly}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onBlur={onBlur}
      className="block w-full resize-none bg-transparent px-2 py-1 font-mono text-sm outline-none"
    />
  );
}
