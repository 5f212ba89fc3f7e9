"use client";

import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { cn } from "@/lib/classes";
import { formatPreview, plural } from "@/lib/format";
import { CopyButton } from "./copy-button";

const step = 100;

function Leaf({ value }: { value: unknown }) {
  if (value === null) return <span className="text-muted-foreground">null</span>;
  if (typeof value === "string")
    return <span className="text-success [overflow-wrap:anywhere]">"{value}"</span>;
  if (typeof value === "number") return <span className="text-accent">{String(value)}</span>;
  return <span className="text-warning">{String(value)}</span>;
}

function sizeOf(value: object): string {
  return Array.isArray(value) ? plural(value.length, "item") : plural(Object.keys(value).length, "field");
}

interface BranchProps {
  name?: string;
  value: unknown;
  depth: number;
}

function Name({ name }: { name?: string }) {
  if (name === undefined) return null;
  return <span className="text-foreground">{name}: </span>;
}

function Branch({ name, value, depth }: BranchProps) {
  const [open, setOpen] = useState(depth < 2);
  const [shown, setShown] = useState(step);
  if (typeof value !== "object" || value === null) {
    return (
      <div className="pl-4">
        <Name name={name} />
        <Leaf value={value} />
      </div>
    );
  }
  const entries = Object.entries(value);
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex max-w-full items-center rounded text-left hover:bg-hover"
      >
        <ChevronRight
          aria-hidden
          className={cn("size-4 shrink-0 transition-transform", open && "rotate-90")}
        />
        <Name name={name} />
        <span className="ml-1 truncate text-muted-foreground">
          {open ? sizeOf(value) : `${sizeOf(value)} ${formatPreview(value, 60)}`}
        </span>
      </button>
      {open && (
        <div className="ml-2 border-l pl-2">
          {entries.slice(0, shown).map(([key, child]) => (
            <Branch key={key} name={key} value={child} depth={depth + 1} />
          ))}
          {entries.length > shown && (
            <button
              type="button"
              className="ml-4 text-accent hover:underline"
              onClick={() => setShown(shown + step * 5)}
            >
              {plural(entries.length - shown, "more", "more")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Any JSON value, as a tree that folds or as text. */
export function ValueView({ value, actions }: { value: unknown; actions?: ReactNode }) {
  const [raw, setRaw] = useState(false);
  const text = () => JSON.stringify(value, null, 2) ?? "";
  const choice =
    "rounded px-2 py-0.5 text-xs text-muted-foreground aria-pressed:bg-muted aria-pressed:text-foreground";
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-1">
        <button type="button" aria-pressed={!raw} className={choice} onClick={() => setRaw(false)}>
          Tree
        </button>
        <button type="button" aria-pressed={raw} className={choice} onClick={() => setRaw(true)}>
          Raw
        </button>
        <span className="ml-auto flex items-center gap-1">
          {actions}
          <CopyButton text={text} />
        </span>
      </div>
      <div className="overflow-x-auto font-mono text-xs leading-5">
        {raw ? (
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls by keyboard only with the focus in it.
            tabIndex={0}
            className="max-h-[60vh] overflow-auto whitespace-pre-wrap [overflow-wrap:anywhere]"
          >
            {text()}
          </pre>
        ) : (
          <Branch value={value} depth={0} />
        )}
      </div>
    </div>
  );
}
