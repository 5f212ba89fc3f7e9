"use client";

import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef } from "react";
import { keys } from "@/api/keys";
import { onSignedOut } from "@/api/session";
import type { Me } from "@/api/types";
import { patiently } from "@/lib/patiently";
import { ErrorState } from "@/ui/error-state";
import { useAuthStatus, useMe } from "../hooks/session";
import { ShellSkeleton } from "./shell-skeleton";

const SignInAgain = dynamic(
  patiently(() => import("./sign-in-again").then((all) => all.SignInAgain)),
  { ssr: false },
);

/** Shows its children to who is signed in; sends all others to set-up or sign-in. */
export function Gate({ children }: { children: ReactNode }) {
  const router = useRouter();
  const pathname = usePathname();
  const client = useQueryClient();
  const me = useMe();
  const last = useRef<Me | null>(null);
  if (me.data) last.current = me.data;
  const known = last.current;
  const unknown = me.data === null && known === null;
  const status = useAuthStatus(unknown);
  const setup = status.data?.setup_required;

  useEffect(() => onSignedOut(() => client.setQueryData(keys.auth.me, null)), [client]);
  useEffect(() => {
    if (!unknown || setup === undefined) return;
    const next = encodeURIComponent(location.pathname + location.search);
    router.replace(setup ? "/setup" : pathname === "/" ? "/login" : `/login?next=${next}`);
  }, [unknown, setup, router, pathname]);

  // Whoever is in stays in: a server that is away or a session that has ended takes no page down.
  if (known) {
    return (
      <>
        {children}
        {me.data === null && <SignInAgain me={known} />}
      </>
    );
  }
  const error = me.error ?? (unknown ? status.error : null);
  if (error) {
    const retry = () => void (me.error ? me.refetch() : status.refetch());
    return <ErrorState title="Weft cannot be reached" error={error} retry={retry} />;
  }
  return <ShellSkeleton />;
}
