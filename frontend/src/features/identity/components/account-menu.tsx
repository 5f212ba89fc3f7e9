"use client";

import { CircleUser, Keyboard, LogOut } from "lucide-react";
import { setTheme, type Theme, themes, useTheme } from "@/lib/theme";
import { Button } from "@/ui/button";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from "@/ui/menu";
import { useMe, useSignOut } from "../hooks/session";

/** Who is signed in, the theme, the keys, and the way out. */
export function AccountMenu({ compact, onShowKeys }: { compact?: boolean; onShowKeys: () => void }) {
  const { data: me } = useMe();
  const signOut = useSignOut();
  const theme = useTheme();
  const name = me?.user.name ?? "";
  const trigger = (
    <Button
      variant="ghost"
      size={compact ? "icon" : "md"}
      className={compact ? "" : "w-full justify-start px-2"}
    >
      <CircleUser aria-hidden />
      <span className={compact ? "sr-only" : "truncate"}>{name || "Account"}</span>
    </Button>
  );
  return (
    <Menu trigger={trigger} align="start" side="top" className="w-56">
      <MenuLabel>
        <span className="block truncate">{me?.user.email}</span>
      </MenuLabel>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      <MenuChoice value={theme} onValueChange={(value) => setTheme(value as Theme)} options={themes} />
      <MenuSeparator />
      <MenuItem onSelect={onShowKeys} shortcut="?">
        <Keyboard aria-hidden />
        Keyboard
      </MenuItem>
      <MenuItem onSelect={() => signOut.mutate()}>
        <LogOut aria-hidden />
        Sign out
      </MenuItem>
    </Menu>
  );
}
