import type { Metadata } from "next";
import { EntryCard } from "@/features/identity/components/entry-card";
import { SetupForm } from "@/features/identity/components/setup-form";

export const metadata: Metadata = { title: "Set up" };

export default function SetupPage() {
  return (
    <EntryCard title="Set up Weft" lead="Create the owner of this server.">
      <SetupForm />
    </EntryCard>
  );
}
