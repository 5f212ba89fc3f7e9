"use client";

/** The canvas: React Flow over a graph. Dragging moves a copy; the graph changes when the drag ends. */

import "@xyflow/react/dist/style.css";
import "./canvas.css";
import {
  applyNodeChanges,
  Background,
  type Connection,
  Controls,
  type EdgeChange,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  Panel,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  useStore,
} from "@xyflow/react";
import { Maximize } from "lucide-react";
import { type DragEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import type { Refusal } from "../connect";
import { GRID } from "../geometry";
import type { Graph, GraphEdge, NodeTypes, Position } from "../graph";
import { ContainerCard } from "./container-card";
import { EdgeLine } from "./edge-line";
import { type FlowEdge, type FlowNode, TARGET_HANDLE, toFlowEdges, toFlowNodes } from "./elements";
import { CanvasContext, type CanvasSurroundings, type OverlayStore } from "./overlay";
import { StepCard } from "./step-card";
import { FIT, mapShown, useHiddenNodes, useReveal, useShowGraph, useSteadyMiddle } from "./view";

export const DRAGGED_TYPE = "application/x-weft-node-type";
const NODE_TYPES = { step: StepCard, container: ContainerCard };
const EDGE_TYPES = { flow: EdgeLine };
const SNAP: [number, number] = [GRID, GRID];
const SEVERAL = ["Shift", "Meta", "Control"];
const NOTHING: ReadonlySet<string> = new Set();

export interface CanvasActions {
  select: (nodes: ReadonlySet<string>, edges: ReadonlySet<string>) => void;
  /** The drag ended. `at` is the middle of the dragged node on the canvas, or null for moves by keyboard. */
  move: (places: ReadonlyMap<string, Position>, at: Position | null) => void;
  connect: (edge: GraphEdge) => void;
  refusal: (edge: GraphEdge) => Refusal | null;
  refused: (refusal: Refusal) => void;
  /** A connection was let go over empty canvas. */
  addBehind: (source: { id: string; port: string }, at: Position | null) => void;
  insertOn: (edge: GraphEdge) => void;
  dropType: (type: string, at: Position) => void;
}

export interface FlowCanvasProps {
  graph: Graph;
  types: NodeTypes;
  overlay: OverlayStore;
  selection?: ReadonlySet<string>;
  edgeSelection?: ReadonlySet<string>;
  /** Without actions the canvas is read-only. */
  actions?: CanvasActions;
  onNodeClick?: (id: string | null) => void;
  /** Another number: all nodes have moved, so the whole is brought into view. */
  arranged?: number;
  label: string;
}

export function FlowCanvas(props: FlowCanvasProps) {
  return (
    <ReactFlowProvider>
      <Surface {...props} />
    </ReactFlowProvider>
  );
}

function Surface({
  graph,
  types,
  overlay,
  actions,
  onNodeClick,
  arranged = 0,
  label,
  ...chosen
}: FlowCanvasProps) {
  const selection = chosen.selection ?? NOTHING;
  const edgeSelection = chosen.edgeSelection ?? NOTHING;
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const elements = useElements(graph, types, selection, edgeSelection);
  const changes = useChanges(elements, flow, actions, selection, edgeSelection);
  const { connecting, drop } = useConnecting(actions, flow);
  const showGraph = useShowGraph();
  const clicks = useClicks(onNodeClick);
  useEffect(() => {
    if (arranged === 0) return;
    const timer = setTimeout(() => showGraph(flow, 200), 50);
    return () => clearTimeout(timer);
  }, [arranged, flow, showGraph]);
  useSteadyMiddle(flow);
  useReveal(selection, flow);
  const surroundings = useMemo<CanvasSurroundings>(
    () => ({
      overlay,
      types,
      readOnly: !actions,
      insertOn: actions?.insertOn,
      addBehind: actions && ((id, port) => actions.addBehind({ id, port }, null)),
    }),
    [overlay, types, actions],
  );
  return (
    <CanvasContext.Provider value={surroundings}>
      <section
        aria-label={label}
        className="weft-canvas h-full w-full"
        data-testid="canvas"
        onDragOver={(event) => actions && event.preventDefault()}
        onDrop={drop}
      >
        <ReactFlow<FlowNode, FlowEdge>
          nodes={elements.nodes}
          edges={elements.edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          {...changes}
          {...connecting}
          {...clicks}
          nodesDraggable={Boolean(actions)}
          nodesConnectable={Boolean(actions)}
          elementsSelectable={Boolean(actions)}
          deleteKeyCode={null}
          multiSelectionKeyCode={SEVERAL}
          selectionMode={SelectionMode.Partial}
          snapToGrid
          snapGrid={SNAP}
          connectionRadius={28}
          minZoom={0.05}
          maxZoom={2}
          onInit={(created) => showGraph(created, 0)}
          elevateNodesOnSelect={false}
          selectNodesOnDrag={false}
          zoomOnDoubleClick={false}
        >
          <Background gap={GRID * 3} />
          <Controls showInteractive={false} fitViewOptions={FIT} />
          <Overview />
          <OutOfSight onShow={() => void flow.fitView({ ...FIT, duration: 200 })} />
        </ReactFlow>
      </section>
    </CanvasContext.Provider>
  );
}

function Overview() {
  const shown = useStore((state) => mapShown(state.height));
  if (!shown) return null;
  return <MiniMap pannable zoomable ariaLabel="Map of the workflow" />;
}

/** Tells that there is more than is in sight, and brings it there. */
function OutOfSight({ onShow }: { onShow: () => void }) {
  const hidden = useHiddenNodes();
  if (hidden === 0) return null;
  return (
    <Panel position="top-right">
      <Button size="sm" onClick={onShow} data-testid="show-all">
        <Maximize aria-hidden />
        {plural(hidden, "node")} out of sight
      </Button>
    </Panel>
  );
}

interface Elements {
  nodes: FlowNode[];
  edges: FlowEdge[];
  setNodes: (change: (nodes: FlowNode[]) => FlowNode[]) => void;
  /** Puts nodes back to where the graph has them. */
  reset: () => void;
}

/** React Flow's own copy of the nodes, kept in step with the graph. */
function useElements(
  graph: Graph,
  types: NodeTypes,
  selection: ReadonlySet<string>,
  edgeSelection: ReadonlySet<string>,
): Elements {
  const [nodes, setNodes] = useState<FlowNode[]>(() => toFlowNodes(graph, types, selection, []));
  const [edges, setEdges] = useState<FlowEdge[]>(() => toFlowEdges(graph, edgeSelection, []));
  const reset = useCallback(
    () => setNodes((before) => toFlowNodes(graph, types, selection, before)),
    [graph, types, selection],
  );
  // Before the screen is painted, so that the canvas and the panel beside it never show two drafts.
  useLayoutEffect(() => reset(), [reset]);
  useLayoutEffect(
    () => setEdges((before) => toFlowEdges(graph, edgeSelection, before)),
    [graph, edgeSelection],
  );
  return { nodes, edges, setNodes, reset };
}

function useChanges(
  elements: Elements,
  flow: Pick<ReactFlowInstance<FlowNode, FlowEdge>, "getNodes">,
  actions: CanvasActions | undefined,
  selection: ReadonlySet<string>,
  edgeSelection: ReadonlySet<string>,
) {
  const dragging = useRef(false);
  const { setNodes } = elements;
  const reset = useRef(elements.reset);
  reset.current = elements.reset;
  const chosen = useRef({ nodes: selection, edges: edgeSelection });
  chosen.current = { nodes: selection, edges: edgeSelection };

  const choose = useCallback(
    (kind: "nodes" | "edges", changes: { id: string; selected: boolean }[]) => {
      if (changes.length === 0) return;
      const ids = new Set(chosen.current[kind]);
      for (const { id, selected } of changes) {
        if (selected) ids.add(id);
        else ids.delete(id);
      }
      // Node and edge changes of one click come one after the other, before the next render.
      chosen.current = { ...chosen.current, [kind]: ids };
      actions?.select(chosen.current.nodes, chosen.current.edges);
    },
    [actions],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      choose(
        "nodes",
        changes.filter((change) => change.type === "select"),
      );
      const moves = changes.filter((change) => change.type === "position");
      if (moves.length === 0) return;
      setNodes((nodes) => applyNodeChanges(moves, nodes));
      if (dragging.current) return;
      const places = moves.flatMap((move) =>
        move.position && !move.dragging ? [[move.id, move.position] as const] : [],
      );
      if (places.length > 0) actions?.move(new Map(places), null);
    },
    [actions, choose, setNodes],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<FlowEdge>[]) => {
      choose(
        "edges",
        changes.filter((change) => change.type === "select"),
      );
    },
    [choose],
  );
  const begin = useCallback(() => {
    dragging.current = true;
  }, []);
  const finish = useCallback(
    (_event: unknown, first: FlowNode | undefined, moved: FlowNode[]) => {
      dragging.current = false;
      const places = new Map(moved.map((node) => [node.id, node.position]));
      actions?.move(places, first ? middleOf(first, flow.getNodes()) : null);
      reset.current();
    },
    [actions, flow],
  );
  return useMemo(
    () => ({
      onNodesChange,
      onEdgesChange,
      onNodeDragStart: begin,
      onSelectionDragStart: begin,
      onNodeDragStop: (event: unknown, node: FlowNode, nodes: FlowNode[]) => finish(event, node, nodes),
      onSelectionDragStop: (event: unknown, nodes: FlowNode[]) => finish(event, nodes[0], nodes),
    }),
    [onNodesChange, onEdgesChange, begin, finish],
  );
}

/** The same two functions for ever: React Flow hands them to every node, and draws all of them again for another. */
function useClicks(onNodeClick: FlowCanvasProps["onNodeClick"]) {
  const latest = useRef(onNodeClick);
  latest.current = onNodeClick;
  return useMemo(
    () => ({
      onNodeClick: (_event: unknown, node: FlowNode) => latest.current?.(node.id),
      onPaneClick: () => latest.current?.(null),
    }),
    [],
  );
}

/** The middle of a node on the canvas, its containers' places added. */
function middleOf(node: FlowNode, nodes: readonly FlowNode[]): Position {
  let at = { x: (node.width ?? 0) / 2, y: (node.height ?? 0) / 2 };
  const seen = new Set<string>();
  let current: FlowNode | undefined = node;
  while (current && !seen.has(current.id)) {
    seen.add(current.id);
    at = { x: at.x + current.position.x, y: at.y + current.position.y };
    const parent: string | undefined = current.parentId;
    current = parent === undefined ? undefined : nodes.find((other) => other.id === parent);
  }
  return at;
}

function edgeOf(connection: Connection | FlowEdge): GraphEdge {
  return {
    source: connection.source,
    source_port: connection.sourceHandle ?? "out",
    target: connection.target,
  };
}

function pointOf(event: MouseEvent | TouchEvent): Position {
  const touch = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
}

function useConnecting(
  actions: CanvasActions | undefined,
  flow: { screenToFlowPosition: (at: Position) => Position },
) {
  const end = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const from = state.fromHandle;
      if (!actions || !from?.id || from.type !== "source" || state.isValid) return;
      const at = pointOf(event);
      const under = document.elementFromPoint(at.x, at.y)?.closest<HTMLElement>(".react-flow__node");
      const target = state.toNode?.id ?? under?.dataset.id;
      const source = { id: from.nodeId, port: from.id };
      if (target === undefined) {
        actions.addBehind(source, flow.screenToFlowPosition(at));
        return;
      }
      if (target === source.id) return;
      const edge = { source: source.id, source_port: source.port, target };
      const refusal = actions.refusal(edge);
      if (refusal) actions.refused(refusal);
      else actions.connect(edge);
    },
    [actions, flow],
  );
  const drop = useCallback(
    (event: DragEvent) => {
      const type = event.dataTransfer.getData(DRAGGED_TYPE);
      if (!actions || !type) return;
      event.preventDefault();
      actions.dropType(type, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
    },
    [actions, flow],
  );
  const connecting = useMemo(
    () => ({
      onConnect: (connection: Connection) => actions?.connect(edgeOf(connection)),
      onConnectEnd: end,
      isValidConnection: (connection: Connection | FlowEdge) =>
        connection.targetHandle === TARGET_HANDLE && actions?.refusal(edgeOf(connection)) === null,
    }),
    [actions, end],
  );
  return { connecting, drop };
}
