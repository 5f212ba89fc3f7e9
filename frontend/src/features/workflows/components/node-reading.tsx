"use client";

/** A node's config to be read: nothing here can be changed. */

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { labelOf } from "@/canvas/fields";
import { NodeIcon } from "@/canvas/flow/icons";
import type { GraphNode, Json, NodeType, Schema } from "@/canvas/graph";
import { resolve } from "@/canvas/schema";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Prose } from "@/ui/prose";
import { ValueView } from "@/ui/value-view";

const EMPTY: Schema = {};

export interface NodeReadingProps {
  node: GraphNode;
  type: NodeType | undefined;
  onClose: () => void;
}

export function NodeReading({ node, type, onClose }: NodeReadingProps) {
  const root = type?.config_schema ?? EMPTY;
  const fields = inOrder(node.config ?? {}, root);
  return (
    <>
      <header className="sticky top-0 flex items-center gap-2 border-b bg-surface px-3 py-2">
        <NodeIcon icon={type?.icon} category={type?.category} className="size-4 shrink-0" />
        <h2 className="min-w-0 flex-1 truncate text-sm font-semibold">{node.name || node.id}</h2>
        {node.disabled && <Badge tone="warning">Disabled</Badge>}
        <Button variant="ghost" size="icon-sm" aria-label="Close the node" onClick={onClose}>
          <X aria-hidden />
        </Button>
      </header>
      <div className="flex flex-col gap-4 p-3 text-sm">
        <p className="text-muted-foreground">
          <span className="font-medium text-foreground">{type?.title ?? node.type}</span>{" "}
          <code className="font-mono text-xs">{node.id}</code>
          <br />
          {type?.description && <Prose text={type.description} />}
        </p>
        {node.note && (
          <p className="rounded-md bg-warning-soft p-2 whitespace-pre-line [overflow-wrap:anywhere]">
            {node.note}
          </p>
        )}
        {fields.map(([name, value]) => (
          <Reading
            key={name}
            label={labelOf(name, resolve(root.properties?.[name] ?? EMPTY, root))}
            value={value}
          />
        ))}
        {node.policy && Object.keys(node.policy).length > 0 && <Reading label="Policy" value={node.policy} />}
        {fields.length === 0 && <p className="text-muted-foreground">This node has nothing configured.</p>}
      </div>
    </>
  );
}

/** The fields that are given, in the schema's order; then those that it does not know. */
function inOrder(config: Record<string, Json>, schema: Schema): [string, Json][] {
  const known = Object.keys(schema.properties ?? {});
  const place = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length);
  return Object.entries(config).sort(([a], [b]) => place(a) - place(b));
}

function Reading({ label, value }: { label: string; value: unknown }): ReactNode {
  return (
    <section aria-label={label} className="flex flex-col gap-1">
      <h3 className="font-medium">{label}</h3>
      {typeof value === "string" ? (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: long text scrolls by keyboard only with the focus in it.
          tabIndex={0}
          className="max-h-96 overflow-auto rounded-md bg-muted p-2 font-mono text-xs leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]"
        >
          {value}
        </pre>
      ) : (
        <div className="rounded-md bg-muted p-2">
          <ValueView value={value} />
        </div>
      )}
    </section>
  );
}
