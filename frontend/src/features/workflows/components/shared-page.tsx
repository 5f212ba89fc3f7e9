"use client";

import { Link2Off } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import type { ReactNode } from "react";
import { Logo } from "@/features/identity/components/logo";
import { useHash, useHydrated, useTitle } from "@/lib/browser";
import { patiently } from "@/lib/patiently";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Skeleton } from "@/ui/skeleton";
import { useShared } from "../hooks/sharing";

const SharedView = dynamic(
  patiently(() => import("./shared-view").then((all) => all.SharedView)),
  { ssr: false, loading: () => <Skeleton className="h-full w-full rounded-none" /> },
);

/** A workflow as whoever has its public link sees it. The token stands behind `#`, which is sent to no server. */
export function SharedPage() {
  const hydrated = useHydrated();
  const [token] = useHash();
  const shared = useShared(token);
  useTitle(shared.data?.name);
  return (
    <div className="flex h-dvh flex-col">
      <header className="flex min-h-12 shrink-0 items-center gap-3 border-b bg-surface px-3 py-1">
        <Link href="/" aria-label="Weft" className="rounded">
          <Logo className="size-6 text-accent" />
        </Link>
        <h1 className="min-w-0 flex-1 truncate text-base font-semibold">
          {shared.data?.name ?? "Shared workflow"}
        </h1>
        {shared.data && <Badge className="shrink-0">Read-only</Badge>}
      </header>
      <main className="min-h-0 flex-1">
        {!hydrated || (token !== "" && shared.isPending) ? (
          <Waiting />
        ) : token === "" || shared.data === null ? (
          <Gone />
        ) : shared.data ? (
          <SharedView key={token} workflow={shared.data} />
        ) : (
          <ErrorState
            title="The workflow could not be loaded"
            error={shared.error}
            retry={() => void shared.refetch()}
          />
        )}
      </main>
    </div>
  );
}

function Waiting(): ReactNode {
  return (
    <div role="status" className="h-full">
      <span className="sr-only">Loading the workflow</span>
      <Skeleton className="h-full w-full rounded-none" />
    </div>
  );
}

function Gone() {
  return (
    <div data-testid="share-gone">
      <EmptyState
        icon={Link2Off}
        title="This link is no longer shared"
        actions={
          <Button asChild>
            <Link href="/">Go to Weft</Link>
          </Button>
        }
      >
        Whoever shared it has stopped, or the link is not complete. Ask them for a new one.
      </EmptyState>
    </div>
  );
}
