"use client";

/** What a template or expression gave on the last run's data, a moment after it was typed. */

import { useEffect, useState } from "react";
import { ApiError, describeError } from "@/api/problem";
import { namesIn, namesInTemplate } from "@/canvas/expressions";
import { useSettled } from "@/lib/browser";
import { formatPreview } from "@/lib/format";
import { type Evaluation, evaluate } from "../../../hooks/draft";
import { useForm } from "./surroundings";

interface Shown {
  text: string;
  moment: string;
  result: Evaluation;
  /** Whether it cannot be read, whatever the run had. */
  malformed: boolean;
}

function isMalformed(error: unknown): boolean {
  return error instanceof ApiError && error.errors.some(({ code }) => code === "expression_syntax");
}

export function Preview({ text, kind }: { text: string; kind: "template" | "expression" }) {
  const { place } = useForm();
  const settled = useSettled(text, 400);
  const [shown, setShown] = useState<Shown | null>(null);
  const worth = kind === "expression" ? settled.trim() !== "" : settled.includes("{{");
  const execution = place?.execution;
  const node = place?.node;
  const moment = place?.moment ?? "";

  useEffect(() => {
    if (!worth || !execution || !node) return;
    const control = new AbortController();
    const body = kind === "expression" ? { expression: settled } : { template: settled };
    evaluate(body, { execution, node }, control.signal)
      .then((result) => setShown({ text: settled, moment, result, malformed: false }))
      .catch((error: unknown) => {
        if (control.signal.aborted) return;
        const result = { error: { message: describeError(error) } };
        setShown({ text: settled, moment, result, malformed: isMalformed(error) });
      });
    return () => control.abort();
  }, [settled, worth, execution, node, kind, moment]);

  if (!worth || !place || !shown || shown.text !== text) return null;
  const { value, error } = shown.result;
  // An error of before the node was reached says nothing of now.
  if (error && shown.moment !== moment) return null;
  if ((error && !shown.malformed) || value === undefined) {
    const reads = kind === "expression" ? namesIn(text) : namesInTemplate(text);
    if (place.hadNothing(reads)) return <NoValue />;
  }
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

function NoValue() {
  return (
    <p
      className="truncate text-xs text-muted-foreground"
      data-testid="expression-preview"
      data-failed="false"
    >
      No value in the last run
    </p>
  );
}
