import type { Metadata } from "next";
import { SharedPage } from "@/features/workflows/components/shared-page";

export const metadata: Metadata = { title: "Shared workflow", robots: { index: false, follow: false } };

export default SharedPage;
