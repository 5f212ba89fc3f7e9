"use client";

/** The inputs of a run: a form from `start`'s schema with its defaults, or JSON. */

import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError, describeError } from "@/api/problem";
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
import { FormContext, type FormSurroundings } from "./config/surroundings";
import { useEditor } from "./context";

export interface RunFormProps {
  schema: Schema;
  /** The inputs of the last run from here, to begin with. */
  last: Json | undefined;
  start: (inputs: JsonObject) => Promise<void>;
  onClose: () => void;
}

export function RunForm({ schema, last, start, onClose }: RunFormProps) {
  const fields = useMemo(() => inputFields(schema), [schema]);
  const begin = { ...defaultInputs(schema), ...(isObject(last) ? last : {}) };
  const [inputs, setInputs] = useState<JsonObject>(begin);
  const [asJson, setAsJson] = useState(fields === null || fields.length === 0);
  const [text, setText] = useState(() => JSON.stringify(begin, null, 2));
  const [failed, setFailed] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const parsed = parseInputs(text);
  const { store, types } = useEditor();
  const wrong = failed === null ? null : firstAtNode(store.getState().graph, failed, types);
  const form = useMemo(() => surroundings(schema, failed), [schema, failed]);
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (failed === null) return;
    const first = element.current?.querySelector('[data-testid^="problems-"], [role="alert"]');
    first?.scrollIntoView({ block: "center" });
  }, [failed]);

  async function run(): Promise<void> {
    if (asJson && "error" in parsed) return;
    setBusy(true);
    try {
      await start(asJson && "value" in parsed ? parsed.value : inputs);
      onClose();
    } catch (error) {
      setFailed(error);
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
          </>
        ) : (
          <FormContext.Provider value={form}>
            <Fields path={["input"]} schema={schema} value={inputs} onChange={setInputs} />
          </FormContext.Provider>
        )}
        {failed !== null && (
          <p role="alert" className="mt-3 text-sm text-danger" data-testid="run-refused">
            {describeError(failed)} {wrong?.message}
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

function surroundings(root: Schema, failed: unknown): FormSurroundings {
  const errors = failed instanceof ApiError ? failed.errors : [];
  const problems = errors.map(
    (error): Problem => ({
      severity: "error",
      code: error.code,
      message: error.message,
      field: error.path.replace(/^\/inputs/, "/input"),
    }),
  );
  return { root, nodeType: "", problems, names: () => new Map(), place: null, templates: false, prefix: "" };
}
