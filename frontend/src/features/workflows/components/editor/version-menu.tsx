"use client";

/** Publishing, published versions, sharing, export. */

import { useQueryClient } from "@tanstack/react-query";
import { ChevronDown, Download, History, Link2, Rocket } from "lucide-react";
import { useId, useState } from "react";
import { request } from "@/api/client";
import { keys } from "@/api/keys";
import { saveFile } from "@/lib/browser";
import { formatDateTime } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { ErrorState } from "@/ui/error-state";
import { Textarea } from "@/ui/input";
import { Label } from "@/ui/label";
import { Menu, MenuItem, MenuSeparator } from "@/ui/menu";
import { SkeletonRows } from "@/ui/skeleton";
import { notify, notifyError } from "@/ui/toast";
import { loadVersion, publish, useVersions } from "../../hooks/draft";
import { fileName } from "../../hooks/workflows";
import { useEditor } from "./context";
import { ShareDialog } from "./share-dialog";

export function VersionMenu() {
  const { id, autosave, store } = useEditor();
  const [open, setOpen] = useState<"publish" | "versions" | "share" | null>(null);

  async function download(format: "yaml" | "json"): Promise<void> {
    try {
      await autosave.flush();
      const response = await request(`/api/v1/workflows/${id}/export?format=${format}`);
      saveFile(await response.blob(), `${fileName(store.getState().name)}.${format}`);
    } catch (error) {
      notifyError("Not exported", error);
    }
  }

  return (
    <>
      <Menu
        trigger={
          <Button data-testid="version-menu">
            Publish
            <ChevronDown aria-hidden />
          </Button>
        }
      >
        <MenuItem onSelect={() => setOpen("publish")} data-testid="publish-item">
          <Rocket aria-hidden />
          Publish the draft…
        </MenuItem>
        <MenuItem onSelect={() => setOpen("versions")}>
          <History aria-hidden />
          Versions
        </MenuItem>
        <MenuItem onSelect={() => setOpen("share")} data-testid="share-item">
          <Link2 aria-hidden />
          Share by a link…
        </MenuItem>
        <MenuSeparator />
        <MenuItem onSelect={() => void download("yaml")}>
          <Download aria-hidden />
          Export as YAML
        </MenuItem>
        <MenuItem onSelect={() => void download("json")}>
          <Download aria-hidden />
          Export as JSON
        </MenuItem>
      </Menu>
      {open === "publish" && <PublishDialog onClose={() => setOpen(null)} />}
      {open === "versions" && <VersionsDialog onClose={() => setOpen(null)} />}
      {open === "share" && <ShareDialog onClose={() => setOpen(null)} />}
    </>
  );
}

function PublishDialog({ onClose }: { onClose: () => void }) {
  const { id, autosave } = useEditor();
  const client = useQueryClient();
  const field = useId();
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);

  async function send(): Promise<void> {
    setBusy(true);
    try {
      if (!(await autosave.flush())) throw new Error("The draft is not saved yet.");
      const version = await publish(id, note.trim());
      await client.invalidateQueries({ queryKey: keys.workflows.all });
      notify(`Published as version ${version.version}`);
      onClose();
    } catch (error) {
      notifyError("Not published", error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Publish the draft"
      description="Runs started through the API use the latest published version, unless they name another. The editor runs the draft."
    >
      <Label htmlFor={field}>What changed (optional)</Label>
      <Textarea
        id={field}
        value={note}
        maxLength={10_000}
        onChange={(event) => setNote(event.target.value)}
        className="mt-1"
        data-testid="publish-note"
      />
      <DialogActions>
        <Button onClick={onClose}>Not now</Button>
        <Button variant="primary" busy={busy} onClick={() => void send()} data-testid="publish-confirm">
          Publish
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function VersionsDialog({ onClose }: { onClose: () => void }) {
  const { id, store } = useEditor();
  const versions = useVersions(id, true);

  async function take(version: number): Promise<void> {
    try {
      store.getState().edit(await loadVersion(id, version));
      notify(`The draft is now as version ${version}`, () => store.temporal.getState().undo());
      onClose();
    } catch (error) {
      notifyError("The version cannot be read", error);
    }
  }

  const items = versions.data?.items ?? [];
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Versions">
      {versions.isPending && <SkeletonRows rows={3} />}
      {versions.isError && (
        <ErrorState
          title="The versions could not be loaded"
          error={versions.error}
          retry={() => void versions.refetch()}
        />
      )}
      {versions.isSuccess && items.length === 0 && (
        <p className="text-sm text-muted-foreground">Nothing is published yet.</p>
      )}
      <ul className="flex flex-col gap-1">
        {items.map((version) => (
          <li key={version.id} className="flex items-center gap-3 rounded-md border p-2 text-sm">
            <span className="font-medium tabular-nums">{version.version}</span>
            <span className="min-w-0 flex-1">
              <span className="block truncate">{version.note || "Without a note"}</span>
              <span className="text-xs text-muted-foreground">{formatDateTime(version.created_at)}</span>
            </span>
            <Button size="sm" onClick={() => void take(version.version)}>
              Edit from here
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
