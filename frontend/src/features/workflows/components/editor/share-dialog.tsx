"use client";

/** The public link of a workflow: made, copied, ended; and what it shows to whom. */

import { ExternalLink } from "lucide-react";
import { useId } from "react";
import type { Share } from "@/api/types";
import { formatDateTime } from "@/lib/format";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { ErrorState } from "@/ui/error-state";
import { Input } from "@/ui/input";
import { Label } from "@/ui/label";
import { SkeletonRows } from "@/ui/skeleton";
import { useShare, useStartSharing, useStopSharing } from "../../hooks/sharing";
import { useEditor } from "./context";

export function ShareDialog({ onClose }: { onClose: () => void }) {
  const { id } = useEditor();
  const share = useShare(id);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Share by a link"
      description="Anybody who has the link can see this workflow without signing in: its name and description, and its graph with every prompt, code, address and note in it."
    >
      <div className="flex flex-col gap-4 text-sm">
        <p className="text-muted-foreground">
          They cannot change or run it. Credentials, values of variables, pinned outputs and runs are not
          shown. What you have typed into a node is, so look for secrets first.
        </p>
        {share.isPending && <SkeletonRows rows={2} />}
        {share.isError && (
          <ErrorState
            title="The link cannot be loaded"
            error={share.error}
            retry={() => void share.refetch()}
          />
        )}
        {share.isSuccess &&
          (share.data ? <Shared share={share.data} onClose={onClose} /> : <NotShared onClose={onClose} />)}
      </div>
    </Dialog>
  );
}

function NotShared({ onClose }: { onClose: () => void }) {
  const { id, autosave } = useEditor();
  const start = useStartSharing(id, () => autosave.flush());
  return (
    <>
      <p>It shows the latest published version. Until there is one, it shows the draft as it is now.</p>
      <DialogActions>
        <Button onClick={onClose}>Not now</Button>
        <Button
          variant="primary"
          busy={start.isPending}
          onClick={() => start.mutate()}
          data-testid="share-confirm"
        >
          Make a public link
        </Button>
      </DialogActions>
    </>
  );
}

function Shared({ share, onClose }: { share: Share; onClose: () => void }) {
  const { id } = useEditor();
  const stop = useStopSharing(id);
  const field = useId();
  return (
    <>
      <div className="flex flex-col gap-1">
        <Label htmlFor={field}>Public link</Label>
        <div className="flex items-center gap-1">
          <Input
            id={field}
            readOnly
            autoFocus
            value={share.url}
            onFocus={(event) => event.target.select()}
            className="min-w-0 flex-1 font-mono"
            data-testid="share-url"
          />
          <CopyButton text={() => share.url} label="Copy link" />
        </div>
      </div>
      <p className="text-muted-foreground">
        Shared since {formatDateTime(share.created_at)}.{" "}
        {share.version === null
          ? "It shows the draft as it was then; once you publish, it shows the latest version."
          : `It shows version ${share.version}, and each later one from when it is published.`}
      </p>
      <DialogActions>
        <Button
          variant="danger"
          className="mr-auto"
          busy={stop.isPending}
          onClick={() => stop.mutate()}
          data-testid="share-stop"
        >
          Stop sharing
        </Button>
        <Button asChild>
          <a href={share.url} target="_blank" rel="noreferrer">
            <ExternalLink aria-hidden /> Open
          </a>
        </Button>
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </>
  );
}
