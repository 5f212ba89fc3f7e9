"use client";

import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { FilePlus2, Keyboard, LogOut, Monitor, Moon, Search, Sun, Workflow } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { type ReactNode, useState } from "react";
import { api, unwrap } from "@/api/client";
import { keys } from "@/api/keys";
import { useSettled } from "@/lib/browser";
import { useGo } from "@/lib/leaving";
import { setTheme } from "@/lib/theme";
import { DialogContent } from "@/ui/dialog";
import { useSignOut } from "../hooks/session";
import { sections } from "./navigation";

interface Item {
  label: string;
  icon: ReactNode;
  run: () => void;
  value?: string;
}

function Group({
  heading,
  items,
  pick,
}: {
  heading: string;
  items: Item[];
  pick: (run: () => void) => void;
}) {
  return (
    <Command.Group
      heading={heading}
      className="px-1 pb-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted-foreground"
    >
      {items.map(({ label, icon, run, value }) => (
        <Command.Item
          key={value ?? label}
          value={value ?? label}
          onSelect={() => pick(run)}
          className="flex h-8 items-center gap-2 rounded px-2 text-sm data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted-foreground"
        >
          {icon}
          <span className="truncate">{label}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

export interface CommandPaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onShowKeys: () => void;
}

/** Everything by name: sections, workflows, actions. */
export function CommandPalette({ open, onOpenChange, onShowKeys }: CommandPaletteProps) {
  const go = useGo();
  const signOut = useSignOut();
  const [text, setText] = useState("");
  const q = useSettled(text.trim());
  const found = useQuery({
    queryKey: keys.workflows.search(q),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/workflows", { params: { query: { q: q || undefined, limit: 8 } }, signal })),
    enabled: open,
  });

  function pick(run: () => void) {
    onOpenChange(false);
    setText("");
    run();
  }

  function createWorkflow() {
    // The router changes only the hash without telling anyone.
    if (location.pathname === "/workflows") location.hash = "new";
    else go("/workflows#new");
  }

  const workflows = (found.data?.items ?? []).map(({ id, name }) => ({
    label: name,
    value: `${name} ${id}`,
    icon: <Workflow aria-hidden />,
    run: () => go(`/workflows/${id}`),
  }));
  const goTo = sections.map(({ href, label, icon: Icon }) => ({
    label,
    icon: <Icon aria-hidden />,
    run: () => go(href),
  }));
  const actions: Item[] = [
    { label: "New workflow", icon: <FilePlus2 aria-hidden />, run: createWorkflow },
    { label: "Light theme", icon: <Sun aria-hidden />, run: () => setTheme("light") },
    { label: "Dark theme", icon: <Moon aria-hidden />, run: () => setTheme("dark") },
    { label: "Theme as the system", icon: <Monitor aria-hidden />, run: () => setTheme("system") },
    { label: "Keyboard", icon: <Keyboard aria-hidden />, run: onShowKeys },
    { label: "Sign out", icon: <LogOut aria-hidden />, run: () => signOut.mutate() },
  ];

  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-overlay" />
        <DialogContent
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-lg border bg-raised shadow-xl"
        >
          <Primitive.Title className="sr-only">Search and commands</Primitive.Title>
          <Command label="Search and commands" loop>
            <div className="flex items-center gap-2 border-b px-3">
              <Search aria-hidden className="size-4 shrink-0 text-muted-foreground" />
              <Command.Input
                value={text}
                onValueChange={setText}
                placeholder="Search workflows, or type a command"
                className="h-11 w-full bg-transparent text-base outline-none"
              />
            </div>
            <Command.List className="max-h-[50vh] overflow-y-auto py-1">
              <Command.Empty className="p-6 text-center text-sm text-muted-foreground">
                {found.isFetching ? "Searching…" : "Nothing has that name."}
              </Command.Empty>
              {workflows.length > 0 && <Group heading="Workflows" items={workflows} pick={pick} />}
              <Group heading="Go to" items={goTo} pick={pick} />
              <Group heading="Do" items={actions} pick={pick} />
            </Command.List>
          </Command>
        </DialogContent>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
