"use client";

import { useQueryClient } from "@tanstack/react-query";
import type { Me } from "@/api/types";
import { Dialog } from "@/ui/dialog";
import { LoginFields } from "./login-form";

/** Over a page whose session has ended: what is unsaved below stays, and goes on after signing in. */
export function SignInAgain({ me }: { me: Me }) {
  const client = useQueryClient();
  const go = (user: string) => {
    // Another person must not see what the one before had open.
    if (user !== me.user.id) location.assign("/workflows");
    else void client.invalidateQueries();
  };
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      closable={false}
      title="Your session has ended"
      description="Sign in again to go on where you are. Nothing on this page is lost."
      className="max-w-sm"
    >
      <LoginFields email={me.user.email} onEnter={go} />
    </Dialog>
  );
}
