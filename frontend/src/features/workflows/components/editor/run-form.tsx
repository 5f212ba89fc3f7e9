"use client";

/** The inputs of a run: a form from `start`'s schema with its defaults, or JSON. */

import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError, describeError, pointerSegments } from "@/api/problem";
import { defaultInputs, inputFields } from "@/canvas/fields";
import type { Problem } from "@/canvas/flow/overlay";
import type { Json, JsonObject, Schema } from "@/canvas/graph";
import { isObject } from "@/canvas/schema";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { firstAtNode } from "../../hooks/problems";
import { CodeField } from "./config/code-field";
import { Fields } from "./config/collections";
import { parseJson } from "./config/json-field";
import { ProblemLine } from "./config/problem-line";
import { FormContext, type FormSurroundings } from "./config/surroundings";
import { useEditor } from "./context";

export interface RunFormProps {
  schema: Schema;
  /** The inputs of the last run from here, to begin with. */
  last: Json | undefined;
  start: (inputs: JsonObject) => Promise<void>;
  onClose: () => void;
}

/** Why a run was not started, and the inputs that it was to have. */
interface Refused {
  error: unknown;
  inputs: JsonObject;
}

export function RunForm({ schema, last, start, onClose }: RunFormProps) {
  const fields = useMemo(() => inputFields(schema), [schema]);
  const begin = { ...defaultInputs(schema), ...(isObject(last) ? last : {}) };
  const [inputs, setInputs] = useState<JsonObject>(begin);
  const [asJson, setAsJson] = useState(fields === null || fields.length === 0);
  const [text, setText] = useState(() => JSON.stringify(begin, null, 2));
  const [refused, setRefused] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const parsed = parseInputs(text);
  const { store, types } = useEditor();
  const wrong = refused && firstAtNode(store.getState().graph, refused.error, types);
  const now = asJson && "value" in parsed ? parsed.value : inputs;
  const problems = refused ? problemsOf(refused, now) : [];
  const form = surroundings(schema, problems);
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refused === null) return;
    const first = element.current?.querySelector('[data-testid^="problems-"], [role="alert"]');
    first?.scrollIntoView({ block: "center" });
  }, [refused]);

  async function run(): Promise<void> {
    if (asJson && "error" in parsed) return;
    setBusy(true);
    try {
      await start(now);
      onClose();
    } catch (error) {
      setRefused({ error, inputs: now });
    } finally {
      setBusy(false);
    }
  }

  function show(node: string): void {
    store.getState().select(new Set([node]));
    onClose();
  }

  function change(toJson: boolean): void {
    if (toJson) setText(JSON.stringify(inputs, null, 2));
    else if ("value" in parsed) setInputs(parsed.value);
    setAsJson(toJson);
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Run the draft">
      <form
        ref={element}
        data-testid="run-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void run();
        }}
      >
        {asJson ? (
          <>
            <CodeField
              mode="json"
              multiline
              value={text}
              onChange={setText}
              label="Inputs as JSON"
              testId="run-inputs-json"
              invalid={"error" in parsed}
            />
            {"error" in parsed && <p className="text-xs text-danger">{parsed.error}</p>}
            <ul className="mt-2 flex flex-col gap-1" data-testid="run-inputs-problems">
              {problems.map((problem) => (
                <ProblemLine key={problem.field + problem.code} problem={withPlace(problem)} />
              ))}
            </ul>
          </>
        ) : (
          <FormContext.Provider value={form}>
            <Fields path={["input"]} schema={schema} value={inputs} onChange={setInputs} />
          </FormContext.Provider>
        )}
        {refused && (
          <p role="alert" className="mt-3 text-sm text-danger" data-testid="run-refused">
            {describeError(refused.error)} {wrong?.message}
            {wrong && (
              <Button variant="link" onClick={() => show(wrong.node)} data-testid="run-refused-node">
                Show the node
              </Button>
            )}
          </p>
        )}
        <DialogActions>
          {fields !== null && fields.length > 0 && (
            <Button variant="link" className="mr-auto" onClick={() => change(!asJson)}>
              {asJson ? "As a form" : "As JSON"}
            </Button>
          )}
          <Button onClick={onClose}>Not now</Button>
          <Button type="submit" variant="primary" busy={busy} data-testid="run-confirm">
            Run
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function parseInputs(text: string): { value: JsonObject } | { error: string } {
  const parsed = parseJson(text);
  if ("error" in parsed) return { error: `No JSON yet: ${parsed.error}` };
  if (parsed.value === undefined) return { value: {} };
  return isObject(parsed.value) ? { value: parsed.value } : { error: "Inputs are an object: {…}" };
}

/** What is wrong with the inputs, but for those that have been changed since. */
function problemsOf({ error, inputs }: Refused, now: JsonObject): Problem[] {
  const found: Problem[] = [];
  for (const { path, code, message } of error instanceof ApiError ? error.errors : []) {
    const [part, name = ""] = pointerSegments(path);
    if (part !== "inputs" || JSON.stringify(inputs[name]) !== JSON.stringify(now[name])) continue;
    found.push({ severity: "error", code, message, field: path.replace(/^\/inputs/, "/input") });
  }
  return found;
}

/** Beside JSON nothing shows which input is meant: the line says it. */
function withPlace(problem: Problem): Problem {
  const place = pointerSegments(problem.field).slice(1).join(".");
  return place === "" ? problem : { ...problem, message: `${place}: ${problem.message}` };
}

function surroundings(root: Schema, problems: Problem[]): FormSurroundings {
  return { root, nodeType: "", problems, names: () => new Map(), place: null, templates: false, prefix: "" };
}
