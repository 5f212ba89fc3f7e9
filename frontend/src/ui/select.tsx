import { Check, ChevronDown } from "lucide-react";
import { Select as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/classes";
import { field } from "./input";

export interface Option {
  value: string;
  label: ReactNode;
  disabled?: boolean;
}

export interface SelectProps {
  options: readonly Option[];
  value: string;
  onValueChange: (value: string) => void;
  placeholder?: string;
  disabled?: boolean;
  className?: string;
  id?: string;
  "aria-label"?: string;
  "aria-invalid"?: boolean;
  "aria-describedby"?: string;
}

// The primitive keeps the empty string for "nothing chosen"; an option may well have it.
const empty = "\u0000";

export function Select({
  options,
  value,
  onValueChange,
  placeholder,
  disabled,
  className,
  ...trigger
}: SelectProps) {
  const hasEmpty = options.some((option) => option.value === "");
  return (
    <Primitive.Root
      value={value === "" && hasEmpty ? empty : value}
      onValueChange={(next) => onValueChange(next === empty ? "" : next)}
      disabled={disabled}
    >
      <Primitive.Trigger
        {...trigger}
        className={cn(
          field,
          "flex h-8 items-center justify-between gap-2 px-2 text-left data-placeholder:text-muted-foreground [&>span]:truncate",
          className,
        )}
      >
        <Primitive.Value placeholder={placeholder} />
        <Primitive.Icon asChild>
          <ChevronDown aria-hidden className="size-4 shrink-0 text-muted-foreground" />
        </Primitive.Icon>
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md border bg-raised p-1 shadow-lg"
        >
          <Primitive.Viewport>
            {options.map((option) => (
              <Primitive.Item
                key={option.value}
                value={option.value === "" ? empty : option.value}
                disabled={option.disabled}
                className="flex h-8 cursor-default items-center gap-2 rounded px-2 text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover"
              >
                <span className="flex size-4 items-center justify-center">
                  <Primitive.ItemIndicator>
                    <Check aria-hidden className="size-4" />
                  </Primitive.ItemIndicator>
                </span>
                <Primitive.ItemText>{option.label}</Primitive.ItemText>
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
