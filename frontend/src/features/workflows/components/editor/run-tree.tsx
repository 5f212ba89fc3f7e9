"use client";

/** The nodes of a run: containers folded to counts, opened to their rounds, those that failed first. */

import { ChevronRight } from "lucide-react";
import { memo, useMemo, useState } from "react";
import { STATUS, StatusIcon } from "@/canvas/flow/status";
import { nodeById } from "@/canvas/graph";
import { type Branch, type Counts, treeOf } from "@/canvas/paths";
import { type NodeStatus, type RunState, tookOf } from "@/canvas/run";
import { cn } from "@/lib/classes";
import { formatDuration, formatNumber } from "@/lib/format";
import { Button } from "@/ui/button";
import { useDraft } from "./context";

/** How many lines of one container are drawn at once. */
const AT_ONCE = 100;

interface TreeProps {
  onPick: (branch: Branch) => void;
}

export function RunTree({ run, onPick }: TreeProps & { run: RunState }) {
  const branches = useMemo(() => treeOf(run), [run]);
  return (
    <div className="border-b md:overflow-y-auto md:border-r md:border-b-0">
      <Branches branches={branches} onPick={onPick} depth={0} label="Nodes of the run" />
    </div>
  );
}

interface LineProps extends TreeProps {
  branch: Branch;
  depth: number;
}

interface BranchesProps extends TreeProps {
  branches: readonly Branch[];
  depth: number;
  label: string;
}

function Branches({ branches, depth, label, ...tree }: BranchesProps) {
  const [shown, setShown] = useState(AT_ONCE);
  const rest = branches.length - shown;
  return (
    <ol aria-label={label}>
      {branches.slice(0, shown).map((branch) => (
        <BranchLine key={branch.path} branch={branch} depth={depth} {...tree} />
      ))}
      {rest > 0 && (
        <li className="px-3 py-1">
          <Button size="sm" onClick={() => setShown(shown + AT_ONCE)}>
            Show {formatNumber(Math.min(rest, AT_ONCE))} of {formatNumber(rest)} more
          </Button>
        </li>
      )}
    </ol>
  );
}

const BranchLine = memo(function BranchLine({ branch, depth, onPick }: LineProps) {
  const [open, setOpen] = useState(false);
  const { path, label, node, state, status, children, counts } = branch;
  const given = useDraft(({ graph }) => nodeById(graph, node)?.name);
  const name = state && given !== node ? given : null;
  const holds = children.length > 0 || Object.keys(counts).length > 0;
  const act = () => (state ? onPick(branch) : setOpen(!open));
  return (
    <li>
      <div className="flex h-7 items-center pr-3 hover:bg-hover" style={{ paddingLeft: 4 + depth * 16 }}>
        {holds ? (
          <button
            type="button"
            aria-expanded={open}
            aria-label={`What ran inside ${path}`}
            onClick={() => setOpen(!open)}
            className="flex size-6 shrink-0 items-center justify-center rounded text-muted-foreground"
            data-testid={`run-fold-${path}`}
          >
            <ChevronRight aria-hidden className={cn("size-3.5", open && "rotate-90")} />
          </button>
        ) : (
          <span className="w-6 shrink-0" />
        )}
        <button
          type="button"
          onClick={act}
          className="flex h-full min-w-0 flex-1 items-center gap-2 text-left text-sm"
          data-testid={`run-node-${path}`}
          data-status={status}
        >
          <StatusIcon status={status} />
          <span className={cn("truncate", !name && "font-mono text-xs")}>{name || label}</span>
          <span className="shrink-0 text-xs text-muted-foreground">{STATUS[status].label}</span>
          <Inside counts={counts} progress={state?.progress} />
          {state && (
            <span className="ml-auto shrink-0 text-xs whitespace-nowrap text-muted-foreground tabular-nums">
              {formatDuration(tookOf(state))}
            </span>
          )}
        </button>
      </div>
      {open && <Branches branches={children} onPick={onPick} depth={depth + 1} label={`Inside ${path}`} />}
    </li>
  );
});

const TOLD: readonly NodeStatus[] = ["failed", "running", "retrying", "waiting", "cancelled"];

/** Rounds done, and how many nodes inside are anything but done. */
function Inside({ counts, progress }: { counts: Counts; progress?: { done: number; total: number | null } }) {
  const told = TOLD.filter((status) => counts[status]);
  return (
    <span className="flex min-w-0 items-center gap-2 truncate text-xs tabular-nums">
      {progress && (
        <span>
          {formatNumber(progress.done)}/{progress.total === null ? "?" : formatNumber(progress.total)}
        </span>
      )}
      {told.map((status) => (
        <span key={status} className={STATUS[status].text}>
          {formatNumber(counts[status] ?? 0)} {STATUS[status].label.toLowerCase()}
        </span>
      ))}
    </span>
  );
}
