"use client";

import { KeyRound, PlugZap, Plus, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Credential } from "@/api/types";
import { patiently } from "@/lib/patiently";
import { moveRowFocus } from "@/lib/rows";
import { useShortcuts } from "@/lib/shortcuts";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/dialog";
import { EmptyState } from "@/ui/empty-state";
import { ACTIONS, List } from "@/ui/list";
import { Page } from "@/ui/page";
import { Cell, Row } from "@/ui/table";
import { Time } from "@/ui/time";
import { useCredentials, useDeleteCredential, useTestCredential } from "../hooks/credentials";
import { credentialType } from "../types";

const CredentialDialog = dynamic(
  patiently(() => import("./credential-dialog").then((all) => all.CredentialDialog)),
  {
    ssr: false,
  },
);

const COLUMNS = [
  { label: "Name" },
  { label: "Type", className: "hidden sm:table-cell" },
  { label: "Allowed hosts", className: "hidden md:table-cell" },
  { label: "Changed", className: "hidden sm:table-cell" },
  ACTIONS,
];

export function CredentialList() {
  const list = useCredentials();
  const remove = useDeleteCredential();
  const [creating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<Credential | null>(null);

  useShortcuts("Credentials", [
    { keys: "n", label: "New credential", run: () => setCreating(true) },
    { keys: "j", label: "Next", run: () => moveRowFocus(1) },
    { keys: "k", label: "Previous", run: () => moveRowFocus(-1) },
  ]);

  const add = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden /> New credential
    </Button>
  );
  return (
    <Page title="Credentials" actions={add}>
      <List
        pages={list}
        what="credentials"
        columns={COLUMNS}
        row={(credential) => (
          <CredentialRow key={credential.id} credential={credential} onDelete={() => setDoomed(credential)} />
        )}
        empty={
          <EmptyState icon={KeyRound} title="No credentials yet" actions={add}>
            Keep the key of a model provider or of an API here once, and let nodes use it by name. What is
            kept is never shown again.
          </EmptyState>
        }
      />
      {creating && <CredentialDialog onClose={() => setCreating(false)} />}
      <Confirm
        open={doomed !== null}
        onOpenChange={() => setDoomed(null)}
        title={`Delete “${doomed?.name ?? ""}”?`}
        description="Nodes that name it fail until they are given another. The secret cannot be brought back."
        action="Delete"
        onConfirm={() => doomed && remove.mutate(doomed)}
      />
    </Page>
  );
}

function CredentialRow({ credential, onDelete }: { credential: Credential; onDelete: () => void }) {
  const test = useTestCredential();
  const type = credentialType(credential.type)?.label ?? credential.type;
  return (
    <Row>
      <Cell className="w-full max-w-0">
        <span className="block truncate font-medium">{credential.name}</span>
        <span className="block truncate text-xs text-muted-foreground sm:hidden">{type}</span>
      </Cell>
      <Cell className="hidden whitespace-nowrap sm:table-cell">{type}</Cell>
      <Cell className="hidden max-w-64 truncate text-muted-foreground md:table-cell">
        {credential.allowed_hosts.join(", ") || "–"}
      </Cell>
      <Cell className="hidden text-muted-foreground sm:table-cell">
        <Time at={credential.updated_at} />
      </Cell>
      <Cell className="whitespace-nowrap">
        <Button
          data-row
          variant="ghost"
          size="sm"
          busy={test.isPending}
          onClick={() => test.mutate(credential)}
          aria-label={`Test ${credential.name}`}
        >
          <PlugZap aria-hidden /> Test
        </Button>
        <Button variant="ghost" size="icon" onClick={onDelete} aria-label={`Delete ${credential.name}`}>
          <Trash2 aria-hidden />
        </Button>
      </Cell>
    </Row>
  );
}
