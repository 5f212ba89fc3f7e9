"use client";

import { useShortcutGroups } from "@/lib/shortcuts";
import { Dialog } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";

/** Every key that works on this page. */
export function KeyboardList({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const groups = useShortcutGroups();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard" className="max-w-2xl">
      <div className="grid gap-6 sm:grid-cols-2">
        {groups.map(({ title, shortcuts }) => (
          <section key={title}>
            <h3 className="mb-2 text-sm font-semibold">{title}</h3>
            <dl className="flex flex-col gap-1.5">
              {shortcuts.map(({ keys, label }) => (
                <div key={`${keys} ${label}`} className="flex items-center justify-between gap-4 text-sm">
                  <dt className="text-muted-foreground">{label}</dt>
                  <dd>
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
