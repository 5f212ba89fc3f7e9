"use client";

import dynamic from "next/dynamic";
import { type ComponentType, useState } from "react";
import type { Execution } from "@/api/types";
import type { ExecutionCanvasProps } from "@/features/workflows/editor-contract";
import { useMedia, useRouteId } from "@/lib/browser";
import { patiently } from "@/lib/patiently";
import { moveRowFocus } from "@/lib/rows";
import { useShortcuts } from "@/lib/shortcuts";
import { Dialog } from "@/ui/dialog";
import { ErrorState } from "@/ui/error-state";
import { Skeleton, SkeletonRows } from "@/ui/skeleton";
import { Split } from "@/ui/split";
import { Tab, TabList, TabPanel, Tabs } from "@/ui/tabs";
import { type LiveEvents, useExecutionEvents } from "../hooks/events";
import { hasEnded, useExecution, useExecutionGraph } from "../hooks/executions";
import { EventList } from "./event-list";
import { ExecutionHeader } from "./execution-header";
import { NodePanel } from "./node-panel";
import { NodeTable } from "./node-table";
import { RunValue } from "./run-value";
import { WaitingList } from "./waiting-list";

const ExecutionCanvas: ComponentType<ExecutionCanvasProps> = dynamic(
  patiently(() => import("@/features/workflows/components/editor").then((all) => all.ExecutionCanvas)),
  { ssr: false, loading: () => <Skeleton className="h-full w-full rounded-none" /> },
);

/** The execution that the address names. */
export function ExecutionPage() {
  const id = useRouteId("executions");
  const query = useExecution(id);
  if (query.error && !query.data) {
    return (
      <ErrorState
        title="The execution could not be loaded"
        error={query.error}
        retry={() => void query.refetch()}
      />
    );
  }
  if (!query.data) {
    return (
      <div className="flex flex-col gap-4 p-4">
        <Skeleton className="h-8 w-64" />
        <Skeleton className="h-64 w-full" />
        <SkeletonRows rows={4} />
      </div>
    );
  }
  return <ExecutionView key={query.data.id} execution={query.data} />;
}

function ExecutionView({ execution }: { execution: Execution }) {
  const [selected, setSelected] = useState<string | null>(null);
  const [tab, setTab] = useState("nodes");
  const wide = useMedia("(min-width: 1024px)");
  const running = !hasEnded(execution.status);
  // Once opened for any reason it stays: the stream of an ended run ends by itself.
  const [wanted, setWanted] = useState(running);
  if (!wanted && (running || tab === "events" || selected !== null)) setWanted(true);
  const live = useExecutionEvents(execution.id, wanted);

  useShortcuts("Execution", [
    { keys: "j", label: "Next node", run: () => moveRowFocus(1) },
    { keys: "k", label: "Previous node", run: () => moveRowFocus(-1) },
    { keys: "Escape", label: "Close the node", run: () => setSelected(null) },
  ]);

  const parts = (
    <Parts
      execution={execution}
      live={live}
      tab={tab}
      onTab={setTab}
      selected={selected}
      onSelect={setSelected}
    />
  );
  const canvas = <RunCanvas execution={execution} selected={selected} onSelect={setSelected} />;
  const panel =
    selected === null ? null : (
      <NodePanel execution={execution} path={selected} live={live} onClose={() => setSelected(null)} />
    );

  if (!wide) {
    return (
      <div className="flex flex-col">
        <ExecutionHeader execution={execution} lost={live.connection === "lost"} />
        <WaitingList execution={execution} />
        <div className="h-72 border-b">{canvas}</div>
        {parts}
        {selected !== null && (
          <Dialog open onOpenChange={() => setSelected(null)} title={selected}>
            <NodePanel execution={execution} path={selected} live={live} />
          </Dialog>
        )}
      </div>
    );
  }
  const left = (
    <Split
      direction="column"
      initial={45}
      name="execution-parts"
      label="Size of the canvas"
      className="h-full"
    >
      {canvas}
      {parts}
    </Split>
  );
  return (
    <div className="flex h-full flex-col">
      <ExecutionHeader execution={execution} lost={live.connection === "lost"} />
      <WaitingList execution={execution} />
      <div className="min-h-0 flex-1">
        <Split initial={36} name="execution-node" label="Size of the node's details" className="h-full">
          {left}
          {panel}
        </Split>
      </div>
    </div>
  );
}

interface RunCanvasProps {
  execution: Execution;
  selected: string | null;
  onSelect: (path: string | null) => void;
}

function RunCanvas({ execution, selected, onSelect }: RunCanvasProps) {
  const graph = useExecutionGraph(execution.id);
  if (graph.error && !graph.data) {
    return (
      <ErrorState
        title="The graph of this run could not be loaded"
        error={graph.error}
        retry={() => void graph.refetch()}
      />
    );
  }
  if (!graph.data) return <Skeleton className="h-full w-full rounded-none" />;
  return <ExecutionCanvas execution={execution} graph={graph.data} selected={selected} onSelect={onSelect} />;
}

interface PartsProps extends RunCanvasProps {
  live: LiveEvents;
  tab: string;
  onTab: (tab: string) => void;
}

const connections = {
  connecting: "Connecting…",
  open: "Live",
  lost: "Connection lost, trying again…",
  ended: "",
};

function Parts({ execution, live, tab, onTab, selected, onSelect }: PartsProps) {
  return (
    <Tabs value={tab} onValueChange={onTab} className="flex h-full min-h-0 flex-col bg-surface">
      <TabList aria-label="Parts of the execution">
        <Tab value="nodes">Nodes</Tab>
        <Tab value="events">Events</Tab>
        <Tab value="inputs">Inputs</Tab>
        <Tab value="outputs">Outputs</Tab>
      </TabList>
      <TabPanel value="nodes" className="overflow-y-auto">
        <NodeTable execution={execution} selected={selected} onSelect={onSelect} />
      </TabPanel>
      <TabPanel value="events" className="flex max-h-[70vh] flex-col lg:max-h-none">
        <p aria-live="polite" className="px-3 py-1 text-xs text-muted-foreground empty:hidden">
          {connections[live.connection]}
        </p>
        {live.error ? (
          <ErrorState title="The events could not be read" error={live.error} />
        ) : (
          <div className="min-h-0 flex-1 overflow-hidden">
            <EventList events={live.events} startedAt={execution.created_at} executionId={execution.id} />
          </div>
        )}
      </TabPanel>
      <TabPanel value="inputs" className="overflow-y-auto p-3">
        <RunValue executionId={execution.id} value={execution.inputs} />
      </TabPanel>
      <TabPanel value="outputs" className="overflow-y-auto p-3">
        {execution.status === "completed" ? (
          <RunValue executionId={execution.id} value={execution.outputs} />
        ) : (
          <p className="text-sm text-muted-foreground">Outputs are there once the run has completed.</p>
        )}
      </TabPanel>
    </Tabs>
  );
}
