"use client";

import { KeySquare, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { ApiKey } from "@/api/types";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/dialog";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Section } from "@/ui/page";
import { SkeletonRows } from "@/ui/skeleton";
import { Cell, HeadCell, Row, Table } from "@/ui/table";
import { Time } from "@/ui/time";
import { useApiKeys, useRevokeApiKey } from "../hooks/api-keys";

const ApiKeyDialog = dynamic(() => import("./api-key-dialog").then((all) => all.ApiKeyDialog), {
  ssr: false,
});
export function ApiKeys() {
  const list = useApiKeys();
  const revoke = useRevokeApiKey();
  const [creating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const apiKeys = list.data?.pages.flatMap((page) => page.items) ?? [];
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
      {list.isPending ? (
        <SkeletonRows rows={3} />
      ) : list.error ? (
        <ErrorState
          title="The keys could not be loaded"
          error={list.error}
          retry={() => void list.refetch()}
        />
      ) : apiKeys.length === 0 ? (
        <EmptyState icon={KeySquare} title="No API keys yet">
          Create one, then send it as <code className="font-mono">Authorization: Bearer weft_…</code>.
        </EmptyState>
      ) : (
        <Table>
          <thead>
            <tr>
              <HeadCell>Name</HeadCell>
              <HeadCell className="hidden md:table-cell">May</HeadCell>
              <HeadCell className="hidden sm:table-cell">Last used</HeadCell>
              <HeadCell>Expires</HeadCell>
              <HeadCell>
                <span className="sr-only">Actions</span>
              </HeadCell>
            </tr>
          </thead>
          <tbody>
            {apiKeys.map((key) => (
              <Row key={key.id}>
                <Cell className="w-full max-w-0">
                  <span className="block truncate font-medium">{key.name}</span>
                  <code className="font-mono text-xs text-muted-foreground">{key.prefix}…</code>
                </Cell>
                <Cell className="hidden md:table-cell">
                  <span className="flex max-w-80 flex-wrap gap-1">
                    {key.scopes.map((scope) => (
                      <Badge key={scope}>{scope}</Badge>
                    ))}
                  </span>
                </Cell>
                <Cell className="hidden text-muted-foreground sm:table-cell">
                  {key.last_used_at ? <Time at={key.last_used_at} /> : "Never"}
                </Cell>
                <Cell className="text-muted-foreground">
                  {key.expires_at ? <Time at={key.expires_at} /> : "Never"}
                </Cell>
                <Cell>
                  <Button size="sm" onClick={() => setDoomed(key)} aria-label={`Revoke ${key.name}`}>
                    Revoke
                  </Button>
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
      {list.hasNextPage && (
        <Button className="self-center" onClick={() => list.fetchNextPage()} busy={list.isFetchingNextPage}>
          Show more
        </Button>
      )}
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
