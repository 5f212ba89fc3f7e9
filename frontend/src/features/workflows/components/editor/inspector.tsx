"use client";

/** The panel of the selected node: name and id, config, how it is run, and what the last run had. */

import { Play, X } from "lucide-react";
import { useEffect, useId, useMemo, useState } from "react";
import { useStore } from "zustand";
import { type FieldScope, type Known, readables } from "@/canvas/completion";
import { setConfig, setFields } from "@/canvas/edit";
import { NodeIcon } from "@/canvas/flow/icons";
import { focusCard } from "@/canvas/flow/view";
import { containersOf, type Graph, type GraphNode, type Json, type Schema } from "@/canvas/graph";
import { renameNode, renameProblem } from "@/canvas/rename";
import { ENDED, type RunState } from "@/canvas/run";
import { firstStateOf, hadNothing } from "@/canvas/traces";
import { Button } from "@/ui/button";
import { Input } from "@/ui/input";
import { Prose } from "@/ui/prose";
import { Tab, TabList, TabPanel, Tabs } from "@/ui/tabs";
import { Tooltip } from "@/ui/tooltip";
import { Fields } from "./config/collections";
import { NodeProblems } from "./config/problem-line";
import { FormContext, type FormSurroundings } from "./config/surroundings";
import { useDraft, useEditor, useSelectedNode, useStateOf } from "./context";
import { NodeData } from "./node-data";
import { PolicyForm } from "./policy-form";

const PANEL = "node-panel";

/** Moves the focus to the panel: Tab goes on to its fields, and the keys still act on the node. */
export function focusNodePanel(): boolean {
  const panel = document.getElementById(PANEL);
  panel?.focus();
  return panel !== null;
}

export function Inspector() {
  const node = useSelectedNode();
  const renamed = useDraft((state) => state.renamed);
  // Who looks from node to node at a run wants to see the same of each.
  const [looking, setLooking] = useState(false);
  // Another node has another panel; a node under a new id keeps its own, and in it the place where one is.
  const [shown, setShown] = useState({ id: "", panel: 0 });
  if (!node) return null;
  if (node.id !== shown.id) {
    const same = renamed?.from === shown.id && renamed.to === node.id;
    setShown({ id: node.id, panel: same ? shown.panel : shown.panel + 1 });
  }
  return <NodePanel key={shown.panel} node={node} looking={looking} onLooking={setLooking} />;
}

interface NodePanelProps {
  node: GraphNode;
  /** Whether it opens on what the run had here, where there is that. */
  looking: boolean;
  onLooking: (looking: boolean) => void;
}

function NodePanel({ node, looking, onLooking }: NodePanelProps) {
  const { types, store, runNode } = useEditor();
  const type = types.get(node.type);
  const state = useStateOf(node.id);
  const inLoop = useDraft(({ graph }) =>
    containersOf(graph, node.id).some((around) => around.type === "loop"),
  );
  const [tab, setTab] = useState(looking && state ? "data" : "config");
  const show = (next: string) => {
    setTab(next);
    onLooking(next === "data");
  };
  return (
    <aside
      id={PANEL}
      tabIndex={-1}
      aria-label={`Node ${node.name || node.id}`}
      className="absolute inset-y-0 right-0 z-20 flex w-full max-w-md flex-col border-l bg-surface md:static md:w-96"
      data-testid="inspector"
    >
      <header className="flex items-center gap-2 border-b px-3 py-2">
        <NodeIcon icon={type?.icon} category={type?.category} className="size-4 shrink-0" />
        <span className="min-w-0 flex-1 truncate text-sm font-semibold">{type?.title ?? node.type}</span>
        {inLoop ? (
          <span className="text-xs text-muted-foreground">Run its loop: alone it has no item</span>
        ) : (
          <Tooltip label="Run this node alone, on the last run's data">
            <Button size="sm" onClick={() => runNode(node.id)} data-testid="run-node">
              <Play aria-hidden />
              Run node
            </Button>
          </Tooltip>
        )}
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Close the panel"
          onClick={() => {
            store.getState().select(new Set());
            focusCard(node.id);
          }}
        >
          <X aria-hidden />
        </Button>
      </header>
      <Tabs value={tab} onValueChange={show} className="flex min-h-0 flex-1 flex-col">
        <TabList aria-label="Parts of the node">
          <Tab value="config">Config</Tab>
          <Tab value="policy">Policy</Tab>
          <Tab value="data" data-testid="tab-data">
            Last run
          </Tab>
        </TabList>
        <TabPanel value="config" className="overflow-y-auto p-3">
          {type?.description && (
            <p className="mb-3 text-sm text-muted-foreground">
              <Prose text={type.description} />
            </p>
          )}
          <Identity node={node} />
          <ConfigForm node={node} />
        </TabPanel>
        <TabPanel value="policy" className="overflow-y-auto p-3">
          <PolicyForm node={node} />
        </TabPanel>
        <TabPanel value="data" className="overflow-y-auto p-3">
          <NodeData node={node} state={state} />
        </TabPanel>
      </Tabs>
    </aside>
  );
}

function Identity({ node }: { node: GraphNode }) {
  const { store, types } = useEditor();
  const [id, setId] = useState(node.id);
  const [refused, setRefused] = useState<string | null>(null);
  const reason = useId();
  const graph = useDraft((state) => state.graph);
  useEffect(() => setId(node.id), [node.id]);
  const problem = useMemo(
    () => (id === node.id ? null : renameProblem(graph, node.id, id, types)),
    [graph, id, node.id, types],
  );

  function commit(): void {
    if (id === node.id || problem) return;
    const { graph: now, edit } = store.getState();
    edit(renameNode(now, node.id, id, types));
  }

  /** Whoever goes on with something else sees the node's own id, and why it is not another. */
  function leave(): void {
    commit();
    if (!problem) return;
    setId(node.id);
    setRefused(`“${id}” was not taken. ${problem}`);
  }

  return (
    <div className="mb-4 grid grid-cols-2 gap-2">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the input is inside of it */}
      <label className="flex flex-col gap-1 text-sm font-medium">
        Name
        <Input
          value={node.name ?? ""}
          placeholder={node.id}
          maxLength={200}
          onChange={(event) => {
            const name = event.target.value || undefined;
            const { graph: now, edit } = store.getState();
            edit(setFields(now, node.id, { name }), `name ${node.id}`);
          }}
          data-testid="node-name"
        />
      </label>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the input is inside of it */}
      <label className="flex flex-col gap-1 text-sm font-medium">
        Id
        <Input
          className="font-mono"
          value={id}
          maxLength={64}
          aria-invalid={problem ? true : undefined}
          aria-describedby={(problem ?? refused) ? reason : undefined}
          onChange={(event) => {
            setId(event.target.value);
            setRefused(null);
          }}
          onBlur={leave}
          onKeyDown={(event) => event.key === "Enter" && commit()}
          data-testid="node-id"
        />
      </label>
      {(problem ?? refused) && (
        <p id={reason} role="alert" className="col-span-2 text-xs text-danger [overflow-wrap:anywhere]">
          {problem ?? refused}
        </p>
      )}
    </div>
  );
}

const EMPTY: Schema = {};

/** The outputs of the run on the canvas by node id: each node's latest. */
export function knownOf(run: RunState): Known {
  const outputs = new Map<string, Json>();
  for (const [id, path] of Object.entries(run.latest)) {
    const output = run.nodes[path]?.output;
    if (output !== undefined) outputs.set(id, output);
  }
  return { outputs, inputs: run.inputs };
}

/** Previews are asked again when the node goes on and when the run ends. */
function momentOf(run: RunState, graph: Graph, node: string): string {
  return `${ENDED.has(run.status)} ${firstStateOf(run, graph, node)?.status ?? ""}`;
}

function ConfigForm({ node }: { node: GraphNode }) {
  const { types, store, overlay, run } = useEditor();
  const schema = types.get(node.type)?.config_schema ?? EMPTY;
  const problems = useStore(overlay, (state) => state.problems.get(node.id));
  const execution = run.execution;
  const moment = useStore(overlay, (state) => momentOf(state.run, store.getState().graph, node.id));
  const form = useMemo<FormSurroundings>(
    () => ({
      root: schema,
      nodeType: node.type,
      problems: problems ?? [],
      // Asked when a field completes, so that typing elsewhere does not work it out again.
      names: (scope: FieldScope) =>
        readables(store.getState().graph, node.id, types, knownOf(overlay.getState().run), scope),
      place: execution
        ? {
            execution,
            node: node.id,
            moment,
            hadNothing: (reads) => hadNothing(overlay.getState().run, store.getState().graph, node.id, reads),
          }
        : null,
      templates: true,
      prefix: "/config",
    }),
    [schema, node.type, node.id, problems, types, store, overlay, execution, moment],
  );
  const elsewhere = (problems ?? []).filter((problem) => !problem.field.startsWith("/config/"));
  return (
    <FormContext.Provider value={form}>
      <NodeProblems problems={elsewhere} />
      <Fields
        path={[]}
        schema={schema}
        value={node.config ?? {}}
        onChange={(config) => {
          const { graph, edit } = store.getState();
          edit(setConfig(graph, node.id, config, types), `config ${node.id}`);
        }}
      />
      {Object.keys(schema.properties ?? {}).length === 0 && (
        <p className="text-sm text-muted-foreground">This node has nothing to configure.</p>
      )}
    </FormContext.Provider>
  );
}
