"use client";

/** The open editor: bar, palette, canvas, the selected node's panel, and the run. */

import { Workflow } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import type { ExecutionSummary } from "@/api/types";
import { FlowCanvas } from "@/canvas/flow/flow-canvas";
import { type Graph, sameMeaning } from "@/canvas/graph";
import { useMedia } from "@/lib/browser";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { notifyError } from "@/ui/toast";
import { loadRunGraph } from "../../hooks/draft";
import { useProblems } from "../../hooks/problems";
import { useCommands } from "./commands";
import { useDraft, useEditor } from "./context";
import { HistoryDrawer } from "./history";
import { Inspector } from "./inspector";
import { useEditorKeys } from "./keyboard";
import { NodeSearch } from "./node-search";
import { Palette } from "./palette";
import { RunPanel } from "./run-panel";
import { Toolbar } from "./toolbar";

const NOTHING: ReadonlySet<string> = new Set();

/** A graph that is no longer the draft, while one of its runs is looked at. */
interface Looking {
  execution: string;
  version: number | "draft";
  graph: Graph;
}

export function EditorView() {
  const { store, types, overlay, run, autosave, askToRun } = useEditor();
  const commands = useCommands(store, types);
  const wide = useMedia("(min-width: 768px)");
  const [palette, setPalette] = useState<boolean | null>(null);
  const [history, setHistory] = useState(false);
  const [looked, setLooking] = useState<Looking | null>(null);
  // A run that was started since is the draft's.
  const looking = looked?.execution === run.execution ? looked : null;
  const shownPalette = (palette ?? wide) && !looking;
  useProblems(store, overlay);
  useEditorKeys(commands, {
    addBehind: commands.askBehindSelected,
    search: () => store.getState().pick({ kind: "add", at: null }),
    run: askToRun,
    save: () => void autosave.flush(),
  });
  const show = useShow(setLooking);
  const back = useCallback(() => {
    setLooking(null);
    run.clear();
  }, [run]);

  return (
    <div className="flex h-full min-h-0 flex-col" data-testid="editor">
      <Toolbar
        commands={commands}
        palette={shownPalette}
        onPalette={() => setPalette(!shownPalette)}
        history={history}
        onHistory={() => setHistory(!history)}
      />
      <div className="relative flex min-h-0 flex-1">
        {history && <HistoryDrawer onShow={show} onClose={() => setHistory(false)} />}
        {shownPalette && !history && <Palette types={types} onAdd={commands.addFromPalette} />}
        <div className="flex min-w-0 flex-1 flex-col">
          {looking && <LookingBar version={looking.version} onBack={back} />}
          <div className="relative min-h-0 flex-1">
            {looking ? (
              <FlowCanvas
                graph={looking.graph}
                types={types}
                overlay={overlay}
                label={`A run of ${nameOf(looking.version)}`}
              />
            ) : (
              <>
                <DraftCanvas actions={commands.canvas} />
                <BlankCanvas onBegin={() => commands.addFromPalette("start")} />
              </>
            )}
          </div>
          <RunPanel />
        </div>
        {!looking && <Inspector />}
      </div>
      <NodeSearch
        types={types}
        onPick={commands.place}
        onConnect={commands.connectTo}
        onGo={(id) => store.getState().select(new Set([id]))}
      />
    </div>
  );
}

function DraftCanvas({ actions }: { actions: ReturnType<typeof useCommands>["canvas"] }) {
  const { types, overlay } = useEditor();
  const graph = useDraft((state) => state.graph);
  const selection = useDraft((state) => state.selection);
  const edgeSelection = useDraft((state) => state.edgeSelection);
  const arranged = useDraft((state) => state.arranged);
  return (
    <FlowCanvas
      graph={graph}
      types={types}
      overlay={overlay}
      selection={selection}
      edgeSelection={edgeSelection}
      arranged={arranged}
      actions={actions}
      label="Workflow"
    />
  );
}

/** What to do first, where nothing is drawn. */
function BlankCanvas({ onBegin }: { onBegin: () => void }) {
  const blank = useDraft(({ graph }) => graph.nodes.length === 0);
  if (!blank) return null;
  return (
    <div className="pointer-events-none absolute inset-0 flex items-center justify-center">
      <EmptyState
        icon={Workflow}
        title="Nothing is drawn yet"
        actions={
          <Button variant="primary" className="pointer-events-auto" onClick={onBegin} data-testid="add-start">
            Add a start
          </Button>
        }
      >
        Every run begins at a start. Drag other nodes here from the list, or press / to search them.
      </EmptyState>
    </div>
  );
}

/** Shows an execution: on the draft where that is what ran, else on the graph that ran. */
function useShow(setLooking: (looking: Looking | null) => void) {
  const { run, store } = useEditor();
  const latest = useRef("");
  return useMemo(
    () =>
      async (execution: ExecutionSummary): Promise<void> => {
        latest.current = execution.id;
        try {
          const graph = await loadRunGraph(execution.id);
          if (latest.current !== execution.id) return;
          const asDrawn = sameMeaning(graph, store.getState().graph);
          store.getState().select(NOTHING);
          setLooking(asDrawn ? null : { execution: execution.id, version: execution.version, graph });
          run.follow(execution.id);
        } catch (error) {
          notifyError("The graph of this run cannot be read", error);
        }
      },
    [run, store, setLooking],
  );
}

function nameOf(version: Looking["version"]): string {
  return version === "draft" ? "an earlier draft" : `version ${version}`;
}

function LookingBar({ version, onBack }: { version: Looking["version"]; onBack: () => void }) {
  return (
    <p
      className="flex items-center gap-3 border-b bg-accent-soft px-3 py-1 text-sm"
      role="status"
      data-testid="looking"
    >
      A run of {nameOf(version)}, on the graph that it ran.
      <Button size="sm" onClick={onBack}>
        Back to the draft
      </Button>
    </p>
  );
}
