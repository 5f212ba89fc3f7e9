"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { ShellSkeleton } from "./shell-skeleton";

/** The front door leads to the workflows. */
export function Home() {
  const router = useRouter();
  useEffect(() => router.replace("/workflows"), [router]);
  return <ShellSkeleton />;
}
