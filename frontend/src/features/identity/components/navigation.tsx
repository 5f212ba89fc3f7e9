"use client";

import { KeyRound, ListChecks, type LucideIcon, Settings, Workflow } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { cn } from "@/lib/classes";
import { Tooltip } from "@/ui/tooltip";

export interface Section {
  href: string;
  label: string;
  icon: LucideIcon;
  keys: string;
}

export const sections: readonly Section[] = [
  { href: "/workflows", label: "Workflows", icon: Workflow, keys: "g w" },
  { href: "/executions", label: "Executions", icon: ListChecks, keys: "g e" },
  { href: "/credentials", label: "Credentials", icon: KeyRound, keys: "g c" },
  { href: "/settings", label: "Settings", icon: Settings, keys: "g s" },
];

/** The app's sections; icons only where `compact`. */
export function Navigation({ compact, onNavigate }: { compact?: boolean; onNavigate?: () => void }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Sections">
      <ul className="flex flex-col gap-0.5">
        {sections.map(({ href, label, icon: Icon, keys }) => {
          const current = pathname === href || pathname.startsWith(`${href}/`);
          const link = (
            <Link
              href={href}
              onClick={onNavigate}
              aria-current={current ? "page" : undefined}
              aria-label={compact ? label : undefined}
              className={cn(
                "flex h-8 items-center gap-2 rounded-md px-2 text-sm text-muted-foreground hover:bg-hover hover:text-foreground",
                current && "bg-accent-soft font-medium text-accent hover:bg-accent-soft hover:text-accent",
                compact && "w-8",
              )}
            >
              <Icon aria-hidden className="size-4 shrink-0" />
              {!compact && label}
            </Link>
          );
          return (
            <li key={href}>
              {compact ? (
                <Tooltip label={label} keys={keys} side="right">
                  {link}
                </Tooltip>
              ) : (
                link
              )}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
