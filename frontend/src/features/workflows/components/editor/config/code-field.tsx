"use client";

/** A field with CodeMirror, and plain text until that is loaded. */

import { lazy, Suspense, useRef } from "react";
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

type CodeFieldProps = Omit<CodeEditorProps, "begun">;

export function CodeField(props: CodeFieldProps) {
  const begun = useRef<HTMLTextAreaElement>(null);
  return (
    <div
      className={cn(
        field,
        "min-h-8 overflow-hidden focus-within:border-accent focus-within:ring-1 focus-within:ring-accent",
        props.invalid && "border-danger",
      )}
    >
      <Suspense fallback={<PlainText {...props} begun={begun} />}>
        <CodeEditor {...props} begun={begun} />
      </Suspense>
    </div>
  );
}

/** It is `begun` while it has the focus, so that the editor that takes its place goes on there. */
function PlainText(props: CodeEditorProps) {
  const { value, onChange, onBlur, multiline, label, describedBy, invalid, readOnly, placeholder, begun } =
    props;
  return (
    <textarea
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      rows={multiline ? 3 : 1}
      readOnly={readOnly}
      placeholder={placeholder}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onFocus={(event) => {
        begun.current = event.currentTarget;
      }}
      onBlur={() => {
        begun.current = null;
        onBlur?.();
      }}
      className="block w-full resize-none bg-transparent px-2 py-1 font-mono text-sm outline-none placeholder:text-muted-foreground"
    />
  );
}
