"use client";

/** The search for a node: to add one (here, behind a port, on an edge), or to go to one that is there. */

import { Command } from "cmdk";
import { Search } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { useMemo } from "react";
import { targetsFor } from "@/canvas/edit";
import { NodeIcon } from "@/canvas/flow/icons";
import { COMPENSATE_PORT, ERROR_PORT, type NodeTypes } from "@/canvas/graph";
import { typePorts } from "@/canvas/ports";
import { plainProse } from "@/ui/prose";
import { useDraft } from "./context";
import { categoryTitle, grouped, useAddable } from "./palette";

const item = "flex h-9 items-center gap-2 rounded px-2 text-sm data-[selected=true]:bg-hover";
const group =
  "px-1 pb-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted-foreground";

export interface NodeSearchProps {
  types: NodeTypes;
  onPick: (type: string) => void;
  onGo: (node: string) => void;
  /** Connects the port that the search was asked from with a node that is there. */
  onConnect: (node: string) => void;
}

export function NodeSearch({ types, onPick, onGo, onConnect }: NodeSearchProps) {
  const picking = useDraft((state) => state.picking);
  const pick = useDraft((state) => state.pick);
  const graph = useDraft((state) => state.graph);
  const { nodes } = graph;
  const targets = useMemo(
    () =>
      picking?.kind === "behind" ? targetsFor(graph, picking.source.id, picking.source.port, types) : [],
    [graph, picking, types],
  );
  const addable = useAddable(types);
  if (!picking) return null;
  const title =
    picking.kind === "behind"
      ? `Add behind ${picking.source.id}`
      : picking.kind === "insert"
        ? `Insert between ${picking.edge.source} and ${picking.edge.target}`
        : "Add or find a node";
  return (
    <Primitive.Root open onOpenChange={(open) => !open && pick(null)}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-overlay" />
        <Primitive.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 overflow-hidden rounded-lg border bg-raised shadow-xl"
          data-testid="node-search"
        >
          <Primitive.Title className="px-3 pt-3 text-sm font-semibold">{title}</Primitive.Title>
          <Command label={title} loop>
            <div className="flex items-center gap-2 border-b px-3">
              <Search aria-hidden className="size-4 shrink-0 text-muted-foreground" />
              <Command.Input
                placeholder="Search nodes"
                className="h-11 w-full bg-transparent text-base outline-none"
                data-testid="node-search-input"
              />
            </div>
            {picking.kind === "behind" && <PortChoice types={types} source={picking.source} />}
            <Command.List className="max-h-[50vh] overflow-y-auto py-1">
              <Command.Empty className="p-6 text-center text-sm text-muted-foreground">
                No node has that name.
              </Command.Empty>
              {picking.kind === "behind" && targets.length > 0 && (
                <Command.Group heading="Connect to" className={group}>
                  {targets.map((node) => (
                    <Command.Item
                      key={node.id}
                      value={`connect to ${node.name ?? ""} ${node.id}`}
                      onSelect={() => onConnect(node.id)}
                      className={item}
                      data-testid={`connect-${node.id}`}
                    >
                      <NodeIcon icon={types.get(node.type)?.icon} className="size-4 text-muted-foreground" />
                      <span>{node.name || node.id}</span>
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
              {grouped(addable, "").map(([category, members]) => (
                <Command.Group key={category} heading={categoryTitle(category)} className={group}>
                  {members.map((type) => (
                    <Command.Item
                      key={type.type}
                      value={`${type.title} ${type.type}`}
                      keywords={[type.description, type.category]}
                      onSelect={() => onPick(type.type)}
                      className={item}
                      data-testid={`search-${type.type}`}
                    >
                      <NodeIcon
                        icon={type.icon}
                        category={type.category}
                        className="size-4 text-muted-foreground"
                      />
                      <span>{type.title}</span>
                      <span className="truncate text-xs text-muted-foreground">
                        {plainProse(type.description)}
                      </span>
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
              {picking.kind === "add" && nodes.length > 0 && (
                <Command.Group heading="On the canvas" className={group}>
                  {nodes.map((node) => (
                    <Command.Item
                      key={node.id}
                      value={`go to ${node.name ?? ""} ${node.id}`}
                      onSelect={() => {
                        pick(null);
                        onGo(node.id);
                      }}
                      className={item}
                    >
                      <NodeIcon icon={types.get(node.type)?.icon} className="size-4 text-muted-foreground" />
                      <span>{node.name || node.id}</span>
                      <span className="text-xs text-muted-foreground">go to</span>
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
            </Command.List>
          </Command>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** From which port: the type's own, and the two that every node has. */
function PortChoice({ types, source }: { types: NodeTypes; source: { id: string; port: string } }) {
  const node = useDraft((state) => state.graph.nodes.find((other) => other.id === source.id));
  const pick = useDraft((state) => state.pick);
  if (!node) return null;
  return (
    <fieldset className="flex flex-wrap gap-1 border-b px-3 py-2 text-xs" aria-label="Port">
      {[...typePorts(node, types), ERROR_PORT, COMPENSATE_PORT].map((port) => (
        <button
          key={port}
          type="button"
          aria-pressed={port === source.port}
          onClick={() => pick({ kind: "behind", source: { id: source.id, port }, at: null })}
          className="rounded border px-2 py-0.5 text-muted-foreground aria-pressed:bg-accent-soft aria-pressed:text-accent"
          data-testid={`from-port-${port}`}
        >
          {port}
        </button>
      ))}
    </fieldset>
  );
}
