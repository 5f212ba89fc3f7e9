"use client";

import { Menu as MenuIcon, Search, X } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Dialog as Primitive } from "radix-ui";
import { type ReactNode, useState } from "react";
import { useHydrated } from "@/lib/browser";
import { cn } from "@/lib/classes";
import { useGo } from "@/lib/leaving";
import { patiently } from "@/lib/patiently";
import { useShortcuts } from "@/lib/shortcuts";
import { Button } from "@/ui/button";
import { Kbd } from "@/ui/kbd";
import { Tooltip } from "@/ui/tooltip";
import { useMe } from "../hooks/session";
import { AccountMenu } from "./account-menu";
import { Logo } from "./logo";
import { Navigation, sections } from "./navigation";

const CommandPalette = dynamic(
  patiently(() => import("./command-palette").then((all) => all.CommandPalette)),
  {
    ssr: false,
  },
);
const KeyboardList = dynamic(
  patiently(() => import("./keyboard-list").then((all) => all.KeyboardList)),
  { ssr: false },
);

function Brand({ compact }: { compact?: boolean }) {
  const { data: me } = useMe();
  const name = me?.workspace.name ?? "Weft";
  return (
    <Link
      href="/workflows"
      aria-label={compact ? name : undefined}
      className={cn("flex h-8 min-w-0 items-center gap-2 rounded-md px-1 font-semibold", compact && "px-1.5")}
    >
      <Logo className="size-5 shrink-0 text-accent" />
      {!compact && <span className="truncate">{name}</span>}
    </Link>
  );
}

function SearchButton({ compact, onClick }: { compact?: boolean; onClick: () => void }) {
  if (!compact) {
    return (
      <Button className="w-full justify-start px-2 text-muted-foreground" onClick={onClick}>
        <Search aria-hidden />
        Search
        <span className="ml-auto">
          <Kbd keys="Ctrl K" />
        </span>
      </Button>
    );
  }
  return (
    <Tooltip label="Search" keys="Ctrl K" side="right">
      <Button variant="ghost" size="icon" aria-label="Search and commands" onClick={onClick}>
        <Search aria-hidden />
      </Button>
    </Tooltip>
  );
}

interface Actions {
  onSearch: () => void;
  onShowKeys: () => void;
}

function Sidebar({ compact, onSearch, onShowKeys }: Actions & { compact: boolean }) {
  return (
    <aside
      className={cn(
        "hidden shrink-0 flex-col gap-4 border-r bg-surface p-2 md:flex",
        compact ? "w-12" : "w-52",
      )}
    >
      <Brand compact={compact} />
      <SearchButton compact={compact} onClick={onSearch} />
      <Navigation compact={compact} />
      <div className="mt-auto">
        <AccountMenu compact={compact} onShowKeys={onShowKeys} />
      </div>
    </aside>
  );
}

function TopBar({ onSearch, onShowKeys }: Actions) {
  const [open, setOpen] = useState(false);
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b bg-surface px-2 md:hidden">
      <Primitive.Root open={open} onOpenChange={setOpen}>
        <Primitive.Trigger asChild>
          <Button variant="ghost" size="icon" aria-label="Open the menu">
            <MenuIcon aria-hidden />
          </Button>
        </Primitive.Trigger>
        <Primitive.Portal>
          <Primitive.Overlay className="fixed inset-0 z-40 bg-overlay" />
          <Primitive.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 left-0 z-50 flex w-64 flex-col gap-4 border-r bg-raised p-2"
          >
            <div className="flex items-center justify-between">
              <Brand />
              <Primitive.Close asChild>
                <Button variant="ghost" size="icon" aria-label="Close the menu">
                  <X aria-hidden />
                </Button>
              </Primitive.Close>
            </div>
            <Primitive.Title className="sr-only">Menu</Primitive.Title>
            <Navigation onNavigate={() => setOpen(false)} />
            <div className="mt-auto">
              <AccountMenu onShowKeys={onShowKeys} />
            </div>
          </Primitive.Content>
        </Primitive.Portal>
      </Primitive.Root>
      <Brand />
      <Button
        variant="ghost"
        size="icon"
        aria-label="Search and commands"
        className="ml-auto"
        onClick={onSearch}
      >
        <Search aria-hidden />
      </Button>
    </header>
  );
}

/** What stands around every page: sections, workspace, search, account, keys. */
export function Shell({ children }: { children: ReactNode }) {
  const go = useGo();
  const pathname = usePathname();
  const hydrated = useHydrated();
  const [palette, setPalette] = useState<boolean | null>(null);
  const [keyboard, setKeyboard] = useState<boolean | null>(null);
  // The canvas wants the room.
  const compact = hydrated && /^\/workflows\/./.test(pathname);
  const actions = { onSearch: () => setPalette(true), onShowKeys: () => setKeyboard(true) };

  useShortcuts("Everywhere", [
    { keys: "Ctrl K", label: "Search and commands", run: actions.onSearch },
    { keys: "?", label: "This list", run: actions.onShowKeys },
    ...sections.map(({ href, label, keys }) => ({ keys, label, run: () => go(href) })),
  ]);

  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-raised px-3 py-2 focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <Sidebar compact={compact} {...actions} />
      <TopBar {...actions} />
      <main id="content" tabIndex={-1} className="min-h-0 min-w-0 flex-1 overflow-y-auto outline-none">
        {children}
      </main>
      {palette !== null && (
        <CommandPalette open={palette} onOpenChange={setPalette} onShowKeys={actions.onShowKeys} />
      )}
      {keyboard !== null && <KeyboardList open={keyboard} onOpenChange={setKeyboard} />}
    </div>
  );
}
