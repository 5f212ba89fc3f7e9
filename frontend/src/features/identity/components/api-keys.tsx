"use client";

import { KeySquare, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { ApiKey } from "@/api/types";
import { patiently } from "@/lib/patiently";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/dialog";
import { EmptyState } from "@/ui/empty-state";
import { ACTIONS, List } from "@/ui/list";
import { Section } from "@/ui/page";
import { Cell, Row } from "@/ui/table";
import { Time } from "@/ui/time";
import { useApiKeys, useRevokeApiKey } from "../hooks/api-keys";

const ApiKeyDialog = dynamic(
  patiently(() => import("./api-key-dialog").then((all) => all.ApiKeyDialog)),
  {
    ssr: false,
  },
);

const COLUMNS = [
  { label: "Name" },
  { label: "May", className: "hidden md:table-cell" },
  { label: "Last used", className: "hidden sm:table-cell" },
  { label: "Expires" },
  ACTIONS,
];

export function ApiKeys() {
  const list = useApiKeys();
  const revoke = useRevokeApiKey();
  const [creating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const add = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden /> New API key
    </Button>
  );
  return (
    <Section
      title="API keys"
      lead="For programs that call Weft as you, within what a key may do."
      actions={add}
    >
      <List
        pages={list}
        what="keys"
        lines={3}
        columns={COLUMNS}
        row={(key) => <ApiKeyRow key={key.id} apiKey={key} onRevoke={() => setDoomed(key)} />}
        empty={
          <EmptyState icon={KeySquare} title="No API keys yet">
            Create one, then send it as <code className="font-mono">Authorization: Bearer weft_…</code>.
          </EmptyState>
        }
      />
      {creating && <ApiKeyDialog onClose={() => setCreating(false)} />}
      <Confirm
        open={doomed !== null}
        onOpenChange={() => setDoomed(null)}
        title={`Revoke “${doomed?.name ?? ""}”?`}
        description="Programs that use it are refused from now on. A revoked key cannot be brought back."
        action="Revoke"
        onConfirm={() => doomed && revoke.mutate(doomed)}
      />
    </Section>
  );
}

function ApiKeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const { name, prefix, scopes, last_used_at, expires_at } = apiKey;
  return (
    <Row>
      <Cell className="w-full max-w-0">
        <span className="block truncate font-medium">{name}</span>
        <code className="font-mono text-xs text-muted-foreground">{prefix}…</code>
      </Cell>
      <Cell className="hidden md:table-cell">
        <span className="flex max-w-80 flex-wrap gap-1">
          {scopes.map((scope) => (
            <Badge key={scope}>{scope}</Badge>
          ))}
        </span>
      </Cell>
      <Cell className="hidden text-muted-foreground sm:table-cell">
        {last_used_at ? <Time at={last_used_at} /> : "Never"}
      </Cell>
      <Cell className="text-muted-foreground">{expires_at ? <Time at={expires_at} /> : "Never"}</Cell>
      <Cell>
        <Button size="sm" onClick={onRevoke} aria-label={`Revoke ${name}`}>
          Revoke
        </Button>
      </Cell>
    </Row>
  );
}
