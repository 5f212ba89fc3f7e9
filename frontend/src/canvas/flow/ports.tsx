/** A node's connection points. */

import { Handle, Position } from "@xyflow/react";
import { cn } from "@/lib/classes";
import { HEADER_HEIGHT, PORT_HEIGHT } from "../geometry";
import { COMPENSATE_PORT, ERROR_PORT, type GraphNode } from "../graph";
import { TARGET_HANDLE } from "./elements";
import { useCanvas } from "./overlay";

const dot = "!size-3 !rounded-full !border-2 !border-surface !bg-border-strong hover:!bg-accent";

export function TargetPort({ node }: { node: GraphNode }) {
  const { readOnly } = useCanvas();
  if (node.type === "start") return null;
  return (
    <Handle
      type="target"
      position={Position.Left}
      id={TARGET_HANDLE}
      isConnectable={!readOnly}
      style={{ top: HEADER_HEIGHT / 2 }}
      className={dot}
      data-testid={`port-${node.id}-in`}
    />
  );
}

export function SourcePorts({ node, ports }: { node: GraphNode; ports: string[] }) {
  const { readOnly, addBehind } = useCanvas();
  const single = ports.length === 1;
  return ports.map((port, index) => {
    const top = single ? HEADER_HEIGHT / 2 : HEADER_HEIGHT + index * PORT_HEIGHT + PORT_HEIGHT / 2;
    return (
      <span key={port}>
        {!single && (
          <span
            className={cn(
              "pointer-events-none absolute right-3 max-w-40 -translate-y-1/2 truncate text-xs",
              port === ERROR_PORT ? "text-danger" : "text-muted-foreground",
            )}
            style={{ top }}
          >
            {port}
          </span>
        )}
        <Handle
          type="source"
          position={Position.Right}
          id={port}
          isConnectable={!readOnly}
          style={{ top }}
          className={cn(
            dot,
            port === ERROR_PORT && "!rounded-none !bg-danger",
            port === COMPENSATE_PORT && "!rounded-none !bg-warning",
          )}
          title={readOnly ? port : `${port}: drag to connect, double-click to add a node`}
          onDoubleClick={(event) => {
            event.stopPropagation();
            addBehind?.(node.id, port);
          }}
          data-testid={`port-${node.id}-${port}`}
        />
      </span>
    );
  });
}
