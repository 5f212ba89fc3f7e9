/** Which part of the graph is in sight. */

import { type ReactFlowInstance, useStore, useStoreApi } from "@xyflow/react";
import { useCallback, useEffect, useRef } from "react";
import type { FlowEdge, FlowNode } from "./elements";

export const FIT = { maxZoom: 1, padding: 0.08 };

/** What stood in the middle stays there when a panel below takes its part of the height. */
export function useSteadyMiddle(flow: ReactFlowInstance<FlowNode, FlowEdge>): void {
  const height = useStore((state) => state.height);
  const before = useRef(0);
  useEffect(() => {
    const by = before.current === 0 ? 0 : (height - before.current) / 2;
    before.current = height;
    if (by === 0) return;
    const view = flow.getViewport();
    void flow.setViewport({ ...view, y: view.y + by });
  }, [height, flow]);
}

/** The selected node is brought into view: it may be far away, or under the panel that it opened. */
export function useReveal(selection: ReadonlySet<string>, flow: ReactFlowInstance<FlowNode, FlowEdge>): void {
  const { width, height } = useViewSize();
  const size = useRef({ width, height });
  size.current = { width, height };
  useEffect(() => {
    const [id] = selection;
    if (id === undefined || selection.size !== 1) return;
    // The node may have been added together with the selection, and its panel narrows the canvas: both take a moment.
    const timer = setTimeout(() => {
      const node = flow.getInternalNode(id);
      if (!node) return;
      const { x, y } = node.internals.positionAbsolute;
      const view = flow.getViewport();
      const box = { width: (node.width ?? 0) * view.zoom, height: (node.height ?? 0) * view.zoom };
      const dx = shift(x * view.zoom + view.x, box.width, size.current.width);
      const right = x * view.zoom + view.x + dx + box.width;
      const covered = mapShown(size.current.height) && right > size.current.width - MAP.width;
      const dy = shift(y * view.zoom + view.y, box.height, size.current.height - (covered ? MAP.height : 0));
      if (dx === 0 && dy === 0) return;
      void flow.setViewport({ ...view, x: view.x + dx, y: view.y + dy }, { duration: 150 });
    }, 80);
    return () => clearTimeout(timer);
  }, [selection, flow]);
}

const ROOM_FOR_MAP = 520;
/** What the map covers of the corner on the right. */
const MAP = { width: 230, height: 180 };

/** Whether the map of the whole is shown: where it hides little of the canvas. */
export function mapShown(height: number): boolean {
  return height >= ROOM_FOR_MAP && matchMedia("(min-width: 768px)").matches;
}

/** How many nodes of the top level are wholly out of sight. */
export function useHiddenNodes(): number {
  return useStore(({ nodeLookup, transform: [x, y, zoom], width, height }) => {
    if (width === 0 || height === 0) return 0;
    let hidden = 0;
    for (const node of nodeLookup.values()) {
      if (node.parentId !== undefined) continue;
      const left = node.internals.positionAbsolute.x * zoom + x;
      const top = node.internals.positionAbsolute.y * zoom + y;
      const right = left + (node.width ?? 0) * zoom;
      const bottom = top + (node.height ?? 0) * zoom;
      if (right <= 0 || left >= width || bottom <= 0 || top >= height) hidden += 1;
    }
    return hidden;
  });
}

const MARGIN = 48;
/** Below it the text on the cards cannot be read. */
const READABLE_ZOOM = 0.7;

/** Shows the whole graph where it stays readable, else its beginning: the left edge, at the height of its first node. */
export function useShowGraph(): (flow: ReactFlowInstance<FlowNode, FlowEdge>, duration: number) => void {
  const store = useStoreApi();
  return useCallback(
    (flow, duration) => {
      const { width, height } = store.getState();
      const nodes = flow.getNodes();
      const bounds = flow.getNodesBounds(nodes);
      const whole = Math.min(width / bounds.width, height / bounds.height) * (1 - 2 * FIT.padding);
      const tops = nodes.filter((node) => node.parentId === undefined);
      const [first, ...others] = tops;
      if (!first || whole >= READABLE_ZOOM) {
        void flow.fitView({ ...FIT, duration });
        return;
      }
      const left = others.reduce((best, node) => (node.position.x < best.position.x ? node : best), first);
      const zoom = READABLE_ZOOM;
      const fits = bounds.height * zoom + 2 * MARGIN <= height;
      const middle = fits ? bounds.y + bounds.height / 2 : left.position.y + (left.height ?? 0) / 2;
      void flow.setViewport(
        { zoom, x: MARGIN - bounds.x * zoom, y: height / 2 - middle * zoom },
        { duration },
      );
    },
    [store],
  );
}

/** How far a stretch has to move to be seen whole, with a margin; 0 where it is. */
function shift(from: number, length: number, size: number): number {
  if (from >= 0 && from + length <= size) return 0;
  const fits = length + 2 * MARGIN <= size;
  return from < 0 || !fits ? MARGIN - from : size - MARGIN - (from + length);
}

function useViewSize(): { width: number; height: number } {
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  return { width, height };
}

/** Moves the focus to a node on the canvas. */
export function focusCard(node: string): void {
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node)}"]`)?.focus();
}
