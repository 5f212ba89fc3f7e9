"use client";

/** Validation of the draft, a moment after each change, put at the nodes it speaks of. */

import { useEffect } from "react";
import type { StoreApi } from "zustand";
import { ApiError, plainWords, pointerSegments } from "@/api/problem";
import type { GraphIssue, Validation } from "@/api/types";
import { labelOf } from "@/canvas/fields";
import type { OverlayStore, Problem } from "@/canvas/flow/overlay";
import { type Graph, type NodeType, type NodeTypes, nodeById, type Schema } from "@/canvas/graph";
import { schemaUnder, withoutNull } from "@/canvas/schema";
import type { EditorState } from "../store/editor";
import { validateGraph } from "./draft";

const DELAY_MS = 400;
/** Problems that speak of no node. */
export const OF_THE_GRAPH = "";

export function problemsByNode(graph: Graph, validation: Validation): Map<string, Problem[]> {
  const found = new Map<string, Problem[]>();
  const take = (severity: Problem["severity"], issues: GraphIssue[]) => {
    for (const issue of issues) {
      const { node, field } = placeOf(graph, issue);
      const list = found.get(node) ?? [];
      list.push({
        severity,
        code: issue.code,
        message: plainWords(issue.message),
        field,
        suggestion: issue.suggestion,
      });
      found.set(node, list);
    }
  };
  take("error", validation.errors);
  take("warning", validation.warnings);
  return found;
}

/** The first node that a refusal of a draft speaks of, and what is wrong there, by what node and field are called. */
export function firstAtNode(
  graph: Graph,
  error: unknown,
  types: NodeTypes,
): { node: string; message: string } | null {
  for (const issue of error instanceof ApiError ? error.errors : []) {
    const { node, field } = placeOf(graph, issue);
    const found = nodeById(graph, node);
    if (!found) continue;
    const called = [found.name || node, ...fieldLabels(field, types.get(found.type))].join(", ");
    return { node, message: `${called}: ${issue.message}` };
  }
  return null;
}

/** What the panel calls each part of a field: `/config/cases/0/id` gives `["Cases", "1", "ID"]`. */
function fieldLabels(field: string, type: NodeType | undefined): string[] {
  const [part, ...names] = pointerSegments(field);
  const root = (part === "policy" ? type?.policy_schema : part === "config" && type?.config_schema) || {};
  let schema: Schema = root;
  return names.map((name) => {
    const named = schema.properties?.[name] !== undefined;
    const index = schema.type === "array" ? Number(name) : null;
    schema = withoutNull(schemaUnder(schema, index ?? name, root), root).schema;
    if (named) return labelOf(name, schema);
    return index === null ? name : String(index + 1);
  });
}

function placeOf(graph: Graph, issue: Pick<GraphIssue, "path" | "node">): { node: string; field: string } {
  const [, index, field] = /^\/graph\/nodes\/(\d+)(\/.*)?$/.exec(issue.path) ?? [];
  const node = issue.node ?? (index === undefined ? undefined : graph.nodes[Number(index)]?.id);
  return { node: node ?? OF_THE_GRAPH, field: field ?? "" };
}

export function useProblems(editor: StoreApi<EditorState>, overlay: OverlayStore): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking: AbortController | undefined;
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const { graph } = editor.getState();
      const { signal } = asking;
      try {
        const validation = await validateGraph(graph, signal);
        if (!signal.aborted) overlay.setState({ problems: problemsByNode(graph, validation) });
      } catch {
        // Without an answer the last known problems stay; saving and running tell what is wrong.
      }
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), DELAY_MS);
    };
    later();
    const stop = editor.subscribe((state, before) => {
      if (state.graph !== before.graph) later();
    });
    return () => {
      stop();
      clearTimeout(timer);
      asking?.abort();
    };
  }, [editor, overlay]);
}
