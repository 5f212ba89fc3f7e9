import type { Metadata } from "next";
import { EntryCard } from "@/features/identity/components/entry-card";
import { LoginForm } from "@/features/identity/components/login-form";

export const metadata: Metadata = { title: "Sign in" };

export default function LoginPage() {
  return (
    <EntryCard title="Sign in" lead="Draw, run and watch your workflows.">
      <LoginForm />
    </EntryCard>
  );
}
