import type { ReactNode } from "react";
import { cn } from "@/lib/classes";

export interface PageProps {
  title: ReactNode;
  actions?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** The frame of a page: its title, what can be done, its content. */
export function Page({ title, actions, className, children }: PageProps) {
  return (
    <div className={cn("mx-auto flex w-full max-w-6xl flex-col gap-4 p-4 md:p-6", className)}>
      <header className="flex min-h-8 flex-wrap items-center justify-between gap-2">
        <h1 className="text-xl font-semibold">{title}</h1>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A titled part of a page. */
export function Section({
  title,
  lead,
  actions,
  children,
}: Omit<PageProps, "className"> & { lead?: ReactNode }) {
  return (
    <section className="flex flex-col gap-4">
      <header className="flex flex-wrap items-start justify-between gap-2">
        <div>
          <h2 className="text-lg font-semibold">{title}</h2>
          {lead && <p className="mt-0.5 max-w-2xl text-sm text-muted-foreground">{lead}</p>}
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}
