/** A node's status on the canvas, by colour and by shape. */

import { CircleDashed } from "lucide-react";
import { cn } from "@/lib/classes";
import { type StatusLook, statusLooks } from "@/ui/status";
import type { NodeStatus } from "../run";

interface NodeLook {
  label: string;
  icon: StatusLook["icon"];
  /** Colour of the icon. */
  text: string;
  /** Colour and line of a node's border. */
  border: string;
  spins?: boolean;
}

const TEXT: Record<StatusLook["tone"], string> = {
  neutral: "text-muted-foreground",
  accent: "text-accent",
  success: "text-success",
  warning: "text-warning",
  danger: "text-danger",
};

function nodeLook(status: NodeStatus, border: string): NodeLook {
  const { label, icon, tone, spins } = statusLooks[status];
  return { label, icon, text: TEXT[tone], border, spins };
}

export const STATUS: Record<NodeStatus | "idle", NodeLook> = {
  idle: { label: "Not run", icon: CircleDashed, text: TEXT.neutral, border: "border-border" },
  running: nodeLook("running", "border-accent"),
  retrying: nodeLook("retrying", "border-warning"),
  waiting: nodeLook("waiting", "border-warning"),
  completed: nodeLook("completed", "border-success"),
  failed: nodeLook("failed", "border-danger"),
  skipped: nodeLook("skipped", "border-dashed border-border-strong"),
  reused: nodeLook("reused", "border-dashed border-success"),
  cancelled: nodeLook("cancelled", "border-dashed border-border-strong"),
};

export function StatusIcon({ status, className }: { status: NodeStatus | "idle"; className?: string }) {
  const { icon: Icon, label, text, spins } = STATUS[status];
  return (
    <Icon
      role="img"
      aria-label={label}
      className={cn("size-4 shrink-0", text, spins && "animate-spin", className)}
    />
  );
}
