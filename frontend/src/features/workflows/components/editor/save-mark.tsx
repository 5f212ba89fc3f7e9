"use client";

/** What has become of the draft: saved, saving, not saved, or changed by someone else. */

import { Check, CloudOff, LoaderCircle, Pencil, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useStore } from "zustand";
import { describeError } from "@/api/problem";
import { cn } from "@/lib/classes";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { notifyError } from "@/ui/toast";
import { loadDraft } from "../../hooks/draft";
import { useEditor } from "./context";

export function SaveMark() {
  const save = useStore(useEditor().save, ({ state }) => state);
  const look = {
    saved: { icon: Check, text: "Saved" },
    unsaved: { icon: Pencil, text: "Not saved yet" },
    saving: { icon: LoaderCircle, text: "Saving" },
    failed: { icon: CloudOff, text: "Not saved" },
    conflict: { icon: TriangleAlert, text: "Conflict" },
  }[save.kind];
  const Icon = look.icon;
  return (
    <>
      <span
        role="status"
        className={cn(
          "flex min-w-0 items-center gap-1 px-1 text-xs",
          save.kind === "failed" || save.kind === "conflict" ? "text-danger" : "text-muted-foreground",
        )}
        title={save.kind === "failed" ? describeError(save.error) : undefined}
        data-testid="save-state"
        data-state={save.kind}
      >
        <Icon aria-hidden className="size-3.5" />
        <span className="hidden sm:inline">{look.text}</span>
        {save.kind === "failed" && (
          <span className="hidden max-w-96 truncate text-foreground lg:inline">
            {describeError(save.error)}
          </span>
        )}
      </span>
      {save.kind === "conflict" && <Conflict />}
    </>
  );
}

/** Someone else saved this workflow: take theirs, or put ours on top. */
function Conflict() {
  const { id, autosave, store } = useEditor();
  const [busy, setBusy] = useState(false);

  async function decide(keep: boolean): Promise<void> {
    setBusy(true);
    try {
      const theirs = await loadDraft(id);
      if (keep) {
        autosave.resolve(theirs.revision);
        return;
      }
      const { name, graph } = theirs;
      const draft = { name, graph };
      store.getState().replace(draft);
      autosave.resolve(theirs.revision, draft);
    } catch (error) {
      notifyError("The saved workflow cannot be read", error);
    } finally {
      setBusy(false);
    }
  }

  const [open, setOpen] = useState(true);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        Resolve
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="This workflow was changed elsewhere"
        description="Another window or person saved it since you opened it. Your changes are not saved."
      >
        <DialogActions>
          <Button busy={busy} onClick={() => void decide(false)} data-testid="conflict-reload">
            Reload theirs
          </Button>
          <Button variant="primary" busy={busy} onClick={() => void decide(true)} data-testid="conflict-keep">
            Keep mine
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
