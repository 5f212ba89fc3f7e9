"use client";

import { ErrorState } from "@/ui/error-state";

/** The last resort: a part of the page failed in a way that nothing nearer to it caught. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <ErrorState title="This page has failed" error={error} retry={reset} />
    </main>
  );
}
