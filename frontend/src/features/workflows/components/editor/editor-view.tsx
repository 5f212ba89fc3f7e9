"use client";

/** The open editor: bar, palette, canvas, the selected node's panel, and the run. */

import { useCallback, useMemo, useRef, useState } from "react";
import type { ExecutionSummary } from "@/api/types";
import { FlowCanvas } from "@/canvas/flow/flow-canvas";
import type { Graph } from "@/canvas/graph";
import { useMedia } from "@/lib/browser";
import { Button } from "@/ui/button";
import { notifyError } from "@/ui/toast";
import { loadVersion } from "../../hooks/draft";
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

/** A published version's graph while one of its runs is looked at. */
interface Looking {
  version: number;
  graph: Graph;
}

export function EditorView() {
  const { store, types, overlay, run, autosave, askToRun } = useEditor();
  const commands = useCommands(store, types);
  const wide = useMedia("(min-width: 768px)");
  const [palette, setPalette] = useState<boolean | null>(null);
  const [history, setHistory] = useState(false);
  const [looking, setLooking] = useState<Looking | null>(null);
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
        {shownPalette && !history && <Palette types={types} onAdd={(type) => commands.addAt(type, null)} />}
        <div className="flex min-w-0 flex-1 flex-col">
          {looking && <LookingBar version={looking.version} onBack={back} />}
          <div className="relative min-h-0 flex-1">
            {looking ? (
              <FlowCanvas
                graph={looking.graph}
                types={types}
                overlay={overlay}
                label={`A run of version ${looking.version}`}
              />
            ) : (
              <DraftCanvas actions={commands.canvas} />
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

/** Shows an execution: a draft's on the draft, a version's on that version's graph. */
function useShow(setLooking: (looking: Looking | null) => void) {
  const { id, run, store } = useEditor();
  const latest = useRef("");
  return useMemo(
    () =>
      async (execution: ExecutionSummary): Promise<void> => {
        latest.current = execution.id;
        store.getState().select(NOTHING);
        const { version } = execution;
        try {
          const graph = typeof version === "number" ? await loadVersion(id, version) : null;
          if (latest.current !== execution.id) return;
          setLooking(graph && typeof version === "number" ? { version, graph } : null);
          run.follow(execution.id);
        } catch (error) {
          notifyError("The version of this run cannot be read", error);
        }
      },
    [id, run, store, setLooking],
  );
}

function LookingBar({ version, onBack }: { version: number; onBack: () => void }) {
  return (
    <p className="flex items-center gap-3 border-b bg-accent-soft px-3 py-1 text-sm" role="status">
      A run of version {version}, on the graph it ran.
      <Button size="sm" onClick={onBack}>
        Back to the draft
      </Button>
    </p>
  );
}
