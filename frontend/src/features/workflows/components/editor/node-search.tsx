"use client";

/** The search for a node: to add one (here, behind a port, on an edge), or to go to one that is there. */

import { Command } from "cmdk";
import { Search } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { useMemo, useState } from "react";
import { targetsFor } from "@/canvas/edit";
import { NodeIcon } from "@/canvas/flow/icons";
import { COMPENSATE_PORT, ERROR_PORT, type GraphNode, type NodeTypes } from "@/canvas/graph";
import { typePorts } from "@/canvas/ports";
import { rankOf, type Section, searched } from "@/canvas/search";
import { DialogContent } from "@/ui/dialog";
import { plainProse } from "@/ui/prose";
import { type Picking, singleSelected } from "../../store/editor";
import { useDraft, useEditor } from "./context";
import { focusNodePanel } from "./inspector";
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

/** One line of the list, and the words that find it. */
interface Offer {
  id: string;
  names: string[];
  more: string;
  icon: string | undefined;
  category?: string;
  hint: string;
  pick: () => void;
}

export function NodeSearch(props: NodeSearchProps) {
  const picking = useDraft((state) => state.picking);
  // Each search begins without the words of the one before.
  return picking && <OpenSearch {...props} picking={picking} />;
}

function OpenSearch({ picking, ...props }: NodeSearchProps & { picking: Picking }) {
  const pick = useDraft((state) => state.pick);
  const [words, setWords] = useState("");
  const sections = useOffers(picking, props);
  const toPanelOfChosen = useToPanelOfChosen();
  // Not the list's own filter: it finds letters far apart, and "set" then begins with what waits some seconds.
  const found = searched(sections, ({ names, more }) => rankOf(words, names, more));
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
        <DialogContent
          aria-describedby={undefined}
          onCloseAutoFocus={toPanelOfChosen}
          className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 overflow-hidden rounded-lg border bg-raised shadow-xl"
          data-testid="node-search"
        >
          <Primitive.Title className="px-3 pt-3 text-sm font-semibold">{title}</Primitive.Title>
          <Command label={title} loop shouldFilter={false}>
            <div className="flex items-center gap-2 border-b px-3">
              <Search aria-hidden className="size-4 shrink-0 text-muted-foreground" />
              <Command.Input
                value={words}
                onValueChange={setWords}
                placeholder="Search nodes"
                className="h-11 w-full bg-transparent text-base outline-none"
                data-testid="node-search-input"
              />
            </div>
            {picking.kind === "behind" && <PortChoice types={props.types} source={picking.source} />}
            <Command.List className="max-h-[50vh] overflow-y-auto py-1">
              <Command.Empty className="p-6 text-center text-sm text-muted-foreground">
                No node has that name.
              </Command.Empty>
              {found.map(({ heading, items }) => (
                <Command.Group key={heading} heading={heading} className={group}>
                  {items.map((offer) => (
                    <OfferLine key={offer.id} offer={offer} />
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </DialogContent>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** Whoever added a node or went to one goes on in its panel; whoever did neither, where they were. */
function useToPanelOfChosen(): (event: Event) => void {
  const { store } = useEditor();
  const [before] = useState(() => singleSelected(store.getState()));
  return (event) => {
    const chosen = singleSelected(store.getState());
    if (chosen !== null && chosen !== before && focusNodePanel()) event.preventDefault();
  };
}

function OfferLine({ offer: { id, names, icon, category, hint, pick } }: { offer: Offer }) {
  return (
    <Command.Item value={id} onSelect={pick} className={item} data-testid={id}>
      <NodeIcon icon={icon} category={category} className="size-4 shrink-0 text-muted-foreground" />
      <span>{names[0]}</span>
      <span className="truncate text-xs text-muted-foreground">{hint}</span>
    </Command.Item>
  );
}

/** What can be picked: nodes to connect to, types to add, nodes to go to. */
function useOffers(picking: Picking, { types, onPick, onGo, onConnect }: NodeSearchProps): Section<Offer>[] {
  const graph = useDraft((state) => state.graph);
  const close = useDraft((state) => state.pick);
  const addable = useAddable(types);
  return useMemo(() => {
    const there = (node: GraphNode, verb: string, more: Pick<Offer, "id" | "hint" | "pick">): Offer => {
      const names = node.name ? [node.name, node.id] : [node.id];
      return { names, more: `${verb} ${node.type}`, icon: types.get(node.type)?.icon, ...more };
    };
    const targets =
      picking.kind === "behind" ? targetsFor(graph, picking.source.id, picking.source.port, types) : [];
    const connect = targets.map((node) =>
      there(node, "connect to", { id: `connect-${node.id}`, hint: "", pick: () => onConnect(node.id) }),
    );
    const add = grouped(addable, "").map(([category, members]) => ({
      heading: categoryTitle(category),
      items: members.map(
        ({ type, title, description, icon }): Offer => ({
          id: `search-${type}`,
          names: [title, type],
          more: `${description} ${category}`,
          icon,
          category,
          hint: plainProse(description),
          pick: () => onPick(type),
        }),
      ),
    }));
    const go = (picking.kind === "add" ? graph.nodes : []).map((node) => {
      const pick = () => {
        close(null);
        onGo(node.id);
      };
      return there(node, "go to", { id: `go-${node.id}`, hint: "go to", pick });
    });
    return [{ heading: "Connect to", items: connect }, ...add, { heading: "On the canvas", items: go }];
  }, [graph, picking, types, addable, close, onPick, onGo, onConnect]);
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
