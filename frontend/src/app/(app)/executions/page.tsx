import type { Metadata } from "next";
import { Suspense } from "react";
import { ExecutionList } from "@/features/executions/components/execution-list";
import { SkeletonRows } from "@/ui/skeleton";

export const metadata: Metadata = { title: "Executions" };

export default function ExecutionsPage() {
  // The filters stand in the address, which the export does not know.
  return (
    <Suspense fallback={<SkeletonRows />}>
      <ExecutionList />
    </Suspense>
  );
}
