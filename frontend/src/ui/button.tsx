import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/classes";

const button = cva(
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-md text-sm font-medium whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent text-accent-foreground hover:bg-accent-hover",
        secondary: "border border-border bg-surface hover:bg-hover",
        ghost: "hover:bg-hover",
        danger: "bg-danger text-danger-foreground hover:bg-danger-hover",
        link: "h-auto px-0 text-accent underline-offset-4 hover:underline",
      },
      size: {
        sm: "h-7 px-2",
        md: "h-8 px-3",
        lg: "h-10 px-4 text-base",
        icon: "size-8",
        "icon-sm": "size-6",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof button> {
  /** Draws the only child (a link, say) as the button. */
  asChild?: boolean;
  /** The action is under way: said to screen readers, and no second click. */
  busy?: boolean;
}

export function Button({ className, variant, size, asChild, busy, disabled, type, ...props }: ButtonProps) {
  const classes = cn(button({ variant, size }), busy && "opacity-70", className);
  if (asChild) return <Slot.Root className={classes} {...props} />;
  return (
    <button
      type={type ?? "button"}
      className={classes}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...props}
    />
  );
}
