/** The shapes of the REST contract under the names that the app uses. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export type Problem = Schemas["Problem"];
export type FieldError = Schemas["FieldError"];

export type AuthStatus = Schemas["AuthStatus"];
export type Session = Schemas["Session"];
export type User = Schemas["User"];
export type Workspace = Schemas["Workspace"];
export type Me = Schemas["Me"];
export type ApiKey = Schemas["ApiKey"];
export type CreatedApiKey = Schemas["CreatedApiKey"];
export type Variable = Schemas["Variable"];

export type Position = Schemas["Position"];
export type GraphNode = Schemas["GraphNode"];
export type GraphEdge = Schemas["GraphEdge"];
export type Graph = Schemas["Graph"];
export type NodePolicy = Schemas["NodePolicy"];
export type RetryPolicy = Schemas["RetryPolicy"];
export type NodeType = Schemas["NodeType"];

export type Workflow = Schemas["Workflow"];
export type WorkflowSummary = Schemas["WorkflowSummary"];
export type WorkflowSettings = Schemas["WorkflowSettings"];
export type WorkflowVersion = Schemas["WorkflowVersion"];
export type Validation = Schemas["Validation"];
export type GraphIssue = Schemas["GraphIssue"];
export type ImportResult = Schemas["ImportResult"];

export type Execution = Schemas["Execution"];
export type ExecutionSummary = Schemas["ExecutionSummary"];
export type ExecutionStatus = Schemas["ExecutionStatus"];
export type ExecutionNode = Schemas["ExecutionNode"];
export type NodeStatus = Schemas["NodeStatus"];
export type NodeError = Schemas["NodeError"];
export type ExecutionEvent = Schemas["ExecutionEvent"];
export type RunRequest = Schemas["RunRequest"];
export type Usage = Schemas["Usage"];
export type Blob = Schemas["Blob"];

export type Credential = Schemas["Credential"];
export type CredentialTest = Schemas["CredentialTest"];
