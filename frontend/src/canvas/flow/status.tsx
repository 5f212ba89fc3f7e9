/** A node's status by colour and by shape. */

import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleX,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Recycle,
  RotateCw,
  SkipForward,
} from "lucide-react";
import { cn } from "@/lib/classes";
import type { NodeStatus } from "../run";

export interface StatusLook {
  label: string;
  icon: LucideIcon;
  /** Colour of the icon. */
  text: string;
  /** Colour of a node's border. */
  border: string;
  moving?: boolean;
}

export const STATUS: Record<NodeStatus | "idle", StatusLook> = {
  idle: { label: "Not run", icon: CircleDashed, text: "text-muted-foreground", border: "border-border" },
  running: {
    label: "Running",
    icon: LoaderCircle,
    text: "text-accent",
    border: "border-accent",
    moving: true,
  },
  retrying: { label: "Retrying", icon: RotateCw, text: "text-warning", border: "border-warning" },
  waiting: { label: "Waiting", icon: Hourglass, text: "text-warning", border: "border-warning" },
  completed: { label: "Completed", icon: CircleCheck, text: "text-success", border: "border-success" },
  failed: { label: "Failed", icon: CircleX, text: "text-danger", border: "border-danger" },
  skipped: {
    label: "Skipped",
    icon: SkipForward,
    text: "text-muted-foreground",
    border: "border-dashed border-border-strong",
  },
  reused: { label: "Reused", icon: Recycle, text: "text-success", border: "border-dashed border-success" },
  cancelled: {
    label: "Cancelled",
    icon: Ban,
    text: "text-muted-foreground",
    border: "border-dashed border-border-strong",
  },
};

export function StatusIcon({ status, className }: { status: NodeStatus | "idle"; className?: string }) {
  const look = STATUS[status];
  const Icon = look.icon;
  return (
    <Icon
      role="img"
      aria-label={look.label}
      className={cn("size-4 shrink-0", look.text, look.moving && "animate-spin", className)}
    />
  );
}
