import type { ReactNode } from "react";
import { Logo } from "./logo";

/** The frame of the pages that stand before the app: set-up and sign-in. */
export function EntryCard({
  title,
  lead,
  children,
}: {
  title: string;
  lead: ReactNode;
  children: ReactNode;
}) {
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <div className="w-full max-w-sm rounded-lg border bg-surface p-6 shadow-sm">
        <p className="mb-6 flex items-center gap-2 text-base font-semibold">
          <Logo className="size-6 text-accent" />
          Weft
        </p>
        <h1 className="text-xl font-semibold">{title}</h1>
        <p className="mt-1 mb-6 text-sm text-muted-foreground">{lead}</p>
        {children}
      </div>
    </main>
  );
}
