"use client";

import { X } from "lucide-react";
import type { Execution, ExecutionEvent, ExecutionNode, NodeError } from "@/api/types";
import { cn } from "@/lib/classes";
import { formatCost, formatDuration, formatNumber } from "@/lib/format";
import { Button } from "@/ui/button";
import { SkeletonRows } from "@/ui/skeleton";
import { StatusBadge } from "@/ui/status";
import { Tab, TabList, TabPanel, Tabs } from "@/ui/tabs";
import { ValueView } from "@/ui/value-view";
import type { LiveEvents } from "../hooks/events";
import { useNodesUnder } from "../hooks/executions";
import { EventList } from "./event-list";
import { RunValue } from "./run-value";

/** The container at top level that a path lies in: `loop[3].fetch` → `loop`. */
export function rootOf(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

/** What the node was given: the config of its last start, rendered. */
export function inputOf(events: readonly ExecutionEvent[], path: string): unknown {
  const start = events.findLast((event) => event.type === "node.started" && event.path === path);
  return start?.data.config;
}

function useNode(execution: Execution, path: string): { node?: ExecutionNode; loading: boolean } {
  const top = execution.nodes.find((node) => node.path === path);
  const root = rootOf(path);
  const inside = useNodesUnder(execution.id, top === undefined && root !== path ? root : null);
  const node = top ?? inside.data?.pages.flatMap((page) => page.items).find((each) => each.path === path);
  return { node, loading: inside.isLoading };
}

export interface NodePanelProps {
  execution: Execution;
  path: string;
  live: LiveEvents;
  /** Given where the panel stands by itself, with its own title; a dialog around it has both. */
  onClose?: () => void;
}

/** One node of a run: what came in, what went out, what went wrong, event by event. */
export function NodePanel({ execution, path, live, onClose }: NodePanelProps) {
  const { node, loading } = useNode(execution, path);
  return (
    <section
      aria-label={`Node ${path}`}
      className={cn("flex h-full min-h-0 flex-col", onClose && "bg-surface")}
    >
      <header className="flex items-center gap-2 px-3 py-2">
        {onClose && <h2 className="min-w-0 flex-1 truncate text-base font-semibold">{path}</h2>}
        {node && <StatusBadge status={node.status} />}
        {onClose && (
          <Button variant="ghost" size="icon-sm" aria-label="Close the node" onClick={onClose}>
            <X aria-hidden />
          </Button>
        )}
      </header>
      {node ? (
        <Details key={path} execution={execution} node={node} live={live} />
      ) : loading ? (
        <div className="p-3">
          <SkeletonRows rows={3} />
        </div>
      ) : (
        <p className="p-3 text-sm text-muted-foreground">This node has not begun in this run.</p>
      )}
    </section>
  );
}

function Details({ execution, node, live }: { execution: Execution; node: ExecutionNode; live: LiveEvents }) {
  const own = live.events.filter((event) => event.path === node.path);
  const input = inputOf(own, node.path);
  const text = live.texts.get(node.path);
  return (
    <>
      <Facts node={node} />
      <Tabs defaultValue={node.error ? "error" : "output"} className="flex min-h-0 flex-1 flex-col">
        <TabList aria-label="Parts of the node">
          <Tab value="output">Output</Tab>
          <Tab value="input">Input</Tab>
          {node.error && <Tab value="error">Error</Tab>}
          <Tab value="events">Events</Tab>
        </TabList>
        <TabPanel value="output" className="overflow-y-auto p-3">
          {text !== undefined ? (
            <p className="text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>
          ) : node.output === null && node.status !== "completed" ? (
            <p className="text-sm text-muted-foreground">No output.</p>
          ) : (
            <RunValue executionId={execution.id} value={node.output} />
          )}
        </TabPanel>
        <TabPanel value="input" className="overflow-y-auto p-3">
          {input === undefined ? (
            <p className="text-sm text-muted-foreground">
              {live.connection === "connecting"
                ? "Loading…"
                : "Not recorded: quick nodes without effects keep their output only."}
            </p>
          ) : (
            <RunValue executionId={execution.id} value={input} />
          )}
        </TabPanel>
        {node.error && (
          <TabPanel value="error" className="overflow-y-auto p-3">
            <ErrorDetails error={node.error} />
          </TabPanel>
        )}
        <TabPanel value="events" className="min-h-0 overflow-hidden">
          <EventList events={own} startedAt={execution.created_at} executionId={execution.id} />
        </TabPanel>
      </Tabs>
    </>
  );
}

function Facts({ node }: { node: ExecutionNode }) {
  const facts: [string, string][] = [
    ["Type", node.type ?? "–"],
    ["Duration", formatDuration(node.duration_ms)],
    ["Attempts", node.attempt ? formatNumber(node.attempt) : "–"],
  ];
  if (node.port) facts.push(["Port", node.port]);
  if (node.usage && node.usage.prompt_tokens + node.usage.completion_tokens > 0) {
    facts.push(["Tokens", formatNumber(node.usage.prompt_tokens + node.usage.completion_tokens)]);
    facts.push(["Cost", formatCost(node.usage.cost_usd)]);
  }
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-1 px-3 pb-2 text-xs">
      {facts.map(([name, value]) => (
        <div key={name} className="flex gap-1">
          <dt className="text-muted-foreground">{name}</dt>
          <dd className="tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function ErrorDetails({ error }: { error: NodeError }) {
  const details = error.details && Object.keys(error.details).length > 0 ? error.details : null;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p className="font-medium text-danger [overflow-wrap:anywhere]">{error.message}</p>
      <p className="text-xs text-muted-foreground">
        <code className="font-mono">{error.type}</code>
        {error.path && ` in ${error.path}`}
        {error.attempt ? `, attempt ${error.attempt}` : ""}
      </p>
      {details && <ValueView value={details} />}
    </div>
  );
}
