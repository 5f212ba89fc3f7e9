"use client";

import { ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import type { Execution, ExecutionNode } from "@/api/types";
import { givenNames } from "@/canvas/graph";
import { nodeOf } from "@/canvas/run";
import { cn } from "@/lib/classes";
import { formatDuration } from "@/lib/format";
import { Button } from "@/ui/button";
import { StatusBadge } from "@/ui/status";
import { Cell, HeadCell, Row } from "@/ui/table";
import { useExecutionGraph, useNodesUnder } from "../hooks/executions";

type Names = ReadonlyMap<string, string>;
const NO_NAMES: Names = new Map();

export interface NodeTableProps {
  execution: Execution;
  selected: string | null;
  onSelect: (path: string) => void;
}

/** Every node that has begun or is decided; containers open to what ran inside. */
export function NodeTable({ execution, selected, onSelect }: NodeTableProps) {
  const graph = useExecutionGraph(execution.id);
  const names = useMemo(() => (graph.data ? givenNames(graph.data) : NO_NAMES), [graph.data]);
  if (execution.nodes.length === 0) {
    return <p className="p-4 text-sm text-muted-foreground">No node has begun yet.</p>;
  }
  return (
    <table className="w-full border-collapse text-sm">
      <thead className="sticky top-0 z-10 bg-surface">
        <tr>
          <HeadCell>Node</HeadCell>
          <HeadCell>Status</HeadCell>
          <HeadCell className="text-right">Duration</HeadCell>
          <HeadCell className="hidden text-right sm:table-cell">Attempts</HeadCell>
          <HeadCell className="hidden sm:table-cell">Port</HeadCell>
        </tr>
      </thead>
      <tbody>
        {execution.nodes.map((node) => (
          <NodeRows
            key={node.path}
            executionId={execution.id}
            node={node}
            names={names}
            selected={selected}
            onSelect={onSelect}
          />
        ))}
      </tbody>
    </table>
  );
}

interface NodeRowsProps {
  executionId: string;
  node: ExecutionNode;
  names: Names;
  selected: string | null;
  onSelect: (path: string) => void;
}

function NodeRows({ executionId, node, names, selected, onSelect }: NodeRowsProps) {
  const [open, setOpen] = useState(false);
  const container = node.progress !== undefined && node.progress !== null;
  const inside = useNodesUnder(executionId, container && open ? node.path : null);
  const children = inside.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <NodeRow
        node={node}
        name={names.get(nodeOf(node.path))}
        selected={selected === node.path}
        onSelect={onSelect}
        open={container ? open : undefined}
        onToggle={() => setOpen(!open)}
      />
      {open &&
        children.map((child) => (
          <NodeRow
            key={child.path}
            node={child}
            name={names.get(nodeOf(child.path))}
            selected={selected === child.path}
            onSelect={onSelect}
            indented
          />
        ))}
      {open && (inside.hasNextPage || inside.isFetching || inside.error) && (
        <Row>
          <Cell colSpan={5} className="pl-10">
            {inside.error ? (
              <Button size="sm" onClick={() => inside.refetch()}>
                Not loaded: try again
              </Button>
            ) : (
              <Button size="sm" onClick={() => inside.fetchNextPage()} busy={inside.isFetching}>
                Show more
              </Button>
            )}
          </Cell>
        </Row>
      )}
    </>
  );
}

interface NodeRowProps {
  node: ExecutionNode;
  /** The name it was given, where it has one. */
  name: string | undefined;
  selected: boolean;
  onSelect: (path: string) => void;
  indented?: boolean;
  /** Set for containers only. */
  open?: boolean;
  onToggle?: () => void;
}

function NodeRow({ node, name, selected, onSelect, indented, open, onToggle }: NodeRowProps) {
  const { progress } = node;
  return (
    // The button in it is for the keyboard and screen readers; a click anywhere does the same.
    <Row
      className={cn("cursor-pointer", selected && "bg-accent-soft hover:bg-accent-soft")}
      onClick={(event) => {
        const on = event.target instanceof Element && event.target.closest("button");
        if (!on) onSelect(node.path);
      }}
    >
      <Cell className="w-full max-w-0">
        <div className={cn("flex min-w-0 items-center gap-1", indented && "pl-6")}>
          {open === undefined ? (
            <span className="w-6 shrink-0" />
          ) : (
            <Button
              variant="ghost"
              size="icon-sm"
              aria-expanded={open}
              aria-label={`What ran inside ${node.path}`}
              onClick={onToggle}
            >
              <ChevronRight aria-hidden className={cn("transition-transform", open && "rotate-90")} />
            </Button>
          )}
          <button
            type="button"
            data-row
            aria-pressed={selected}
            onClick={() => onSelect(node.path)}
            className="flex min-w-0 items-baseline gap-2 rounded text-left hover:underline"
          >
            {name && <span className="truncate font-medium">{name}</span>}
            <span className={cn("truncate", name ? "hidden font-mono text-xs sm:inline" : "font-medium")}>
              {node.path}
            </span>
            <span className="hidden shrink-0 text-xs text-muted-foreground sm:inline">{node.type}</span>
          </button>
        </div>
      </Cell>
      <Cell>
        <span className="flex items-center gap-2 whitespace-nowrap">
          <StatusBadge status={node.status} />
          {progress && (
            <span className="text-xs text-muted-foreground tabular-nums">
              {progress.done}
              {progress.total !== null && `/${progress.total}`}
            </span>
          )}
        </span>
      </Cell>
      <Cell className="text-right whitespace-nowrap tabular-nums">{formatDuration(node.duration_ms)}</Cell>
      <Cell className="hidden text-right tabular-nums sm:table-cell">{node.attempt || "–"}</Cell>
      <Cell className="hidden whitespace-nowrap sm:table-cell">{node.port ?? "–"}</Cell>
    </Row>
  );
}
