"use client";

/** How a node is run, beside what it does: time, tries, errors; and its note, and whether it is disabled. */

import { useMemo } from "react";
import { useStore } from "zustand";
import { setFields } from "@/canvas/edit";
import type { GraphNode, JsonObject, Policy, Schema } from "@/canvas/graph";
import { Checkbox } from "@/ui/checkbox";
import { Textarea } from "@/ui/input";
import { Fields } from "./config/collections";
import { FormContext, type FormSurroundings } from "./config/surroundings";
import { useEditor } from "./context";

const RETRY: Schema = {
  type: "object",
  title: "Retry",
  additionalProperties: false,
  properties: {
    max_attempts: { type: "integer", title: "Attempts in all", minimum: 1, maximum: 100, default: 1 },
    delay_s: { type: "number", title: "First delay, seconds", minimum: 0, default: 1 },
    factor: { type: "number", title: "Each delay times", minimum: 1, default: 2 },
    max_delay_s: { type: "number", title: "Longest delay, seconds", minimum: 0, default: 30 },
    jitter: { type: "number", title: "Jitter, share of the delay", minimum: 0, maximum: 1, default: 0.2 },
    on: {
      type: "array",
      title: "Only on these",
      description: "Error types and HTTP numbers in place of the usual list, as JSON.",
      "x-literal": true,
    },
  },
};

const POLICY: Schema = {
  type: "object",
  properties: {
    timeout_s: { type: "number", title: "Timeout, seconds", exclusiveMinimum: 0 },
    on_error: {
      enum: ["fail", "continue", "branch"],
      title: "On error",
      description:
        "fail: the run fails. continue: goes on with the error or the default output. branch: takes the port error.",
    },
    default_output: {
      title: "Default output",
      "x-literal": true,
      description: "With continue: the output in place of the error, as JSON.",
    },
    retry: RETRY,
  },
};

export function PolicyForm({ node }: { node: GraphNode }) {
  const { store, overlay } = useEditor();
  const problems = useStore(overlay, (state) => state.problems.get(node.id));
  const form = useMemo<FormSurroundings>(
    () => ({
      root: POLICY,
      nodeType: "",
      problems: problems ?? [],
      names: () => new Map(),
      place: null,
      templates: false,
      prefix: "/policy",
    }),
    [problems],
  );
  const change = (fields: Partial<GraphNode>, key?: string) => {
    const { graph, edit } = store.getState();
    edit(setFields(graph, node.id, fields), key);
  };
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center gap-2 text-sm font-medium">
        <Checkbox
          id={`disabled-${node.id}`}
          checked={node.disabled === true}
          disabled={node.type === "start"}
          onCheckedChange={(checked) => change({ disabled: checked === true || undefined })}
          data-testid="node-disabled"
        />
        <label htmlFor={`disabled-${node.id}`}>Disabled: passed over in runs</label>
      </div>
      <FormContext.Provider value={form}>
        <Fields
          path={[]}
          schema={POLICY}
          value={(node.policy ?? {}) as JsonObject}
          onChange={(policy) => change({ policy: withoutEmpty(policy) }, `policy ${node.id}`)}
        />
      </FormContext.Provider>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the text area is inside of it */}
      <label className="flex flex-col gap-1 text-sm font-medium">
        Note
        <Textarea
          value={node.note ?? ""}
          maxLength={10_000}
          onChange={(event) => change({ note: event.target.value || undefined }, `note ${node.id}`)}
          data-testid="node-note"
        />
      </label>
    </div>
  );
}

/** Parts that say nothing are left out; a policy that says nothing is. */
function withoutEmpty(policy: JsonObject): Policy | undefined {
  const kept = Object.entries(policy).filter(
    ([_name, value]) => !(typeof value === "object" && value !== null && Object.keys(value).length === 0),
  );
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as Policy);
}
