"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { RadioGroup } from "radix-ui";
import { setTheme, type Theme, themes, useTheme } from "@/lib/theme";
import { Section } from "@/ui/page";

const icons = { system: Monitor, light: Sun, dark: Moon };

export function Appearance() {
  const theme = useTheme();
  return (
    <Section title="Theme" lead="For this browser.">
      <RadioGroup.Root
        aria-label="Theme"
        value={theme}
        onValueChange={(value) => setTheme(value as Theme)}
        className="grid max-w-xl gap-2 sm:grid-cols-3"
      >
        {themes.map(({ value, label }) => {
          const Icon = icons[value];
          return (
            <RadioGroup.Item
              key={value}
              value={value}
              className="flex h-12 items-center gap-2 rounded-lg border bg-surface px-3 text-sm hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft data-[state=checked]:text-accent"
            >
              <Icon aria-hidden className="size-4" />
              {label}
            </RadioGroup.Item>
          );
        })}
      </RadioGroup.Root>
    </Section>
  );
}
