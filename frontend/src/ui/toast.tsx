"use client";

import { Toaster as Sonner, toast } from "sonner";
import { describeError } from "@/api/problem";

export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      closeButton
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-start gap-2 rounded-md border bg-raised p-3 pr-8 text-sm text-foreground shadow-lg",
          title: "font-medium",
          description: "text-muted-foreground",
          content: "min-w-0 flex-1 [overflow-wrap:anywhere]",
          actionButton: "shrink-0 rounded px-2 text-sm font-medium text-accent hover:bg-hover",
          closeButton: "absolute top-2 right-2 rounded p-1 text-muted-foreground hover:bg-hover",
          error: "border-danger",
        },
      }}
    />
  );
}

/** Tells what happened, with the way back where there is one. */
export function notify(message: string, undo?: () => void): void {
  toast.success(message, undo && { action: { label: "Undo", onClick: undo }, duration: 8_000 });
}

/** Tells what failed and why, with the way to it where there is one. */
export function notifyError(message: string, error: unknown, way?: { label: string; go: () => void }): void {
  toast.error(message, {
    description: describeError(error),
    duration: 10_000,
    action: way && { label: way.label, onClick: way.go },
  });
}
