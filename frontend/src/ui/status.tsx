import {
  Ban,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleX,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Recycle,
  RotateCw,
  SkipForward,
} from "lucide-react";
import type { NodeStatus, RunStatus } from "@/canvas/run";
import { cn } from "@/lib/classes";
import { Badge, type Tone } from "./badge";

export interface StatusLook {
  label: string;
  tone: Tone;
  icon: LucideIcon;
  spins?: boolean;
}

/** Colour and shape both, so that neither is needed alone. */
export const statusLooks: Record<RunStatus | NodeStatus, StatusLook> = {
  queued: { label: "Queued", tone: "neutral", icon: CircleDashed },
  running: { label: "Running", tone: "accent", icon: LoaderCircle, spins: true },
  retrying: { label: "Retrying", tone: "warning", icon: RotateCw },
  waiting: { label: "Waiting", tone: "warning", icon: Hourglass },
  paused: { label: "Paused", tone: "warning", icon: CirclePause },
  completed: { label: "Completed", tone: "success", icon: CircleCheck },
  failed: { label: "Failed", tone: "danger", icon: CircleX },
  cancelled: { label: "Cancelled", tone: "neutral", icon: Ban },
  skipped: { label: "Skipped", tone: "neutral", icon: SkipForward },
  reused: { label: "Reused", tone: "success", icon: Recycle },
};

export function StatusBadge({ status, label }: { status: RunStatus | NodeStatus; label?: string }) {
  const { label: usual, tone, icon: Icon, spins } = statusLooks[status];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden className={cn(spins && "animate-spin")} />
      {label ?? usual}
    </Badge>
  );
}

/** Beside the status of a live run, which may have gone on meanwhile. */
export function ConnectionLost() {
  return (
    <span role="status" className="text-sm text-warning" data-testid="connection-lost">
      Connection lost, trying again…
    </span>
  );
}
