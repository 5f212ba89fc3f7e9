import type { Metadata } from "next";
import { ExecutionPage } from "@/features/executions/components/execution-page";

export const metadata: Metadata = { title: "Execution" };

/** One exported shell serves every id. */
export function generateStaticParams() {
  return [{ id: "_" }];
}

export default function Page() {
  return <ExecutionPage />;
}
