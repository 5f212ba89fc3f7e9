"use client";

import { Plus, Search, Upload, Workflow as WorkflowIcon, X } from "lucide-react";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { type ReactNode, useRef, useState } from "react";
import type { ImportResult, WorkflowSummary } from "@/api/types";
import { setParameter, useHash, useTypedParameter } from "@/lib/browser";
import { patiently } from "@/lib/patiently";
import { moveRowFocus, rowUnderFocus } from "@/lib/rows";
import { useShortcuts } from "@/lib/shortcuts";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { Input } from "@/ui/input";
import { ACTIONS, itemsOf, List } from "@/ui/list";
import { Page } from "@/ui/page";
import { notify, notifyError } from "@/ui/toast";
import { useDeleteWorkflow, useImportWorkflow, useUpdateWorkflow, useWorkflows } from "../hooks/workflows";
import type { WorkflowFields } from "./workflow-dialog";
import { WorkflowRow } from "./workflow-row";

const ImportReport = dynamic(
  patiently(() => import("./import-report").then((all) => all.ImportReport)),
  { ssr: false },
);
const CreateWorkflow = dynamic(
  patiently(() => import("./create-workflow").then((all) => all.CreateWorkflow)),
  { ssr: false },
);
const WorkflowDialog = dynamic(
  patiently(() => import("./workflow-dialog").then((all) => all.WorkflowDialog)),
  {
    ssr: false,
  },
);

const COLUMNS = [
  { label: "Name" },
  { label: "Tags", className: "hidden sm:table-cell" },
  { label: "Published", className: "hidden sm:table-cell" },
  { label: "Changed" },
  ACTIONS,
];

export function WorkflowList() {
  const [hash, setHash] = useHash();
  const [text, setText, q] = useTypedParameter("q");
  const tag = useSearchParams().get("tag") ?? "";
  const setTag = (name: string) => setParameter("tag", name);
  const [edited, setEdited] = useState<WorkflowSummary | null>(null);
  const [report, setReport] = useState<ImportResult | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const list = useWorkflows({ q: q || undefined, tag: tag || undefined });
  const update = useUpdateWorkflow();
  const remove = useDeleteWorkflow();
  const upload = useImportWorkflow();
  const workflows = itemsOf(list);
  const creating = hash === "new";

  useShortcuts("Workflows", [
    { keys: "n", label: "New workflow", run: () => setHash("new") },
    { keys: "/", label: "Search", run: () => search.current?.focus() },
    { keys: "j", label: "Next", run: () => moveRowFocus(1) },
    { keys: "k", label: "Previous", run: () => moveRowFocus(-1) },
    { keys: "Delete", label: "Delete the chosen one", run: removeFocused },
  ]);

  function removeFocused() {
    const workflow = workflows[rowUnderFocus()];
    if (workflow) remove.mutate(workflow);
  }

  async function onUpdate(fields: WorkflowFields) {
    if (!edited) return;
    await update.mutateAsync({ workflow: edited, ...fields });
    setEdited(null);
    notify("Saved");
  }

  async function onFile(chosen: File | undefined) {
    if (!chosen) return;
    try {
      const result = await upload.mutateAsync(chosen);
      if (result.report.some(({ status }) => status !== "imported")) setReport(result);
      else notify(`Imported “${result.workflow.name}”`);
    } catch (error) {
      notifyError(`“${chosen.name}” was not imported`, error);
    }
  }

  const actions = (
    <>
      <Button onClick={() => file.current?.click()} busy={upload.isPending}>
        <Upload aria-hidden /> Import
      </Button>
      <Button variant="primary" onClick={() => setHash("new")}>
        <Plus aria-hidden /> New workflow
      </Button>
    </>
  );

  return (
    <Page title="Workflows" actions={actions}>
      <input
        ref={file}
        type="file"
        accept=".yaml,.yml,.json"
        className="hidden"
        tabIndex={-1}
        aria-label="Workflow file"
        onChange={(event) => {
          void onFile(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      <div className="flex flex-wrap items-center gap-2">
        <div className="relative w-full sm:w-80">
          <Search aria-hidden className="absolute top-2 left-2 size-4 text-muted-foreground" />
          <Input
            ref={search}
            type="search"
            aria-label="Search workflows"
            placeholder="Search"
            className="pl-8"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        {tag && (
          <Button size="sm" onClick={() => setTag("")} aria-label={`Stop filtering by the tag ${tag}`}>
            {tag} <X aria-hidden />
          </Button>
        )}
      </div>
      <List
        pages={list}
        what="workflows"
        columns={COLUMNS}
        row={(workflow) => (
          <WorkflowRow
            key={workflow.id}
            workflow={workflow}
            onTag={setTag}
            onEdit={() => setEdited(workflow)}
            onDelete={() => remove.mutate(workflow)}
          />
        )}
        empty={<NothingYet filtered={q !== "" || tag !== ""} actions={actions} />}
      />
      {creating && <CreateWorkflow onClose={() => setHash("")} />}
      {edited && (
        <WorkflowDialog
          title="Name and tags"
          action="Save"
          initial={edited}
          onSubmit={onUpdate}
          onClose={() => setEdited(null)}
        />
      )}
      {report && <ImportReport result={report} onClose={() => setReport(null)} />}
    </Page>
  );
}

function NothingYet({ filtered, actions }: { filtered: boolean; actions: ReactNode }) {
  if (filtered) {
    return (
      <EmptyState icon={Search} title="Nothing matches">
        Try fewer letters, or another tag.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={WorkflowIcon} title="No workflows yet" actions={actions}>
      Draw the first one from nothing, begin with a template, or import a workflow that was exported as YAML
      or JSON.
    </EmptyState>
  );
}
