import type { ReactNode } from "react";
import { Gate } from "@/features/identity/components/gate";
import { Shell } from "@/features/identity/components/shell";

export default function AppLayout({ children }: { children: ReactNode }) {
  return (
    <Gate>
      <Shell>{children}</Shell>
    </Gate>
  );
}
