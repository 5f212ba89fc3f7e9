import { X } from "lucide-react";
import { AlertDialog as AlertPrimitive, Dialog as Primitive } from "radix-ui";
import { type ComponentProps, type ReactNode, useState } from "react";
import { cn } from "@/lib/classes";
import { Button } from "./button";

const overlay = "fixed inset-0 z-40 bg-overlay";
const content =
  "fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 flex-col overflow-hidden rounded-lg border bg-raised shadow-xl";

type ContentProps = ComponentProps<typeof Primitive.Content>;

/** Where the focus is before a window takes it; for an item of a menu, the button that opened the menu. */
function focused(): Element | null {
  const menu = document.activeElement?.closest("[role=menu]");
  return menu ? document.getElementById(menu.getAttribute("aria-labelledby") ?? "") : document.activeElement;
}

/** Gives the focus back when a window closes: left alone, Radix does so only to a trigger, and most have none. */
function useFocusBack(own: ContentProps["onCloseAutoFocus"]): ContentProps["onCloseAutoFocus"] {
  const [before] = useState(focused);
  return (event) => {
    own?.(event);
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (before instanceof HTMLElement || before instanceof SVGElement) before.focus();
  };
}

/** What stands in a window over the page. */
export function DialogContent({ onCloseAutoFocus, ...props }: ContentProps) {
  return <Primitive.Content {...props} onCloseAutoFocus={useFocusBack(onCloseAutoFocus)} />;
}

function ConfirmContent(props: ComponentProps<typeof AlertPrimitive.Content>) {
  return <AlertPrimitive.Content {...props} onCloseAutoFocus={useFocusBack(undefined)} />;
}

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  className?: string;
  /** Whether it has a button to close it. */
  closable?: boolean;
  children: ReactNode;
}

/** A modal window; its content scrolls, its title stays. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, className, closable = true, children } = props;
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={overlay} />
        <DialogContent
          className={cn(content, className)}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <header className="flex items-start justify-between gap-4 border-b px-4 py-3">
            <div>
              <Primitive.Title className="text-lg font-semibold">{title}</Primitive.Title>
              {description && (
                <Primitive.Description className="mt-1 text-sm text-muted-foreground">
                  {description}
                </Primitive.Description>
              )}
            </div>
            {closable && (
              <Primitive.Close asChild>
                <Button variant="ghost" size="icon-sm" aria-label="Close">
                  <X aria-hidden />
                </Button>
              </Primitive.Close>
            )}
          </header>
          <div className="overflow-y-auto p-4">{children}</div>
        </DialogContent>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** At the end of a dialog; they stay in sight while it scrolls. */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <div className="sticky -bottom-4 -mx-4 -mb-4 mt-4 flex flex-wrap justify-end gap-2 bg-raised p-4">
      {children}
    </div>
  );
}

export interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description: ReactNode;
  action: string;
  onConfirm: () => void;
}

/** Asks before what cannot be undone. */
export function Confirm({ open, onOpenChange, title, description, action, onConfirm }: ConfirmProps) {
  return (
    <AlertPrimitive.Root open={open} onOpenChange={onOpenChange}>
      <AlertPrimitive.Portal>
        <AlertPrimitive.Overlay className={overlay} />
        <ConfirmContent className={cn(content, "max-w-md p-4")}>
          <AlertPrimitive.Title className="text-lg font-semibold">{title}</AlertPrimitive.Title>
          <AlertPrimitive.Description className="mt-2 text-sm text-muted-foreground">
            {description}
          </AlertPrimitive.Description>
          <DialogActions>
            <AlertPrimitive.Cancel asChild>
              <Button>Keep</Button>
            </AlertPrimitive.Cancel>
            <AlertPrimitive.Action asChild>
              <Button variant="danger" onClick={onConfirm}>
                {action}
              </Button>
            </AlertPrimitive.Action>
          </DialogActions>
        </ConfirmContent>
      </AlertPrimitive.Portal>
    </AlertPrimitive.Root>
  );
}
