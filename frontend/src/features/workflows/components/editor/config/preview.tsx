"use client";

/** What a template or expression gave on the last run's data, a moment after it was typed. */

import { useEffect, useState } from "react";
import { describeError } from "@/api/problem";
import { useSettled } from "@/lib/browser";
import { formatPreview } from "@/lib/format";
import { type Evaluation, evaluate } from "../../../hooks/draft";
import { useForm } from "./surroundings";

export function Preview({ text, kind }: { text: string; kind: "template" | "expression" }) {
  const { place } = useForm();
  const settled = useSettled(text, 400);
  const [shown, setShown] = useState<{ text: string; result: Evaluation } | null>(null);
  const worth = kind === "expression" ? settled.trim() !== "" : settled.includes("{{");
  const execution = place?.execution;
  const node = place?.node;

  useEffect(() => {
    if (!worth || !execution || !node) return;
    const control = new AbortController();
    const body = kind === "expression" ? { expression: settled } : { template: settled };
    evaluate(body, { execution, node }, control.signal)
      .then((result) => setShown({ text: settled, result }))
      .catch((error: unknown) => {
        if (!control.signal.aborted)
          setShown({ text: settled, result: { error: { message: describeError(error) } } });
      });
    return () => control.abort();
  }, [settled, worth, execution, node, kind]);

  if (!worth || !shown || shown.text !== text) return null;
  const { value, error } = shown.result;
  // The last run did not have that name here: a round's item, or a node that is newer than the run.
  if (error && /is not defined/.test(error.message)) return null;
  return (
    <p
      className="truncate font-mono text-xs text-muted-foreground"
      title={error ? error.message : formatPreview(value, 2000)}
      data-testid="expression-preview"
      data-failed={Boolean(error)}
    >
      {error ? `⚠ ${error.message}` : `= ${value === null ? "null" : formatPreview(value, 160)}`}
    </p>
  );
}
