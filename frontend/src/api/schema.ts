/**
 * The REST contract in the shape that openapi-typescript writes.
 * `npm run api` replaces this file by what it generates from `openapi.json`.
 */

export interface components {
  schemas: {
    FieldError: { path: string; code: string; message: string; node?: string; suggestion?: string };
    Problem: {
      type: string;
      title: string;
      status: number;
      detail: string;
      code: string;
      request_id: string;
      errors?: components["schemas"]["FieldError"][];
    };

    AuthStatus: { setup_required: boolean; setup_token_required: boolean; signup: "closed" | "open" };
    User: { id: string; email: string; name: string; created_at?: string };
    Workspace: { id: string; name: string; role?: string; created_at?: string };
    Session: {
      user: components["schemas"]["User"];
      workspace: components["schemas"]["Workspace"];
      access_token: string;
      token_type: string;
      expires_in: number;
    };
    Me: {
      user: components["schemas"]["User"];
      workspace: components["schemas"]["Workspace"];
      role?: string;
      permissions?: string[];
    };
    ApiKey: {
      id: string;
      name: string;
      prefix: string;
      scopes: string[];
      expires_at: string | null;
      last_used_at: string | null;
      revoked_at?: string | null;
      created_at: string;
    };
    CreatedApiKey: components["schemas"]["ApiKey"] & { key: string };
    Variable: { id: string; name: string; value: unknown; revision: number; updated_at: string };

    Position: { x: number; y: number };
    RetryPolicy: {
      max_attempts?: number;
      delay_s?: number;
      factor?: number;
      max_delay_s?: number;
      jitter?: number;
      on?: (string | number)[] | null;
    };
    NodePolicy: {
      timeout_s?: number | null;
      retry?: components["schemas"]["RetryPolicy"];
      on_error?: "fail" | "continue" | "branch";
      default_output?: unknown;
      effect?: "pure" | "read" | "write";
      compensate?: "completed" | "started";
      cache?: { ttl_s: number } | null;
    };
    GraphNode: {
      id: string;
      type: string;
      name?: string | null;
      config?: Record<string, unknown>;
      policy?: components["schemas"]["NodePolicy"];
      parent?: string | null;
      disabled?: boolean;
      pinned_output?: unknown;
      pinned_port?: string | null;
      note?: string;
      position?: components["schemas"]["Position"];
      type_version?: number | null;
    };
    GraphEdge: { source: string; source_port?: string; target: string };
    Graph: { nodes: components["schemas"]["GraphNode"][]; edges: components["schemas"]["GraphEdge"][] };
    NodeType: {
      type: string;
      title: string;
      description: string;
      category: string;
      icon: string;
      version: number;
      effect: string;
      ports: string[];
      container: boolean;
      config_schema: Record<string, unknown>;
      output_schema: Record<string, unknown> | null;
      ui: Record<string, unknown>;
      retry_defaults: components["schemas"]["RetryPolicy"] | null;
    };

    WorkflowSettings: {
      durability?: "async" | "sync";
      limits?: {
        max_duration_s?: number | null;
        max_node_runs?: number | null;
        max_tokens?: number | null;
        max_cost_usd?: number | null;
      };
      variables?: Record<string, unknown>;
      concurrency?: { key?: string; limit: number; policy: "queue" | "reject" | "cancel_running" } | null;
      error_workflow_id?: string | null;
    };
    WorkflowSummary: {
      id: string;
      name: string;
      description: string;
      tags: string[];
      settings: components["schemas"]["WorkflowSettings"];
      revision: number;
      published_version: number | null;
      created_at: string;
      updated_at: string;
    };
    Workflow: components["schemas"]["WorkflowSummary"] & { graph: components["schemas"]["Graph"] };
    WorkflowDraft: {
      name: string;
      description?: string;
      tags?: string[];
      graph?: components["schemas"]["Graph"];
      settings?: components["schemas"]["WorkflowSettings"];
    };
    WorkflowPatch: {
      name?: string;
      description?: string;
      tags?: string[];
      settings?: components["schemas"]["WorkflowSettings"];
    };
    WorkflowVersion: {
      id: string;
      workflow_id: string;
      version: number;
      note: string;
      graph: components["schemas"]["Graph"];
      warnings: components["schemas"]["GraphIssue"][];
      created_at: string;
      created_by: string;
    };
    GraphIssue: {
      path: string;
      node?: string | null;
      code: string;
      message: string;
      suggestion?: string | null;
    };
    Validation: {
      valid: boolean;
      errors: components["schemas"]["GraphIssue"][];
      warnings: components["schemas"]["GraphIssue"][];
    };
    ImportResult: {
      workflow: components["schemas"]["Workflow"];
      report: { node: string | null; status: string; message: string }[];
    };

    Usage: { prompt_tokens: number; completion_tokens: number; cost_usd: number | null };
    Blob: { $blob: string; size: number; preview: string };
    NodeError: {
      type: string;
      message: string;
      node?: string | null;
      path?: string | null;
      attempt?: number | null;
      retryable?: boolean;
      details?: Record<string, unknown>;
    };
    ExecutionStatus: "queued" | "running" | "waiting" | "paused" | "completed" | "failed" | "cancelled";
    NodeStatus:
      | "running"
      | "retrying"
      | "waiting"
      | "completed"
      | "failed"
      | "skipped"
      | "reused"
      | "cancelled";
    ExecutionNode: {
      path: string;
      node: string;
      type: string | null;
      status: components["schemas"]["NodeStatus"];
      attempt: number;
      started_at: string | null;
      duration_ms: number | null;
      port: string | null;
      output: unknown;
      error: components["schemas"]["NodeError"] | null;
      usage: components["schemas"]["Usage"] | null;
      progress?: { done: number; total: number | null } | null;
    };
    ExecutionSummary: {
      id: string;
      workflow_id: string | null;
      version: number | "draft";
      status: components["schemas"]["ExecutionStatus"];
      error: components["schemas"]["NodeError"] | null;
      usage: components["schemas"]["Usage"];
      trigger: { type: string; id?: string | null };
      labels: Record<string, string>;
      created_at: string;
      started_at: string | null;
      finished_at: string | null;
      compensation: "running" | "done" | "partial" | null;
      pausing: boolean;
      retry_of: string | null;
      forked_from: string | null;
      parent: string | null;
      last_sequence: number;
    };
    Execution: components["schemas"]["ExecutionSummary"] & {
      inputs: unknown;
      outputs: unknown;
      graph_hash?: string;
      waiting_for: {
        path: string;
        kind: string;
        until?: string | null;
        message?: string | null;
        form_schema?: Record<string, unknown> | null;
        url?: string | null;
      }[];
      nodes: components["schemas"]["ExecutionNode"][];
    };
    ExecutionEvent: {
      execution_id: string;
      sequence: number;
      type: string;
      at: string;
      node?: string | null;
      path?: string | null;
      epoch?: number;
      data: Record<string, unknown>;
    };
    RunRequest: {
      inputs?: unknown;
      mode?: "wait" | "stream" | "background";
      version?: number | "latest" | "draft";
      wait_timeout_s?: number;
      durability?: "async" | "sync";
      limits?: Record<string, number>;
      priority?: number;
      labels?: Record<string, string>;
      pinned?: Record<string, unknown>;
      reuse?: { execution: string; writes?: "reuse" | "run" };
    };

    Credential: {
      id: string;
      name: string;
      type: string;
      allowed_hosts: string[];
      revision?: number;
      created_at: string;
      updated_at: string;
    };
    CredentialTest: { ok: boolean; message: string; status?: number | null; models?: string[] | null };
  };
}

type Schemas = components["schemas"];

interface Json<T> {
  content: { "application/json": T };
}
interface Refused {
  content: { "application/problem+json": Schemas["Problem"] };
}
interface Empty {
  content?: never;
}
interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

interface Parameters<Query = never, Path = never, Header = never> {
  query?: Query;
  path: Path;
  header?: Header;
  cookie?: never;
}
interface QueryOnly<Query> {
  parameters: { query?: Query; path?: never; header?: never; cookie?: never };
}
interface Plain {
  parameters: { query?: never; path?: never; header?: never; cookie?: never };
}
interface ById<Query = never> {
  parameters: Parameters<Query, { id: string }>;
}
interface ByRevision {
  parameters: { query?: never; path: { id: string }; header: { "If-Match": string }; cookie?: never };
}
interface Body<T> {
  requestBody: Json<T>;
}
interface OptionalBody<T> {
  requestBody?: Json<T>;
}
interface Answers<T, Status extends number = 200> {
  responses: { [status in Status]: { headers: Record<string, unknown> } & Json<T> } & {
    default: { headers: Record<string, unknown> } & Refused;
  };
}
interface AnswersEmpty {
  responses: {
    204: { headers: Record<string, unknown> } & Empty;
    default: { headers: Record<string, unknown> } & Refused;
  };
}

interface Paging {
  limit?: number;
  cursor?: string;
}
interface Started {
  execution: Schemas["Execution"];
}

export interface paths {
  "/api/v1/auth/status": { get: Plain & Answers<Schemas["AuthStatus"]> };
  "/api/v1/auth/setup": {
    post: Plain &
      Body<{ email: string; password: string; name: string; setup_token?: string }> &
      Answers<Schemas["Session"], 201>;
  };
  "/api/v1/auth/login": {
    post: Plain & Body<{ email: string; password: string }> & Answers<Schemas["Session"]>;
  };
  "/api/v1/auth/logout": { post: Plain & AnswersEmpty };
  "/api/v1/auth/me": { get: Plain & Answers<Schemas["Me"]> };

  "/api/v1/api-keys": {
    get: QueryOnly<Paging> & Answers<Page<Schemas["ApiKey"]>>;
    post: Plain &
      Body<{ name: string; scopes: string[]; expires_at?: string | null }> &
      Answers<Schemas["CreatedApiKey"], 201>;
  };
  "/api/v1/api-keys/{id}": { delete: ById & AnswersEmpty };
  "/api/v1/variables": {
    get: QueryOnly<Paging> & Answers<Page<Schemas["Variable"]>>;
    post: Plain & Body<{ name: string; value: unknown }> & Answers<Schemas["Variable"], 201>;
  };
  "/api/v1/variables/{id}": {
    patch: ById & Body<{ value: unknown }> & Answers<Schemas["Variable"]>;
    delete: ById & AnswersEmpty;
  };

  "/api/v1/workflows": {
    get: QueryOnly<Paging & { q?: string; tag?: string }> & Answers<Page<Schemas["WorkflowSummary"]>>;
    post: Plain & Body<Schemas["WorkflowDraft"]> & Answers<Schemas["Workflow"], 201>;
  };
  "/api/v1/workflows/{id}": {
    get: ById & Answers<Schemas["Workflow"]>;
    put: ByRevision & Body<Schemas["WorkflowDraft"]> & Answers<Schemas["Workflow"]>;
    patch: ByRevision & Body<Schemas["WorkflowPatch"]> & Answers<Schemas["Workflow"]>;
    delete: ByRevision & AnswersEmpty;
  };
  "/api/v1/workflows/{id}/duplicate": { post: ById & Answers<Schemas["Workflow"], 201> };
  "/api/v1/workflows/{id}/restore": { post: ById & Answers<Schemas["Workflow"]> };
  "/api/v1/workflows/validate": {
    post: Plain & Body<{ graph: Schemas["Graph"] }> & Answers<Schemas["Validation"]>;
  };
  "/api/v1/workflows/{id}/publish": {
    post: ById & OptionalBody<{ note?: string }> & Answers<Schemas["WorkflowVersion"], 201>;
  };
  "/api/v1/workflows/{id}/versions": {
    get: ById<Paging> & Answers<Page<Omit<Schemas["WorkflowVersion"], "graph">>>;
  };
  "/api/v1/workflows/{id}/versions/{version}": {
    get: { parameters: Parameters<never, { id: string; version: number }> } & Answers<
      Schemas["WorkflowVersion"]
    >;
  };
  "/api/v1/workflows/{id}/runs": {
    post: {
      parameters: {
        query?: never;
        path: { id: string };
        header?: { "Idempotency-Key"?: string };
        cookie?: never;
      };
    } & Body<Schemas["RunRequest"]> &
      Answers<Started, 200 | 202>;
  };
  "/api/v1/workflows/{id}/nodes/{node}/run": {
    post: { parameters: Parameters<never, { id: string; node: string }> } & Body<{
      inputs?: unknown;
      upstream?: Record<string, unknown>;
    }> &
      Answers<Started>;
  };
  "/api/v1/node-types": { get: Plain & Answers<Page<Schemas["NodeType"]>> };
  "/api/v1/expressions/evaluate": {
    post: Plain &
      Body<{
        expression?: string;
        template?: string;
        scope?: Record<string, unknown>;
        execution?: string;
        node?: string;
      }> &
      Answers<{ value?: unknown; undefined?: boolean; error?: Schemas["NodeError"] | null }>;
  };

  "/api/v1/executions": {
    get: QueryOnly<Paging & { workflow_id?: string; status?: string; since?: string; label?: string }> &
      Answers<Page<Schemas["ExecutionSummary"]>>;
  };
  "/api/v1/executions/{id}": { get: ById & Answers<Schemas["Execution"]>; delete: ById & AnswersEmpty };
  "/api/v1/executions/{id}/nodes": {
    get: ById<Paging & { under: string }> & Answers<Page<Schemas["ExecutionNode"]>>;
  };
  "/api/v1/executions/{id}/events": {
    get: ById<Paging & { after?: number; depth?: number }> & Answers<Page<Schemas["ExecutionEvent"]>>;
  };
  "/api/v1/executions/{id}/blobs/{sha}": {
    get: { parameters: Parameters<never, { id: string; sha: string }> } & Answers<unknown>;
  };
  "/api/v1/executions/{id}/cancel": { post: ById & Answers<Started, 202> };
  "/api/v1/executions/{id}/pause": { post: ById & Answers<Started, 202> };
  "/api/v1/executions/{id}/resume": { post: ById & Answers<Started, 202> };
  "/api/v1/executions/{id}/retry": {
    post: ById & OptionalBody<{ version?: number | "latest" | "draft" }> & Answers<Started, 202>;
  };
  "/api/v1/executions/{id}/fork": {
    post: ById &
      Body<{
        from_node: string;
        patch?: {
          inputs?: unknown;
          outputs?: Record<string, unknown>;
          config?: Record<string, Record<string, unknown>>;
        };
        version?: number | "latest" | "draft";
      }> &
      Answers<Started, 202>;
  };
  "/api/v1/executions/{id}/signals/{path}": {
    post: { parameters: Parameters<never, { id: string; path: string }> } & Body<{
      decision?: string;
      data?: unknown;
    }> &
      Answers<unknown, 202>;
  };

  "/api/v1/credentials": {
    get: QueryOnly<Paging> & Answers<Page<Schemas["Credential"]>>;
    post: Plain &
      Body<{ name: string; type: string; data: Record<string, unknown>; allowed_hosts?: string[] }> &
      Answers<Schemas["Credential"], 201>;
  };
  "/api/v1/credentials/{id}": { delete: ById & AnswersEmpty };
  "/api/v1/credentials/{id}/test": { post: ById & Answers<Schemas["CredentialTest"]> };
}
