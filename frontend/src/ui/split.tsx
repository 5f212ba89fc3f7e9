"use client";

import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { cn } from "@/lib/classes";

export interface SplitProps {
  direction?: "row" | "column";
  /** The second pane's share at first, in percent. */
  initial?: number;
  min?: number;
  max?: number;
  /** Remembers the share in this browser under this name. */
  name?: string;
  label: string;
  className?: string;
  /** Without the second the first has all the room, and stays mounted when the second comes. */
  children: [ReactNode, ReactNode | null];
}

/** Two panes with a bar between them that the pointer and the arrow keys move. */
export function Split(props: SplitProps) {
  const { direction = "row", initial = 35, min = 15, max = 75, name, label, className, children } = props;
  const [share, setShare] = useState(initial);
  const box = useRef<HTMLDivElement>(null);
  const row = direction === "row";

  useEffect(() => {
    const kept =
      name === undefined ? Number.NaN : Number.parseFloat(localStorage.getItem(`weft.split.${name}`) ?? "");
    if (kept >= min && kept <= max) setShare(kept);
  }, [name, min, max]);

  function move(next: number) {
    const kept = Math.round(Math.min(max, Math.max(min, next)) * 10) / 10;
    setShare(kept);
    if (name !== undefined) localStorage.setItem(`weft.split.${name}`, String(kept));
  }

  function onPointerMove(event: PointerEvent) {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !box.current) return;
    const area = box.current.getBoundingClientRect();
    const size = row ? area.width : area.height;
    const from = row ? area.right - event.clientX : area.bottom - event.clientY;
    if (size > 0) move((from / size) * 100);
  }

  function onKeyDown(event: KeyboardEvent) {
    const grow = row ? "ArrowLeft" : "ArrowUp";
    const shrink = row ? "ArrowRight" : "ArrowDown";
    const next = { [grow]: share + 2, [shrink]: share - 2, Home: max, End: min }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    move(next);
  }

  return (
    <div ref={box} className={cn("flex min-h-0 min-w-0", row ? "flex-row" : "flex-col", className)}>
      <div className="min-h-0 min-w-0 flex-1 overflow-hidden">{children[0]}</div>
      {children[1] !== null && (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot take focus and a value. */}
          <div
            role="separator"
            tabIndex={0}
            aria-label={label}
            aria-orientation={row ? "vertical" : "horizontal"}
            aria-valuenow={Math.round(share)}
            aria-valuemin={min}
            aria-valuemax={max}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={onPointerMove}
            onKeyDown={onKeyDown}
            className={cn(
              "relative shrink-0 touch-none bg-border transition-colors hover:bg-accent focus-visible:bg-accent",
              row
                ? "w-px cursor-col-resize after:absolute after:inset-y-0 after:-left-1 after:w-2.5"
                : "h-px cursor-row-resize after:absolute after:inset-x-0 after:-top-1 after:h-2.5",
            )}
          />
          <div className="min-h-0 min-w-0 shrink-0 overflow-hidden" style={{ flexBasis: `${share}%` }}>
            {children[1]}
          </div>
        </>
      )}
    </div>
  );
}
