import type { Metadata } from "next";
import { Suspense } from "react";
import { WorkflowList } from "@/features/workflows/components/workflow-list";
import { SkeletonRows } from "@/ui/skeleton";

export const metadata: Metadata = { title: "Workflows" };

export default function WorkflowsPage() {
  // The search stands in the address, which the export does not know.
  return (
    <Suspense fallback={<SkeletonRows />}>
      <WorkflowList />
    </Suspense>
  );
}
