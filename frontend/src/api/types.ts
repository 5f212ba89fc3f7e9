/** The shapes of the REST contract under the names that the app uses. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type { Graph } from "@/canvas/graph";
export type {
  Blob,
  ExecutionEvent,
  ExecutionStatus,
  GraphIssue,
  NodeError,
  NodeStatus,
} from "./narrow";

export type Problem = Schemas["Problem"];
export type FieldError = Schemas["FieldError"];

export type AuthStatus = Schemas["StatusOut"];
export type Me = Schemas["MeOut"];
export type ApiKey = Schemas["ApiKeyOut"];
export type Variable = Schemas["VariableOut"];

export type WorkflowSummary = Schemas["WorkflowSummaryResource"];
export type WorkflowVersion = Schemas["VersionResource"];
export type TemplateSummary = Schemas["TemplateSummaryResource"];
export type Share = Schemas["ShareResource"];
export type SharedWorkflow = Schemas["SharedResource"];
export type Validation = Schemas["ValidationResource"];
export type ImportResult = Schemas["ImportResource"];

export type Execution = Schemas["ExecutionDetails"];
export type ExecutionSummary = Schemas["ExecutionSummary"];
export type ExecutionNode = Schemas["NodeDetails"];

export type Credential = Schemas["CredentialView"];
