"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { api, unwrap } from "@/api/client";
import { showErrors } from "@/lib/form";
import * as z from "@/lib/zod";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { FormError } from "@/ui/form";
import { Input } from "@/ui/input";
import { destination, useAuthStatus, useEnter, useMe } from "../hooks/session";

const schema = z.object({
  email: z.string().check(z.minLength(1, "Enter your email address.")),
  password: z.string().check(z.minLength(1, "Enter your password.")),
});

/** Signs in on the page of its own, and goes on to where one was going. */
export function LoginForm() {
  const router = useRouter();
  const enter = useEnter();
  const status = useAuthStatus();
  const me = useMe();
  const signedIn = Boolean(me.data);

  useEffect(() => {
    if (status.data?.setup_required) router.replace("/setup");
  }, [status.data, router]);
  useEffect(() => {
    if (signedIn) router.replace(destination(location.search));
  }, [signedIn, router]);
  return <LoginFields onEnter={enter} />;
}

export interface LoginFieldsProps {
  /** Filled in at first. */
  email?: string;
  onEnter: (user: string) => void;
}

export function LoginFields({ email = "", onEnter }: LoginFieldsProps) {
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email, password: "" } });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (body) => {
    try {
      const { user } = await unwrap(api.POST("/api/v1/auth/login", { body }));
      onEnter(user.id);
    } catch (error) {
      showErrors(form, error);
    }
  });

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label="Email" error={errors.email?.message}>
        <Input type="email" autoComplete="username" autoFocus={email === ""} {...form.register("email")} />
      </Field>
      <Field label="Password" error={errors.password?.message}>
        <Input
          type="password"
          autoComplete="current-password"
          autoFocus={email !== ""}
          {...form.register("password")}
        />
      </Field>
      <FormError message={errors.root?.message} />
      <Button type="submit" variant="primary" size="lg" busy={isSubmitting}>
        Sign in
      </Button>
      <p className="text-xs text-muted-foreground">
        Forgotten? Whoever runs this server can set a new one with{" "}
        <code className="font-mono">weft user reset-password</code>.
      </p>
    </form>
  );
}
