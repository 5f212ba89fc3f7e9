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

const EMPTY: Schema = {};

export function PolicyForm({ node }: { node: GraphNode }) {
  const { store, overlay, types } = useEditor();
  const schema = types.get(node.type)?.policy_schema ?? EMPTY;
  const problems = useStore(overlay, (state) => state.problems.get(node.id));
  const form = useMemo<FormSurroundings>(
    () => ({
      root: schema,
      nodeType: "",
      problems: problems ?? [],
      names: () => new Map(),
      place: null,
      templates: false,
      prefix: "/policy",
    }),
    [schema, problems],
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
          schema={schema}
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
