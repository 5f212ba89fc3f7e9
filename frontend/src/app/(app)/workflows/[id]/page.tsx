import type { Metadata } from "next";
import { WorkflowPage } from "@/features/workflows/components/workflow-page";

export const metadata: Metadata = { title: "Workflow" };

/** One exported shell serves every id. */
export function generateStaticParams() {
  return [{ id: "_" }];
}

export default function Page() {
  return <WorkflowPage />;
}
