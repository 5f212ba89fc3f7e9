import Link from "next/link";
import type { ImportResult } from "@/api/types";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";

const tones: Record<string, Tone> = {
  ok: "success",
  imported: "success",
  warning: "warning",
  error: "danger",
};

/** What an import made of each node. */
export function ImportReport({ result, onClose }: { result: ImportResult; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Imported “${result.workflow.name}”`}>
      <ul className="flex flex-col gap-2 text-sm">
        {result.report.map(({ node, status, message }) => (
          <li key={`${node} ${status} ${message}`} className="flex items-baseline gap-2">
            <Badge tone={tones[status] ?? "neutral"}>{status}</Badge>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {node && <code className="mr-1 font-mono">{node}</code>}
              {message}
            </span>
          </li>
        ))}
      </ul>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button variant="primary" asChild>
          <Link href={`/workflows/${result.workflow.id}`}>Open</Link>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
