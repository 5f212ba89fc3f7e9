import type { ComponentProps } from "react";
import { cn } from "@/lib/classes";

export const field =
  "w-full min-w-0 rounded-md border border-border-strong bg-surface text-sm text-foreground transition-colors hover:border-foreground/60 disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-danger";

export function Input({ className, type = "text", ...props }: ComponentProps<"input">) {
  return <input type={type} className={cn(field, "h-8 px-2 read-only:bg-muted", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(field, "min-h-16 px-2 py-1.5 read-only:bg-muted", className)} {...props} />;
}
