/** An edge: its line, what the run made of it, and `+` to put a node on it. */

import { BaseEdge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo, useState } from "react";
import { COMPENSATE_PORT, ERROR_PORT, edgeId, portOf } from "../graph";
import type { FlowEdge } from "./elements";
import { useCanvas, useEdgeState } from "./overlay";

const STROKE = {
  pending: "var(--border-strong)",
  active: "var(--accent)",
  taken: "var(--success)",
  dead: "var(--border-strong)",
} as const;

export const EdgeLine = memo(function EdgeLine(props: EdgeProps<FlowEdge>) {
  const { data, selected, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const edge = data?.edge ?? { source: props.source, target: props.target };
  const state = useEdgeState(edge);
  const [hovered, setHovered] = useState(false);
  const { readOnly, insertOn } = useCanvas();
  const [path, labelX, labelY] = getBezierPath({
    sourceX,
    sourceY,
    sourcePosition,
    targetX,
    targetY,
    targetPosition,
  });
  const port = portOf(edge);
  const dashed = state === "dead" || port === COMPENSATE_PORT;
  const stroke = selected
    ? "var(--accent)"
    : state === "pending" && port === ERROR_PORT
      ? "var(--danger)"
      : STROKE[state];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only shows what selecting shows too
    <g
      onMouseEnter={() => setHovered(true)}
      onMouseLeave={() => setHovered(false)}
      data-testid={`edge-${edgeId(edge)}`}
      data-state={state}
    >
      <BaseEdge
        path={path}
        interactionWidth={24}
        style={{
          stroke,
          strokeWidth: selected || state === "active" || state === "taken" ? 2.5 : 1.5,
          strokeDasharray: dashed ? "5 4" : undefined,
        }}
      />
      {!readOnly && insertOn && port !== COMPENSATE_PORT && (hovered || selected) && (
        // biome-ignore lint/a11y/useSemanticElements: a button element cannot stand inside of an SVG
        <g
          role="button"
          tabIndex={0}
          aria-label={`Insert a node between ${edge.source} and ${edge.target}`}
          className="cursor-pointer"
          transform={`translate(${labelX}, ${labelY})`}
          data-testid={`insert-${edgeId(edge)}`}
          onClick={(event) => {
            event.stopPropagation();
            insertOn(edge);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === " ") insertOn(edge);
          }}
        >
          <circle r={10} fill="var(--surface)" stroke="var(--accent)" strokeWidth={1.5} />
          <path d="M-4 0H4M0 -4V4" stroke="var(--accent)" strokeWidth={1.5} strokeLinecap="round" />
        </g>
      )}
    </g>
  );
});
