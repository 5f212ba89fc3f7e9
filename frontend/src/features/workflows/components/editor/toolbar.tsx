"use client";

/** The bar over the canvas: name, state of saving, history of changes, publishing, running. */

import {
  CircleAlert,
  Clock,
  LayoutGrid,
  PanelLeft,
  Play,
  Redo2,
  Square,
  TriangleAlert,
  Undo2,
} from "lucide-react";
import { useRef } from "react";
import { useStore } from "zustand";
import { ENDED } from "@/canvas/run";
import { useTitle } from "@/lib/browser";
import { Button } from "@/ui/button";
import { notifyError } from "@/ui/toast";
import { Tooltip } from "@/ui/tooltip";
import { cancelRun } from "../../hooks/draft";
import type { Commands } from "./commands";
import { useDraft, useEditor, useRunState } from "./context";
import { SaveMark } from "./save-mark";
import { VersionMenu } from "./version-menu";

export interface ToolbarProps {
  commands: Commands;
  palette: boolean;
  onPalette: () => void;
  history: boolean;
  onHistory: () => void;
}

export function Toolbar({ commands, palette, onPalette, history, onHistory }: ToolbarProps) {
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-1 border-b bg-surface px-2 py-1">
      <Tooltip label={palette ? "Hide node types" : "Show node types"}>
        <Button
          variant="ghost"
          size="icon"
          aria-label="Node types"
          aria-pressed={palette}
          onClick={onPalette}
          data-testid="toggle-palette"
        >
          <PanelLeft aria-hidden />
        </Button>
      </Tooltip>
      <NameInput />
      <SaveMark />
      <div className="ml-auto flex flex-wrap items-center justify-end gap-1">
        <ProblemCount />
        <UndoRedo commands={commands} />
        <Tooltip label="Arrange all nodes">
          <Button
            variant="ghost"
            size="icon"
            className="hidden sm:inline-flex"
            aria-label="Arrange all nodes"
            onClick={() => void commands.arrange()}
            data-testid="arrange"
          >
            <LayoutGrid aria-hidden />
          </Button>
        </Tooltip>
        <Button
          variant="ghost"
          aria-label="History"
          aria-pressed={history}
          onClick={onHistory}
          data-testid="history-button"
        >
          <Clock aria-hidden />
          <span className="hidden lg:inline">History</span>
        </Button>
        <VersionMenu />
        <RunButton />
      </div>
    </header>
  );
}

function NameInput() {
  const name = useDraft((state) => state.name);
  const rename = useDraft((state) => state.rename);
  const before = useRef(name);
  useTitle(name);
  return (
    <input
      aria-label="Name of the workflow"
      value={name}
      maxLength={200}
      aria-invalid={name.trim() === "" || undefined}
      onFocus={() => {
        before.current = name;
      }}
      onChange={(event) => rename(event.target.value)}
      onBlur={() => name.trim() === "" && rename(before.current)}
      className="h-8 w-40 min-w-0 rounded-md border border-transparent bg-transparent px-2 text-base font-semibold hover:border-border aria-invalid:border-danger md:w-64"
      data-testid="workflow-name"
    />
  );
}

function UndoRedo({ commands }: { commands: Commands }) {
  const { store } = useEditor();
  const past = useStore(store.temporal, (history) => history.pastStates.length > 0);
  const future = useStore(store.temporal, (history) => history.futureStates.length > 0);
  return (
    <>
      <Tooltip label="Undo" keys="Ctrl Z">
        <Button
          variant="ghost"
          size="icon"
          aria-label="Undo"
          disabled={!past}
          onClick={commands.undo}
          data-testid="undo"
        >
          <Undo2 aria-hidden />
        </Button>
      </Tooltip>
      <Tooltip label="Redo" keys="Ctrl Shift Z">
        <Button
          variant="ghost"
          size="icon"
          aria-label="Redo"
          disabled={!future}
          onClick={commands.redo}
          data-testid="redo"
        >
          <Redo2 aria-hidden />
        </Button>
      </Tooltip>
    </>
  );
}

function ProblemCount() {
  const { overlay, store } = useEditor();
  const problems = useStore(overlay, (state) => state.problems);
  const all = [...problems].flatMap(([node, list]) => list.map((problem) => ({ node, problem })));
  if (all.length === 0) return null;
  const errors = all.filter(({ problem }) => problem.severity === "error");
  const first = (errors[0] ?? all[0])?.node;
  const text = all.map(({ node, problem }) => `${node || "workflow"}: ${problem.message}`).join("\n");
  return (
    <Button
      variant="ghost"
      title={text}
      aria-label={`${errors.length} errors, ${all.length - errors.length} warnings. Go to the first.`}
      onClick={() => first && store.getState().select(new Set([first]))}
      data-testid="problem-count"
      data-errors={errors.length}
    >
      {errors.length > 0 ? (
        <CircleAlert aria-hidden className="text-danger" />
      ) : (
        <TriangleAlert aria-hidden className="text-warning" />
      )}
      {all.length}
    </Button>
  );
}

function RunButton() {
  const { askToRun, run } = useEditor();
  const state = useRunState();
  const live = run.execution !== null && state.status !== "idle" && !ENDED.has(state.status);
  const cancel = () => {
    if (run.execution)
      cancelRun(run.execution).catch((error: unknown) => notifyError("Not cancelled", error));
  };
  return (
    <>
      {live && (
        <Button aria-label="Cancel" onClick={cancel} data-testid="cancel-button">
          <Square aria-hidden />
          <span className="hidden sm:inline">Cancel</span>
        </Button>
      )}
      <Tooltip label="Run the draft" keys="Ctrl Enter">
        <Button variant="primary" onClick={askToRun} data-testid="run-button">
          <Play aria-hidden />
          Run
        </Button>
      </Tooltip>
    </>
  );
}
