"use client";

import dynamic from "next/dynamic";
import type { ComponentType } from "react";
import { useRouteId } from "@/lib/browser";
import { patiently } from "@/lib/patiently";
import { Skeleton } from "@/ui/skeleton";
import type { WorkflowEditorProps } from "../editor-contract";

function EditorSkeleton() {
  return (
    <div role="status" className="flex h-full flex-col gap-2 p-2">
      <span className="sr-only">Loading the editor</span>
      <Skeleton className="h-8 w-full" />
      <Skeleton className="min-h-0 flex-1" />
    </div>
  );
}

const WorkflowEditor: ComponentType<WorkflowEditorProps> = dynamic(
  patiently(() => import("./editor")),
  {
    ssr: false,
    loading: EditorSkeleton,
  },
);

/** The editor of the workflow that the address names. */
export function WorkflowPage() {
  const id = useRouteId("workflows");
  if (id === null) return <EditorSkeleton />;
  // The shell is reused from id to id: another id is another editor.
  return <WorkflowEditor key={id} id={id} />;
}
