"use client";

import { useEffect, useState } from "react";
import { Input } from "@/ui/input";

export interface HeldInputProps {
  value: string;
  label: string;
  placeholder?: string;
  /** Whether the text was taken. */
  onCommit: (text: string) => boolean;
  /** What is wrong with a text that was not taken. */
  refusal?: string;
  testId: string;
}

/** Text that is taken when typing ends: while it is typed it may be wrong for a moment, as a name that stands twice. */
export function HeldInput({ value, label, placeholder, onCommit, refusal, testId }: HeldInputProps) {
  const [text, setText] = useState(value);
  const [refused, setRefused] = useState(false);
  useEffect(() => setText(value), [value]);
  const commit = () => setRefused(text !== value && !onCommit(text));
  return (
    <Input
      aria-label={label}
      aria-invalid={refused || undefined}
      title={refused ? refusal : undefined}
      placeholder={placeholder}
      className="h-7 font-mono"
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === "Enter" && commit()}
      data-testid={testId}
    />
  );
}

export const NAMES_STAND_ONCE = "Names are not empty, and each stands once.";
