"use client";

/** The canvas of a shared workflow, and beside it what it is about or the node that was chosen. */

import { useCallback, useEffect, useMemo, useState } from "react";
import type { SharedWorkflow } from "@/api/types";
import { FlowCanvas } from "@/canvas/flow/flow-canvas";
import { NodeIcon } from "@/canvas/flow/icons";
import { createOverlay } from "@/canvas/flow/overlay";
import type { GraphNode, NodeTypes } from "@/canvas/graph";
import { plural } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { NodeReading } from "./node-reading";

export function SharedView({ workflow }: { workflow: SharedWorkflow }) {
  const { graph } = workflow;
  const [chosen, setChosen] = useState<string | null>(null);
  const [overlay] = useState(() => createOverlay());
  const types = useMemo<NodeTypes>(
    () => new Map(workflow.node_types.map((type) => [type.type, type])),
    [workflow.node_types],
  );
  const selection = useMemo(() => new Set(chosen ? [chosen] : []), [chosen]);
  const node = graph.nodes.find(({ id }) => id === chosen);
  const close = useCallback(() => setChosen(null), []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && close();
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [close]);

  return (
    <div className="flex h-full flex-col md:flex-row">
      <div className="min-h-0 min-w-0 flex-[3] md:flex-1">
        <FlowCanvas
          graph={graph}
          types={types}
          overlay={overlay}
          selection={selection}
          onNodeClick={setChosen}
          label="The shared workflow"
        />
      </div>
      <aside
        aria-label={node ? `Node ${node.name || node.id}` : "About this workflow"}
        className="min-h-0 flex-[2] overflow-y-auto border-t bg-surface md:w-96 md:flex-none md:border-t-0 md:border-l"
        data-testid="shared-panel"
      >
        {node ? (
          <NodeReading key={node.id} node={node} type={types.get(node.type)} onClose={close} />
        ) : (
          <About workflow={workflow} types={types} onChoose={setChosen} />
        )}
      </aside>
    </div>
  );
}

interface AboutProps {
  workflow: SharedWorkflow;
  types: NodeTypes;
  onChoose: (id: string) => void;
}

function About({ workflow, types, onChoose }: AboutProps) {
  const { nodes } = workflow.graph;
  return (
    <div className="flex flex-col gap-4 p-3 text-sm">
      {workflow.description && (
        <p className="whitespace-pre-line [overflow-wrap:anywhere]">{workflow.description.trim()}</p>
      )}
      {workflow.tags.length > 0 && (
        <p className="flex flex-wrap gap-1">
          {workflow.tags.map((tag) => (
            <Badge key={tag}>
              <span className="truncate">{tag}</span>
            </Badge>
          ))}
        </p>
      )}
      <section aria-label="Nodes">
        <h2 className="mb-1 font-semibold">{plural(nodes.length, "node")}</h2>
        <ul className="flex flex-col">
          {nodes.map((node) => (
            <li key={node.id}>
              <NodeLine node={node} types={types} onChoose={onChoose} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

interface NodeLineProps {
  node: GraphNode;
  types: NodeTypes;
  onChoose: (id: string) => void;
}

function NodeLine({ node, types, onChoose }: NodeLineProps) {
  const type = types.get(node.type);
  return (
    <button
      type="button"
      onClick={() => onChoose(node.id)}
      data-testid={`read-${node.id}`}
      className="-mx-1 flex w-full min-w-0 items-center gap-2 rounded px-1 py-1 text-left hover:bg-hover"
    >
      <NodeIcon
        icon={type?.icon}
        category={type?.category}
        className="size-4 shrink-0 text-muted-foreground"
      />
      <span className="min-w-0 flex-1 truncate">{node.name || node.id}</span>
      <span className="shrink-0 text-xs text-muted-foreground">{type?.title ?? node.type}</span>
    </button>
  );
}
