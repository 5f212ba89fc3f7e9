"use client";

import { KeyRound, LayoutTemplate, Search } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import type { TemplateSummary } from "@/api/types";
import { NodeIcon } from "@/canvas/flow/icons";
import type { NodeTypes } from "@/canvas/graph";
import { useSettled } from "@/lib/browser";
import { cn } from "@/lib/classes";
import { plural } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Input } from "@/ui/input";
import { SkeletonRows } from "@/ui/skeleton";
import { useNodeTypes } from "../hooks/draft";
import { useTemplates } from "../hooks/templates";

const NO_TYPES: NodeTypes = new Map();

export interface TemplateGalleryProps {
  onChoose: (template: TemplateSummary) => void;
  /** The id of the one that is being opened. */
  busy: string | null;
}

/** Templates to begin with, found by words. Arrow keys go from the search through what it found. */
export function TemplateGallery({ onChoose, busy }: TemplateGalleryProps) {
  const [text, setText] = useState("");
  const templates = useTemplates(useSettled(text.trim(), 150));
  const types = useNodeTypes().data ?? NO_TYPES;
  const around = useRef<HTMLDivElement>(null);
  const found = templates.data ?? [];

  function step(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    const stops = [...(around.current?.querySelectorAll<HTMLElement>("[data-stop]") ?? [])];
    const next = stops[stops.indexOf(document.activeElement as HTMLElement) + by];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys only move the focus among what can have it
    <div ref={around} onKeyDown={step} className="flex flex-col gap-3">
      <div className="relative">
        <Search aria-hidden className="absolute top-2 left-2 size-4 text-muted-foreground" />
        <Input
          data-stop
          type="search"
          aria-label="Search templates"
          placeholder="Search by name, tag or step"
          maxLength={200}
          className="pl-8"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <p role="status" className="sr-only">
        {templates.isSuccess ? plural(found.length, "template") : ""}
      </p>
      {templates.isPending && <SkeletonRows rows={4} />}
      {templates.isError && !templates.data && (
        <ErrorState
          title="The templates cannot be loaded"
          error={templates.error}
          retry={() => void templates.refetch()}
        />
      )}
      {templates.isSuccess && found.length === 0 && (
        <EmptyState
          icon={LayoutTemplate}
          title="No template has all of these words"
          actions={<Button onClick={() => setText("")}>Show all templates</Button>}
          className="py-8"
        >
          Try fewer words, or begin with a blank workflow.
        </EmptyState>
      )}
      <ul aria-label="Templates" className="grid gap-2 sm:grid-cols-2">
        {found.map((template) => (
          <TemplateCard
            key={template.id}
            template={template}
            types={types}
            busy={busy}
            onChoose={() => onChoose(template)}
          />
        ))}
      </ul>
    </div>
  );
}

interface TemplateCardProps {
  template: TemplateSummary;
  types: NodeTypes;
  busy: string | null;
  onChoose: () => void;
}

function TemplateCard({ template, types, busy, onChoose }: TemplateCardProps) {
  const about = useId();
  return (
    <li
      className={cn(
        "relative flex flex-col gap-2 rounded-md border bg-surface p-3 hover:border-accent has-[:focus-visible]:border-accent",
        busy !== null && "opacity-60",
      )}
    >
      <div className="flex items-start justify-between gap-2">
        {/* The whole card is the button's; its name is the template's alone. */}
        <button
          type="button"
          data-stop
          data-testid={`template-${template.id}`}
          aria-describedby={about}
          aria-busy={busy === template.id || undefined}
          disabled={busy !== null}
          onClick={onChoose}
          className="rounded text-left font-medium after:absolute after:inset-0 after:rounded-md"
        >
          {template.name}
        </button>
        {template.needs_credential && (
          <Badge tone="warning">
            <KeyRound aria-hidden /> Needs a credential
          </Badge>
        )}
      </div>
      <p id={about} className="line-clamp-3 text-sm text-muted-foreground">
        {template.description.split(/\n\s*\n/, 1)[0]}
      </p>
      <ul aria-label="Its steps" className="mt-auto flex flex-wrap items-center gap-1.5 pt-1">
        {template.node_types.map((name) => {
          const type = types.get(name);
          const title = type?.title ?? name;
          return (
            <li key={name} title={title} className="rounded bg-muted p-1 text-muted-foreground">
              <NodeIcon icon={type?.icon} category={type?.category} className="size-3.5" />
              <span className="sr-only">{title}</span>
            </li>
          );
        })}
      </ul>
      <div className="flex flex-wrap gap-1">
        {template.tags.map((tag) => (
          <Badge key={tag}>
            <span className="truncate">{tag}</span>
          </Badge>
        ))}
      </div>
    </li>
  );
}
