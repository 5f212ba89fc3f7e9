"use client";

/** What a run waits for at a node, decided in place: approvals and other signals. */

import { useState } from "react";
import type { NodeState } from "@/canvas/run";
import { formatDateTime } from "@/lib/format";
import { Button } from "@/ui/button";
import { Textarea } from "@/ui/input";
import { notify, notifyError } from "@/ui/toast";
import { decide } from "../../hooks/draft";
import { parseJson } from "./config/json-field";

export function Decision({ execution, state }: { execution: string; state: NodeState }) {
  const waiting = state.waiting_for;
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  if (!waiting) return null;
  const parsed = parseJson(text);

  async function send(decision?: string): Promise<void> {
    if ("error" in parsed) return;
    setBusy(true);
    try {
      await decide(execution, state.path, {
        ...(decision ? { decision } : {}),
        ...(parsed.value === undefined ? {} : { data: parsed.value }),
      });
      notify(decision ? `Said: ${decision}` : "Sent");
    } catch (error) {
      notifyError("Not decided", error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <section className="flex flex-col gap-2 rounded-md bg-warning-soft p-2 text-sm" data-testid="decision">
      <p>{waiting.message || `Waits for ${waiting.kind}`}</p>
      {waiting.until && (
        <p className="text-xs text-muted-foreground">until {formatDateTime(waiting.until)}</p>
      )}
      {waiting.kind !== "timer" && (
        <>
          <Textarea
            aria-label="Data as JSON"
            placeholder="Data as JSON (optional)"
            className="font-mono"
            value={text}
            aria-invalid={"error" in parsed || undefined}
            onChange={(event) => setText(event.target.value)}
          />
          <div className="flex gap-2">
            {waiting.kind === "approval" ? (
              <>
                <Button
                  size="sm"
                  variant="primary"
                  busy={busy}
                  onClick={() => void send("approved")}
                  data-testid="approve"
                >
                  Approve
                </Button>
                <Button size="sm" busy={busy} onClick={() => void send("rejected")} data-testid="reject">
                  Reject
                </Button>
              </>
            ) : (
              <Button size="sm" variant="primary" busy={busy} onClick={() => void send()}>
                Send
              </Button>
            )}
          </div>
        </>
      )}
    </section>
  );
}
