"use client";

/** The editor of one workflow. Its parent gives it `key={id}`: another id is another editor. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { createStore, useStore } from "zustand";
import { keys } from "@/api/keys";
import { ApiError } from "@/api/problem";
import { inputFields } from "@/canvas/fields";
import { createOverlay } from "@/canvas/flow/overlay";
import type { Graph, Json, JsonObject, NodeTypes } from "@/canvas/graph";
import { isObject } from "@/canvas/schema";
import { scopeOf } from "@/canvas/upstream";
import { useLeaveQuestion } from "@/lib/leaving";
import { ErrorState } from "@/ui/error-state";
import { Skeleton } from "@/ui/skeleton";
import { notifyError } from "@/ui/toast";
import type { WorkflowEditorProps } from "../../editor-contract";
import { type LoadedDraft, loadDraft, runNode, saveDraft, startRun, useNodeTypes } from "../../hooks/draft";
import { firstAtNode } from "../../hooks/problems";
import { useRun } from "../../hooks/run";
import { createAutosave, type SaveState } from "../../store/autosave";
import { createEditor, type DraftValue, type EditorStore, saveChanges } from "../../store/editor";
import { preloadCodeEditor } from "./config/code-field";
import { schemaOfInputs } from "./config/inputs-schema";
import { type Editor, EditorContext } from "./context";
import { EditorView } from "./editor-view";
import { knownOf } from "./inspector";
import { RunForm } from "./run-form";

export { ExecutionCanvas } from "./execution-canvas";

export default function WorkflowEditor({ id }: WorkflowEditorProps) {
  const types = useNodeTypes();
  const draft = useQuery({
    queryKey: keys.workflows.draft(id),
    queryFn: () => loadDraft(id),
    // The editor's own copy is the truth while it is open; nothing is read behind its back.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  // An open draft stays open, whatever becomes of a later reading.
  if (draft.data && types.data) return <OpenEditor loaded={draft.data} types={types.data} />;
  const error = draft.error ?? types.error;
  if (error) {
    const retry = () => {
      void draft.refetch();
      void types.refetch();
    };
    return <ErrorState title="The workflow could not be opened" error={error} retry={retry} />;
  }
  return <Skeleton className="h-full w-full rounded-none" />;
}

function OpenEditor({ loaded, types }: { loaded: LoadedDraft; types: NodeTypes }) {
  const [store] = useState(() => createEditor({ graph: loaded.graph, name: loaded.name }));
  const [overlay] = useState(() => createOverlay());
  const { autosave, save } = useAutosave(loaded, store);
  const run = useRun(overlay, loaded.id);
  const [asking, setAsking] = useState(false);
  const last = useRef<JsonObject>(undefined);
  useEffect(() => preloadCodeEditor(), []);

  const editor = useMemo<Editor>(() => {
    const ready = async () => {
      if (!(await autosave.flush())) throw new Error("The draft is not saved, so it cannot be run.");
    };
    const refused = (message: string, error: unknown) => {
      const first = firstAtNode(store.getState().graph, error, types);
      if (!first) return notifyError(message, error);
      const go = () => store.getState().select(new Set([first.node]));
      notifyError(message, new Error(first.message), { label: "Show the node", go });
    };
    const start = async (inputs: JsonObject) => {
      last.current = inputs;
      await ready();
      run.follow((await startRun(loaded.id, inputs)).id);
    };
    return {
      id: loaded.id,
      store,
      overlay,
      types,
      run,
      autosave,
      save,
      start,
      askToRun: () => {
        const fields = inputFields(inputsSchema(store.getState().graph));
        if (fields === null || fields.length > 0) setAsking(true);
        else start({}).catch((error: unknown) => refused("Not started", error));
      },
      runNode: (node) => {
        const known = knownOf(overlay.getState().run);
        const scope = scopeOf(store.getState().graph, node);
        const upstream: Record<string, Json> = {};
        for (const { id } of scope.nodes) {
          const output = known.outputs.get(id);
          if (output !== undefined) upstream[id] = output;
        }
        ready()
          .then(() =>
            runNode(loaded.id, node, isObject(known.inputs) ? known.inputs : (last.current ?? {}), upstream),
          )
          .then((execution) => run.follow(execution.id))
          .catch((error: unknown) => refused("The node was not run", error));
      },
    };
  }, [loaded.id, store, overlay, types, run, autosave, save]);

  return (
    <EditorContext.Provider value={editor}>
      <EditorView />
      <LeaveGuard save={save} />
      {asking && (
        <RunForm
          schema={inputsSchema(store.getState().graph)}
          last={last.current}
          start={editor.start}
          onClose={() => setAsking(false)}
        />
      )}
    </EditorContext.Provider>
  );
}

function inputsSchema(graph: Graph) {
  return schemaOfInputs(graph.nodes.find((node) => node.type === "start")?.config);
}

/** Saves the draft after each change. */
function useAutosave(loaded: LoadedDraft, store: EditorStore): Pick<Editor, "autosave" | "save"> {
  const [save] = useState(() => createStore<{ state: SaveState }>(() => ({ state: { kind: "saved" } })));
  const [autosave] = useState(() => {
    const { graph, name } = store.getState();
    return createAutosave<DraftValue>({
      initial: { value: { graph, name }, revision: loaded.revision },
      save: (value, revision) => saveDraft(loaded.id, value, revision),
      isConflict: (error) => error instanceof ApiError && error.status === 412,
      // 401: whoever is at the page is asked to sign in again.
      mayPass: (error) =>
        !(error instanceof ApiError) || error.status >= 500 || [0, 401, 429].includes(error.status),
      onState: (state) => save.setState({ state }),
    });
  });
  useEffect(() => {
    const unsubscribe = saveChanges(store, autosave);
    return () => {
      unsubscribe();
      void autosave.stop().then((saved) => {
        const { name } = store.getState();
        if (!saved)
          notifyError("Changes are lost", new Error(`The last changes of “${name}” were not saved.`));
      });
    };
  }, [store, autosave]);
  return { autosave, save };
}

/** Asks before the page is left with something unsaved. Apart, so that nothing else is drawn when that changes. */
function LeaveGuard({ save }: Pick<Editor, "save">) {
  const kind = useStore(save, ({ state }) => state.kind);
  useEffect(() => {
    if (kind === "saved") return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [kind]);
  // What is only waiting for its turn is saved on the way out.
  const stuck = kind === "failed" || kind === "conflict";
  useLeaveQuestion(stuck ? "Your last changes are not saved, and leaving loses them. Leave?" : null);
  return null;
}
