"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import { api, unwrap } from "@/api/client";
import { ApiError } from "@/api/problem";
import { showErrors } from "@/lib/form";
import * as z from "@/lib/zod";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { FormError } from "@/ui/form";
import { Input } from "@/ui/input";
import { notifyError } from "@/ui/toast";
import { useAuthStatus, useEnter } from "../hooks/session";

const schema = z.object({
  name: z
    .string()
    .check(z.trim(), z.minLength(1, "Enter your name."), z.maxLength(200, "At most 200 characters.")),
  email: z
    .email("Enter an email address, like you@example.org.")
    .check(z.maxLength(254, "At most 254 characters.")),
  password: z
    .string()
    .check(z.minLength(8, "At least 8 characters."), z.maxLength(1024, "At most 1,024 characters.")),
  setup_token: z.string().check(z.trim()),
});

function wantsToken(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.code.includes("setup_token") || error.errors.some(({ path }) => path === "/setup_token");
}

export function SetupForm() {
  const router = useRouter();
  const enter = useEnter();
  const status = useAuthStatus();
  const [asked, setAsked] = useState(false);
  const defaultValues = { name: "", email: "", password: "", setup_token: "" };
  const form = useForm({ resolver: zodResolver(schema), defaultValues });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  const withToken = asked || status.data?.setup_token_required;

  useEffect(() => {
    // Not after one's own set-up: then the way leads into the app.
    if (status.data?.setup_required === false && !isSubmitting && !isSubmitSuccessful)
      router.replace("/login");
  }, [status.data, router, isSubmitting, isSubmitSuccessful]);

  const submit = form.handleSubmit(async ({ setup_token, ...owner }) => {
    try {
      const body = setup_token ? { ...owner, setup_token } : owner;
      await unwrap(api.POST("/api/v1/auth/setup", { body }));
      enter();
    } catch (error) {
      if (wantsToken(error)) setAsked(true);
      // Someone else was first: then the way leads to sign-in.
      if (error instanceof ApiError && error.status === 409) {
        notifyError("Someone else was first", error);
        void status.refetch();
      }
      showErrors(form, error);
    }
  });

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label="Your name" error={errors.name?.message}>
        <Input autoComplete="name" autoFocus {...form.register("name")} />
      </Field>
      <Field label="Email" error={errors.email?.message}>
        <Input type="email" autoComplete="username" {...form.register("email")} />
      </Field>
      <Field label="Password" hint="At least 8 characters." error={errors.password?.message}>
        <Input type="password" autoComplete="new-password" {...form.register("password")} />
      </Field>
      {withToken && (
        <Field
          label="Set-up token"
          hint="Printed by the server when it started: it proves that you run it."
          error={errors.setup_token?.message}
        >
          <Input autoComplete="off" spellCheck={false} {...form.register("setup_token")} />
        </Field>
      )}
      <FormError message={errors.root?.message} />
      <Button type="submit" variant="primary" size="lg" busy={isSubmitting}>
        Create owner
      </Button>
    </form>
  );
}
