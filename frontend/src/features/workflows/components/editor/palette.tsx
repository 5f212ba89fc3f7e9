"use client";

/** The node types beside the canvas: search, click to add, or drag to a place. */

import { Search } from "lucide-react";
import { useMemo, useState } from "react";
import { DRAGGED_TYPE } from "@/canvas/flow/flow-canvas";
import { NodeIcon } from "@/canvas/flow/icons";
import type { NodeType, NodeTypes } from "@/canvas/graph";
import { Input } from "@/ui/input";
import { plainProse } from "@/ui/prose";
import { useDraft } from "./context";

const ORDER = ["control", "data", "integration", "ai"];
const TITLES: Record<string, string> = { ai: "AI" };

export function categoryTitle(category: string): string {
  return TITLES[category] ?? category.charAt(0).toUpperCase() + category.slice(1);
}

/** Types by category, in a fixed order; only those that have the words. */
export function grouped(types: NodeTypes, words: string): [category: string, types: NodeType[]][] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, NodeType[]>();
  for (const type of types.values()) {
    const text = `${type.title} ${type.type} ${type.description} ${type.category}`.toLowerCase();
    if (!wanted.every((word) => text.includes(word))) continue;
    const category = type.category.toLowerCase();
    groups.set(category, [...(groups.get(category) ?? []), type]);
  }
  const rank = (category: string) => (ORDER.includes(category) ? ORDER.indexOf(category) : ORDER.length);
  return [...groups].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
}

/** The types of which the draft may have one more: it has one start. */
export function useAddable(types: NodeTypes): NodeTypes {
  const started = useDraft(({ graph }) => graph.nodes.some((node) => node.type === "start"));
  return useMemo(() => {
    if (!started) return types;
    const addable = new Map(types);
    addable.delete("start");
    return addable;
  }, [types, started]);
}

export function Palette({ types, onAdd }: { types: NodeTypes; onAdd: (type: string) => void }) {
  const [words, setWords] = useState("");
  const addable = useAddable(types);
  const groups = useMemo(() => grouped(addable, words), [addable, words]);
  return (
    <nav
      aria-label="Node types"
      className="absolute inset-y-0 left-0 z-20 flex w-52 shrink-0 flex-col border-r bg-surface md:static"
      data-testid="palette"
    >
      <div className="relative p-2">
        <Search aria-hidden className="absolute top-4 left-4 size-4 text-muted-foreground" />
        <Input
          aria-label="Search node types"
          placeholder="Search nodes"
          className="pl-8"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          data-testid="palette-search"
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {groups.length === 0 && <p className="p-2 text-sm text-muted-foreground">No node has these words.</p>}
        {groups.map(([category, members]) => (
          <section key={category} aria-label={categoryTitle(category)}>
            <h3 className="px-1 pt-2 pb-1 text-xs font-medium text-muted-foreground">
              {categoryTitle(category)}
            </h3>
            {members.map((type) => (
              <button
                key={type.type}
                type="button"
                draggable
                title={plainProse(type.description)}
                onDragStart={(event) => {
                  event.dataTransfer.setData(DRAGGED_TYPE, type.type);
                  event.dataTransfer.effectAllowed = "copy";
                }}
                onClick={() => onAdd(type.type)}
                className="flex h-8 w-full items-center gap-2 rounded px-2 text-left text-sm hover:bg-hover"
                data-testid={`palette-${type.type}`}
              >
                <NodeIcon
                  icon={type.icon}
                  category={type.category}
                  className="size-4 shrink-0 text-muted-foreground"
                />
                <span className="truncate">{type.title}</span>
              </button>
            ))}
          </section>
        ))}
      </div>
    </nav>
  );
}
