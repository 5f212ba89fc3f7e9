/** A container on the canvas: a frame that holds its children. */

import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import type { FlowNode } from "./elements";
import { useNodeState } from "./overlay";
import { SourcePorts, TargetPort } from "./ports";
import { CardFrame, CardHeader, useHandlesOf } from "./step-card";

export const ContainerCard = memo(function ContainerCard({ id, data, selected }: NodeProps<FlowNode>) {
  const { node, ports } = data;
  const state = useNodeState(id);
  useHandlesOf(id, ports);
  return (
    <CardFrame node={node} state={state} selected={selected} className="bg-muted/60">
      <div className="rounded-t-md border-b bg-surface">
        <CardHeader node={node} state={state} />
      </div>
      <TargetPort node={node} />
      <SourcePorts node={node} ports={ports} />
    </CardFrame>
  );
});
