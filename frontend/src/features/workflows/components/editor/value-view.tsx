"use client";

/** A JSON value as a tree that folds, or raw; values that were too large for an event are loaded when asked for. */

import { Copy } from "lucide-react";
import { useState } from "react";
import type { Json, JsonObject } from "@/canvas/graph";
import { isObject } from "@/canvas/schema";
import { formatBytes, formatPreview, plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { notify, notifyError } from "@/ui/toast";
import { loadBlob } from "../../hooks/draft";

export interface ValueViewProps {
  title: string;
  value: Json;
  execution: string | null;
  closed?: boolean;
  testId?: string;
}

function isBlob(value: Json): value is JsonObject & { $blob: string } {
  return isObject(value) && typeof value.$blob === "string";
}

export function ValueView({ title, value, execution, closed, testId }: ValueViewProps) {
  const [raw, setRaw] = useState(false);
  // The next run may have another value here: what was loaded stands only for its own.
  const [whole, setWhole] = useState<{ sha: string; value: Json } | null>(null);
  const loaded = isBlob(value) && whole?.sha === value.$blob;
  const shown = loaded ? whole.value : value;
  const blob = isBlob(value) && !loaded ? value : null;

  function load(sha: string): void {
    if (!execution) return;
    loadBlob(execution, sha)
      .then((found) => setWhole({ sha, value: found }))
      .catch((error: unknown) => notifyError("The value cannot be loaded", error));
  }
  function copyText(): void {
    navigator.clipboard
      .writeText(JSON.stringify(shown, null, 2))
      .then(() => notify("Copied"))
      .catch((error: unknown) => notifyError("Not copied", error));
  }

  return (
    <details open={!closed} className="min-w-0 text-sm" data-testid={testId}>
      <summary className="flex cursor-pointer items-center gap-1 py-1 font-medium">
        <span className="min-w-0 flex-1 truncate">{title}</span>
        <Button size="sm" variant="ghost" aria-pressed={raw} onClick={() => setRaw(!raw)}>
          {raw ? "Tree" : "Raw"}
        </Button>
        <Button size="icon-sm" variant="ghost" aria-label={`Copy ${title}`} onClick={copyText}>
          <Copy aria-hidden />
        </Button>
      </summary>
      {blob && execution && (
        <Button size="sm" className="mb-1" onClick={() => load(blob.$blob)}>
          Load all {typeof blob.size === "number" ? formatBytes(blob.size) : ""}
        </Button>
      )}
      <div className="max-h-96 overflow-auto rounded-md bg-muted p-2 font-mono text-xs">
        {blob && typeof blob.preview === "string" ? (
          <pre className="whitespace-pre-wrap [overflow-wrap:anywhere]">{blob.preview}…</pre>
        ) : raw ? (
          <pre className="whitespace-pre-wrap [overflow-wrap:anywhere]">{JSON.stringify(shown, null, 2)}</pre>
        ) : (
          <Branch name={null} value={shown} depth={0} />
        )}
      </div>
    </details>
  );
}

const MANY = 200;

function Branch({ name, value, depth }: { name: string | null; value: Json; depth: number }) {
  const [all, setAll] = useState(false);
  const label = name === null ? null : <span className="text-accent">{name}: </span>;
  if (typeof value !== "object" || value === null) {
    return (
      <div className="[overflow-wrap:anywhere] whitespace-pre-wrap">
        {label}
        {typeof value === "string" && name === null ? value : JSON.stringify(value)}
      </div>
    );
  }
  const entries = Object.entries(value) as [string, Json][];
  const kind = Array.isArray(value) ? plural(entries.length, "item") : plural(entries.length, "field");
  if (entries.length === 0) {
    return (
      <div>
        {label}
        {Array.isArray(value) ? "[]" : "{}"}
      </div>
    );
  }
  const shown = all ? entries : entries.slice(0, MANY);
  return (
    <details open={depth < 2}>
      <summary className="cursor-pointer truncate">
        {label}
        <span className="text-muted-foreground">
          {kind} {depth >= 2 && formatPreview(value, 60)}
        </span>
      </summary>
      <div className="ml-3 border-l pl-2">
        {shown.map(([key, item]) => (
          <Branch key={key} name={key} value={item} depth={depth + 1} />
        ))}
        {shown.length < entries.length && (
          <button type="button" className="text-accent underline" onClick={() => setAll(true)}>
            {entries.length - shown.length} more
          </button>
        )}
      </div>
    </details>
  );
}
