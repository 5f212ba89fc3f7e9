"use client";

import { LogOut } from "lucide-react";
import { formatDateTime } from "@/lib/format";
import { Button } from "@/ui/button";
import { Section } from "@/ui/page";
import { useMe, useSignOut } from "../hooks/session";

function capitalized(word: string | undefined): string | undefined {
  return word && word.charAt(0).toUpperCase() + word.slice(1);
}

export function Profile() {
  const { data: me } = useMe();
  const signOut = useSignOut();
  if (!me) return null;
  const facts: [string, string | undefined][] = [
    ["Name", me.user.name],
    ["Email", me.user.email],
    ["Workspace", me.workspace.name],
    ["Role", capitalized(me.role ?? undefined)],
    ["Since", me.user.created_at && formatDateTime(me.user.created_at)],
  ];
  return (
    <Section title="Profile" lead="Who you are here, and in which workspace.">
      <dl className="grid max-w-xl grid-cols-[8rem_1fr] gap-y-2 rounded-lg border bg-surface p-4 text-sm">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name} className="contents">
                <dt className="text-muted-foreground">{name}</dt>
                <dd className="[overflow-wrap:anywhere]">{value}</dd>
              </div>
            ),
        )}
      </dl>
      <div>
        <Button onClick={() => signOut.mutate()} busy={signOut.isPending}>
          <LogOut aria-hidden /> Sign out
        </Button>
      </div>
    </Section>
  );
}
