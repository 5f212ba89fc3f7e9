/** Written by `npm run api` from openapi.json. Change the API instead. */
import type * as narrow from "./narrow";
export interface paths {
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Api Keys
         * @description The workspace's keys, newest first.
         */
        get: operations["list_api_keys_api_v1_api_keys_get"];
        put?: never;
        /**
         * Create Api Key
         * @description Make a key. `key` is shown this once.
         */
        post: operations["create_api_key_api_v1_api_keys_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Api Key
         * @description One key.
         */
        get: operations["get_api_key_api_v1_api_keys__id__get"];
        put?: never;
        post?: never;
        /**
         * Revoke Api Key
         * @description End a key, within five seconds everywhere.
         */
        delete: operations["revoke_api_key_api_v1_api_keys__id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Audit
         * @description What happened in the workspace, newest first.
         */
        get: operations["list_audit_api_v1_audit_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Login
         * @description Start a session.
         */
        post: operations["login_api_v1_auth_login_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Logout
         * @description End the session that the access token belongs to.
         */
        post: operations["logout_api_v1_auth_logout_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Me
         * @description Who asks, and what they may do.
         */
        get: operations["me_api_v1_auth_me_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password/forgot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Forgot Password
         * @description Without mail nothing is sent: the operator runs `weft user reset-password`. The answer tells nobody more.
         */
        post: operations["forgot_password_api_v1_auth_password_forgot_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refresh
         * @description Change the refresh token for a new one; used twice, it ends its session.
         */
        post: operations["refresh_api_v1_auth_refresh_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register
         * @description Make a user and its workspace, where sign-up is open.
         */
        post: operations["register_api_v1_auth_register_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Setup
         * @description Make the first user, who owns the first workspace.
         */
        post: operations["setup_api_v1_auth_setup_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Status
         * @description Whether Weft waits for its first user, and whether others may sign up.
         */
        get: operations["status_api_v1_auth_status_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Credentials
         * @description The workspace's credentials, without their data.
         */
        get: operations["list_credentials_api_v1_credentials_get"];
        put?: never;
        /**
         * Create Credential
         * @description Keep a new secret.
         */
        post: operations["create_credential_api_v1_credentials_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/credentials/{credential_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Credential
         * @description One credential, without its data.
         */
        get: operations["get_credential_api_v1_credentials__credential_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Credential
         * @description Forget a secret for good.
         */
        delete: operations["delete_credential_api_v1_credentials__credential_id__delete"];
        options?: never;
        head?: never;
        /**
         * Change Credential
         * @description Change name, data or hosts.
         */
        patch: operations["change_credential_api_v1_credentials__credential_id__patch"];
        trace?: never;
    };
    "/api/v1/credentials/{credential_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test Credential
         * @description Try it on its own server.
         */
        post: operations["test_credential_api_v1_credentials__credential_id__test_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Executions
         * @description Executions, the newest first. `label` is `key:value`; `q` is looked for in ids, labels and errors.
         */
        get: operations["list_executions_api_v1_executions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{execution_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Execution
         * @description One execution with its top-level nodes.
         */
        get: operations["get_execution_api_v1_executions__execution_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Execution
         * @description Remove a run that has ended, with its events.
         */
        delete: operations["delete_execution_api_v1_executions__execution_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{execution_id}/blobs/{sha}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Blob
         * @description A value that was too long for an event.
         */
        get: operations["get_blob_api_v1_executions__execution_id__blobs__sha__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{execution_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Execution
         * @description Cancel a run that has not ended.
         */
        post: operations["cancel_execution_api_v1_executions__execution_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{execution_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Events
         * @description The events: with `Accept: text/event-stream` live until the run ends, else a page.
         */
        get: operations["list_events_api_v1_executions__execution_id__events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{execution_id}/graph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Execution Graph
         * @description The graph that the run runs on, as it was when the run was accepted.
         */
        get: operations["get_execution_graph_api_v1_executions__execution_id__graph_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{execution_id}/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Nodes
         * @description Every node at any depth inside the path `under`.
         */
        get: operations["list_nodes_api_v1_executions__execution_id__nodes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/executions/{execution_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry Execution
         * @description Run again what failed, as a new execution that takes over the rest.
         */
        post: operations["retry_execution_api_v1_executions__execution_id__retry_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/expressions/evaluate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Evaluate Expression
         * @description The value of an expression or template: the preview while one is written.
         */
        post: operations["evaluate_expression_api_v1_expressions_evaluate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Models
         * @description The models that the workspace's credentials give access to, as far as they are known.
         */
        get: operations["list_models_api_v1_models_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/node-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Node Types
         * @description Every node type that this server knows.
         */
        get: operations["list_node_types_api_v1_node_types_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shared/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Shared
         * @description The workflow behind a public link, without signing in: its published version, or the draft as it was when it
         *     was shared.
         */
        get: operations["get_shared_api_v1_shared__token__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Templates
         * @description Templates in which every word of `q` is found (in name, tags, nodes or description), the best first.
         */
        get: operations["list_templates_api_v1_templates_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{template_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Template
         * @description A template with its graph. `POST /workflows` with its id as `template` makes a workflow of it.
         */
        get: operations["get_template_api_v1_templates__template_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/variables": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Variables
         * @description The workspace's variables, by name.
         */
        get: operations["list_variables_api_v1_variables_get"];
        put?: never;
        /**
         * Create Variable
         * @description Make a variable.
         */
        post: operations["create_variable_api_v1_variables_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/variables/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Variable
         * @description One variable.
         */
        get: operations["get_variable_api_v1_variables__id__get"];
        /**
         * Change Variable
         * @description Give it another value; it keeps its name.
         */
        put: operations["change_variable_api_v1_variables__id__put"];
        post?: never;
        /**
         * Delete Variable
         * @description Delete it.
         */
        delete: operations["delete_variable_api_v1_variables__id__delete"];
        options?: never;
        head?: never;
        /**
         * Change Variable
         * @description Give it another value; it keeps its name.
         */
        patch: operations["change_variable_api_v1_variables__id__patch"];
        trace?: never;
    };
    "/api/v1/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Workflows
         * @description List workflows, the latest changed first; `q` is looked for in name, description and tags.
         */
        get: operations["list_workflows_api_v1_workflows_get"];
        put?: never;
        /**
         * Create Workflow
         * @description Create a workflow, empty, of a graph or of a template.
         */
        post: operations["create_workflow_api_v1_workflows_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import Workflow
         * @description Make a workflow from a file (201), or update the one with its id in place (200).
         */
        post: operations["import_workflow_api_v1_workflows_import_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Validate Graph
         * @description Say what is wrong with a graph, without saving or running it.
         */
        post: operations["validate_graph_api_v1_workflows_validate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Workflow
         * @description The workflow with its draft.
         */
        get: operations["get_workflow_api_v1_workflows__workflow_id__get"];
        /**
         * Replace Workflow
         * @description Replace what the body names, `graph` whole. Needs If-Match.
         */
        put: operations["replace_workflow_api_v1_workflows__workflow_id__put"];
        post?: never;
        /**
         * Delete Workflow
         * @description Delete the workflow; `restore` brings it back. Needs If-Match.
         */
        delete: operations["delete_workflow_api_v1_workflows__workflow_id__delete"];
        options?: never;
        head?: never;
        /**
         * Change Workflow
         * @description Change fields by a JSON merge patch, all but `graph`. Needs If-Match.
         */
        patch: operations["change_workflow_api_v1_workflows__workflow_id__patch"];
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Diff Versions
         * @description What changed from one version to another; `draft` is the draft.
         */
        get: operations["diff_versions_api_v1_workflows__workflow_id__diff_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Duplicate Workflow
         * @description Make a new workflow of the draft.
         */
        post: operations["duplicate_workflow_api_v1_workflows__workflow_id__duplicate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export Workflow
         * @description The draft as a file for git.
         */
        get: operations["export_workflow_api_v1_workflows__workflow_id__export_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/nodes/{node}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run Node
         * @description Run one node of the draft alone, and wait for it.
         */
        post: operations["run_node_api_v1_workflows__workflow_id__nodes__node__run_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish Workflow
         * @description Make the next version of the draft; 422 with the same errors as `validate` where it is not valid.
         */
        post: operations["publish_workflow_api_v1_workflows__workflow_id__publish_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore Workflow
         * @description Bring a deleted workflow back.
         */
        post: operations["restore_workflow_api_v1_workflows__workflow_id__restore_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Execution
         * @description Run a workflow. `mode: stream` answers `text/event-stream`.
         */
        post: operations["start_execution_api_v1_workflows__workflow_id__runs_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/share": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Share
         * @description The public link of a workflow that is shared; else 404 `not_shared`.
         */
        get: operations["get_share_api_v1_workflows__workflow_id__share_get"];
        put?: never;
        /**
         * Share Workflow
         * @description Share the workflow with anybody who has the link (201), or give the link that it has (200).
         */
        post: operations["share_workflow_api_v1_workflows__workflow_id__share_post"];
        /**
         * Withdraw Share
         * @description Stop sharing: the link leads nowhere from now on, and no later share brings it back.
         */
        delete: operations["withdraw_share_api_v1_workflows__workflow_id__share_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Versions
         * @description List versions, the latest first.
         */
        get: operations["list_versions_api_v1_workflows__workflow_id__versions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{workflow_id}/versions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Version
         * @description One version with its graph.
         */
        get: operations["get_version_api_v1_workflows__workflow_id__versions__number__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Healthz
         * @description The process lives.
         */
        get: operations["healthz_healthz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show Metrics
         * @description All metrics in Prometheus' text format.
         */
        get: operations["show_metrics_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Readyz
         * @description Each part; 503 when one that is needed is down, or while Weft drains.
         */
        get: operations["readyz_readyz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Alive
         * @description The process lives.
         */
        Alive: {
            /**
             * Status
             * @default ok
             */
            status?: string;
        };
        /**
         * ApiKeyBody
         * @description A key to be made. It can do what its scopes say, and never more than its maker.
         */
        ApiKeyBody: {
            /** Expires At */
            expires_at?: string | null;
            /** Name */
            name: string;
            /** Scopes */
            scopes: string[];
        };
        /**
         * ApiKeyOut
         * @description A key as it can be seen later: by its prefix.
         */
        ApiKeyOut: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Created By
             * Format: uuid
             */
            created_by: string;
            /** Expires At */
            expires_at: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
            /** Prefix */
            prefix: string;
            /** Scopes */
            scopes: string[];
        };
        /**
         * AuditOut
         * @description Who did what, when.
         */
        AuditOut: {
            /** Actor */
            actor: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Data */
            data: {
                [key: string]: unknown;
            };
            /** Event */
            event: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
        };
        /**
         * CreatedApiKeyOut
         * @description A new key, with the secret that is shown this once.
         */
        CreatedApiKeyOut: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Created By
             * Format: uuid
             */
            created_by: string;
            /** Expires At */
            expires_at: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Key */
            key: string;
            /** Last Used At */
            last_used_at: string | null;
            /** Name */
            name: string;
            /** Prefix */
            prefix: string;
            /** Scopes */
            scopes: string[];
        };
        /**
         * CredentialBody
         * @description A secret of a known type, and the hosts that may be given it.
         */
        CredentialBody: {
            /** Allowed Hosts */
            allowed_hosts?: string[] | null;
            /** Data */
            data: {
                [key: string]: string;
            };
            /** Name */
            name: string;
            /** Type */
            type: string;
        };
        /**
         * CredentialPatch
         * @description A merge patch: what is absent stays; `allowed_hosts: null` goes back to the type's default.
         */
        CredentialPatch: {
            /** Allowed Hosts */
            allowed_hosts?: string[] | null;
            /** Data */
            data?: {
                [key: string]: string | null;
            };
            /**
             * Name
             * @default
             */
            name?: string;
        };
        /**
         * CredentialView
         * @description A credential as it may be seen.
         */
        CredentialView: {
            /** Allowed Hosts */
            allowed_hosts: string[];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
            /** Revision */
            revision: number;
            /** Type */
            type: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * EmptyOut
         * @description Nothing to say.
         */
        EmptyOut: Record<string, never>;
        /**
         * ExecutionAnswer
         * @description An execution in its wrapper.
         */
        ExecutionAnswer: {
            execution: components["schemas"]["ExecutionDetails"];
        };
        /**
         * ExecutionDetails
         * @description A whole run, as `GET /executions/{id}` answers it.
         */
        ExecutionDetails: {
            /** Compensation */
            compensation: narrow.Compensation | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Error */
            error: narrow.NodeError | null;
            /** Finished At */
            finished_at: string | null;
            /** Forked From */
            forked_from?: string | null;
            /** Graph Hash */
            graph_hash: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Inputs */
            inputs: unknown;
            /** Labels */
            labels: {
                [key: string]: string;
            };
            /** Last Sequence */
            last_sequence: number;
            /** Nodes */
            nodes: components["schemas"]["NodeDetails"][];
            /** Outputs */
            outputs: unknown;
            /** Parent */
            parent?: string | null;
            /**
             * Pausing
             * @default false
             */
            pausing?: boolean;
            /** Retry Of */
            retry_of: string | null;
            /** Started At */
            started_at: string | null;
            /** Status */
            status: narrow.ExecutionStatus;
            /** Trigger */
            trigger: narrow.Trigger;
            /** Usage */
            usage: narrow.Usage;
            /** Version */
            version: narrow.Version;
            /** Waiting For */
            waiting_for: narrow.Waiting[];
            /** Workflow Id */
            workflow_id: string | null;
        };
        /**
         * ExecutionSummary
         * @description What a list shows of a run.
         */
        ExecutionSummary: {
            /** Compensation */
            compensation: narrow.Compensation | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Error */
            error: narrow.NodeError | null;
            /** Finished At */
            finished_at: string | null;
            /** Forked From */
            forked_from?: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Labels */
            labels: {
                [key: string]: string;
            };
            /** Last Sequence */
            last_sequence: number;
            /** Parent */
            parent?: string | null;
            /**
             * Pausing
             * @default false
             */
            pausing?: boolean;
            /** Retry Of */
            retry_of: string | null;
            /** Started At */
            started_at: string | null;
            /** Status */
            status: narrow.ExecutionStatus;
            /** Trigger */
            trigger: narrow.Trigger;
            /** Usage */
            usage: narrow.Usage;
            /** Version */
            version: narrow.Version;
            /** Waiting For */
            waiting_for: narrow.Waiting[];
            /** Workflow Id */
            workflow_id: string | null;
        };
        /**
         * ExpressionRequest
         * @description An expression or a template, and what it sees.
         */
        ExpressionRequest: {
            /** Execution */
            execution?: string | null;
            /** Expression */
            expression?: string | null;
            /** Node */
            node?: string | null;
            /** Scope */
            scope?: {
                [key: string]: unknown;
            } | null;
            /** Template */
            template?: string | null;
        };
        FieldError: {
            code: string;
            message: string;
            node?: string;
            path: string;
            suggestion?: string;
        };
        /**
         * ForgotBody
         * @description Whose password was forgotten.
         */
        ForgotBody: {
            /**
             * Email
             * Format: email
             */
            email: string;
        };
        /**
         * GraphAnswer
         * @description The graph of a run.
         */
        GraphAnswer: {
            /** Graph */
            graph: narrow.Graph;
        };
        /**
         * GraphBody
         * @description A graph to be validated, whatever it is.
         */
        GraphBody: {
            /** Graph */
            graph: narrow.Graph;
        };
        /**
         * ImportResource
         * @description What an import made, and a line for each node.
         */
        ImportResource: {
            /** Report */
            report: narrow.ImportLine[];
            workflow: components["schemas"]["WorkflowResource"];
        };
        /**
         * KnownModel
         * @description A chat model; costs in US dollars a token, None where they are not known.
         */
        KnownModel: {
            /** Id */
            id: string;
            /** Input Cost Per Token */
            input_cost_per_token: number | null;
            /** Max Input Tokens */
            max_input_tokens: number | null;
            /** Max Output Tokens */
            max_output_tokens: number | null;
            /** Output Cost Per Token */
            output_cost_per_token: number | null;
            /** Provider */
            provider: string;
        };
        /**
         * LogInBody
         * @description Who signs in.
         */
        LogInBody: {
            /**
             * Email
             * Format: email
             */
            email: string;
            /** Password */
            password: string;
        };
        /**
         * MeOut
         * @description Who asks, and what they may do.
         */
        MeOut: {
            /** Api Key Id */
            api_key_id: string | null;
            /** Permissions */
            permissions: string[];
            role: components["schemas"]["Role"] | null;
            user: components["schemas"]["UserOut"];
            workspace: components["schemas"]["WorkspaceOut"];
        };
        /**
         * NoFields
         * @description The body of what takes none: `{}`, if anything.
         */
        NoFields: Record<string, never>;
        /**
         * NodeDetails
         * @description One path of a run.
         */
        NodeDetails: {
            /** Attempt */
            attempt: number;
            /** Duration Ms */
            duration_ms: number | null;
            /** Error */
            error?: narrow.NodeError | null;
            /** Node */
            node: string;
            /** Output */
            output?: unknown;
            /** Path */
            path: string;
            /** Port */
            port: string | null;
            progress?: components["schemas"]["NodeProgress"] | null;
            /** Started At */
            started_at: string | null;
            /** Status */
            status: narrow.NodeStatus;
            /** Type */
            type: string | null;
            /** Usage */
            usage?: narrow.Usage | null;
        };
        /**
         * NodeProgress
         * @description How far a container has come: rounds of a loop, children of a `parallel`. `total` is null where it cannot be
         *     known.
         */
        NodeProgress: {
            /** Done */
            done: number;
            /** Total */
            total: number | null;
        };
        /**
         * NodeRunRequest
         * @description What a single node is run on.
         */
        NodeRunRequest: {
            /** Inputs */
            inputs?: {
                [key: string]: unknown;
            };
            /** Upstream */
            upstream?: {
                [key: string]: unknown;
            };
        };
        /**
         * NodeTypeResource
         * @description A node type. `ports` are those of a node with its default config; `policy_schema` has its own retry defaults.
         */
        NodeTypeResource: {
            /** Category */
            category: string;
            /** Config Schema */
            config_schema: narrow.ConfigSchema;
            /** Container */
            container: boolean;
            /** Description */
            description: string;
            /** Effect */
            effect: string;
            /** Icon */
            icon: string;
            /** Output Schema */
            output_schema: narrow.ConfigSchema;
            /** Policy Schema */
            policy_schema: narrow.ConfigSchema;
            /** Ports */
            ports: string[];
            /** Retry Defaults */
            retry_defaults: narrow.RetryPolicy;
            /** Title */
            title: string;
            /** Type */
            type: string;
            /** Ui */
            ui: {
                [key: string]: unknown;
            };
            /** Version */
            version: number;
        };
        /** Page[ApiKeyOut] */
        Page_ApiKeyOut_: {
            /** Items */
            items: components["schemas"]["ApiKeyOut"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[AuditOut] */
        Page_AuditOut_: {
            /** Items */
            items: components["schemas"]["AuditOut"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[CredentialView] */
        Page_CredentialView_: {
            /** Items */
            items: components["schemas"]["CredentialView"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[ExecutionSummary] */
        Page_ExecutionSummary_: {
            /** Items */
            items: components["schemas"]["ExecutionSummary"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[KnownModel] */
        Page_KnownModel_: {
            /** Items */
            items: components["schemas"]["KnownModel"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[NodeDetails] */
        Page_NodeDetails_: {
            /** Items */
            items: components["schemas"]["NodeDetails"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[NodeTypeResource] */
        Page_NodeTypeResource_: {
            /** Items */
            items: components["schemas"]["NodeTypeResource"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[TemplateSummaryResource] */
        Page_TemplateSummaryResource_: {
            /** Items */
            items: components["schemas"]["TemplateSummaryResource"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[VariableOut] */
        Page_VariableOut_: {
            /** Items */
            items: components["schemas"]["VariableOut"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[VersionSummaryResource] */
        Page_VersionSummaryResource_: {
            /** Items */
            items: components["schemas"]["VersionSummaryResource"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[WorkflowSummaryResource] */
        Page_WorkflowSummaryResource_: {
            /** Items */
            items: components["schemas"]["WorkflowSummaryResource"][];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /** Page[dict[str, Any]] */
        Page_dict_str__Any__: {
            /** Items */
            items: narrow.ExecutionEvent[];
            /** Next Cursor */
            next_cursor?: string | null;
        };
        /**
         * Preview
         * @description A value; `undefined` tells it from null.
         */
        Preview: {
            /**
             * Undefined
             * @default false
             */
            undefined?: boolean;
            /** Value */
            value?: unknown;
        };
        /**
         * Probed
         * @description What a credential's server said. `models`: those it lists, where it serves models.
         */
        Probed: {
            /** Message */
            message: string;
            /** Models */
            models?: string[] | null;
            /** Ok */
            ok: boolean;
            /** Status */
            status?: number | null;
        };
        Problem: {
            code: string;
            detail: string;
            errors?: components["schemas"]["FieldError"][];
            request_id: string | null;
            status: number;
            title: string;
            /** Format: uri */
            type: string;
        };
        /**
         * PublishBody
         * @description What is said about a version.
         */
        PublishBody: {
            /**
             * Note
             * @default
             */
            note?: string;
        };
        /**
         * Ready
         * @description Whether Weft can serve, and the state of each part.
         */
        Ready: {
            /** Parts */
            parts: {
                [key: string]: string;
            };
            /** Status */
            status: string;
        };
        /**
         * RegisterBody
         * @description A new user with a workspace of its own.
         */
        RegisterBody: {
            /**
             * Email
             * Format: email
             */
            email: string;
            /** Name */
            name: string;
            /** Password */
            password: string;
        };
        /**
         * RetryRequest
         * @description Where a retry may move to.
         */
        RetryRequest: {
            /** Version */
            version?: number | ("latest" | "draft") | null;
        };
        /**
         * Role
         * @description What a member is in a workspace, from most to least.
         * @enum {string}
         */
        Role: "owner" | "admin" | "editor" | "operator" | "viewer";
        /**
         * RunLimits
         * @description Limits of one run; null: none.
         */
        RunLimits: {
            /** Max Cost Usd */
            max_cost_usd?: number | null;
            /** Max Duration S */
            max_duration_s?: number | null;
            /** Max Node Runs */
            max_node_runs?: number | null;
            /** Max Tokens */
            max_tokens?: number | null;
        };
        /**
         * RunRequest
         * @description How a workflow is run.
         */
        RunRequest: {
            /** Durability */
            durability?: ("async" | "sync") | null;
            /** Inputs */
            inputs?: {
                [key: string]: unknown;
            };
            /** Labels */
            labels?: {
                [key: string]: string;
            };
            limits?: components["schemas"]["RunLimits"] | null;
            /**
             * Mode
             * @default background
             * @enum {string}
             */
            mode?: "wait" | "stream" | "background";
            /** Pinned */
            pinned?: {
                [key: string]: unknown;
            };
            /**
             * Priority
             * @default 0
             */
            priority?: number;
            /** Version */
            version?: number | ("latest" | "draft") | null;
            /**
             * Wait Timeout S
             * @default 60
             */
            wait_timeout_s?: number;
        };
        /**
         * SessionOut
         * @description A session; its refresh token travels as a cookie only.
         */
        SessionOut: {
            /** Access Token */
            access_token: string;
            /** Expires In */
            expires_in: number;
            role: components["schemas"]["Role"];
            /**
             * Token Type
             * @default bearer
             * @constant
             */
            token_type?: "bearer";
            user: components["schemas"]["UserOut"];
            workspace: components["schemas"]["WorkspaceOut"];
        };
        /**
         * SetUpBody
         * @description The first user. `setup_token` is the one printed at start, where Weft is reachable from elsewhere.
         */
        SetUpBody: {
            /**
             * Email
             * Format: email
             */
            email: string;
            /** Name */
            name: string;
            /** Password */
            password: string;
            /** Setup Token */
            setup_token?: string | null;
        };
        /**
         * ShareResource
         * @description A public link. `version` is the published version it shows; null: the draft as it was at `created_at`.
         */
        ShareResource: {
            /** Created At */
            created_at: string;
            /** Token */
            token: string;
            /** Url */
            url: string;
            /** Version */
            version: number | null;
        };
        /**
         * SharedResource
         * @description What anybody sees who has the link. `node_types` are those of the graph, so that it can be drawn.
         */
        SharedResource: {
            /** Description */
            description: string;
            /** Graph */
            graph: narrow.Graph;
            /** Name */
            name: string;
            /** Node Types */
            node_types: components["schemas"]["NodeTypeResource"][];
            /** Tags */
            tags: string[];
        };
        /**
         * StatusOut
         * @description What a client must know before anybody signs in.
         */
        StatusOut: {
            /** Setup Required */
            setup_required: boolean;
            /** Setup Token Required */
            setup_token_required: boolean;
            /**
             * Signup
             * @enum {string}
             */
            signup: "closed" | "open";
        };
        /**
         * TemplateResource
         * @description A template with its graph.
         */
        TemplateResource: {
            /** Description */
            description: string;
            /** Graph */
            graph: narrow.Graph;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Needs Credential */
            needs_credential: boolean;
            /** Node Types */
            node_types: string[];
            /** Settings */
            settings: narrow.WorkflowSettings;
            /** Tags */
            tags: string[];
        };
        /**
         * TemplateSummaryResource
         * @description A template in a list. `node_types` are those that it uses, in the order of its graph.
         */
        TemplateSummaryResource: {
            /** Description */
            description: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Needs Credential */
            needs_credential: boolean;
            /** Node Types */
            node_types: string[];
            /** Tags */
            tags: string[];
        };
        /**
         * UserOut
         * @description A user.
         */
        UserOut: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Email */
            email: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
        };
        /**
         * ValidationResource
         * @description What is wrong with a graph; `valid` counts errors.
         */
        ValidationResource: {
            /** Errors */
            errors: narrow.GraphIssue[];
            /** Valid */
            valid: boolean;
            /** Warnings */
            warnings: narrow.GraphIssue[];
        };
        /**
         * ValueBody
         * @description Another value.
         */
        ValueBody: {
            /** Value */
            value: unknown;
        };
        /**
         * VariableBody
         * @description A variable to be made: `value` is any JSON.
         */
        VariableBody: {
            /** Name */
            name: string;
            /** Value */
            value: unknown;
        };
        /**
         * VariableOut
         * @description A variable: workflows read it as `vars.<name>`.
         */
        VariableOut: {
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
            /** Revision */
            revision: number;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Value */
            value: unknown;
        };
        /**
         * VersionResource
         * @description A version with its graph. It never changes.
         */
        VersionResource: {
            /** Created At */
            created_at: string;
            /** Created By */
            created_by: string;
            /** Graph */
            graph: narrow.Graph;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Note */
            note: string;
            /** Version */
            version: number;
            /** Warnings */
            warnings: narrow.GraphIssue[];
            /**
             * Workflow Id
             * Format: uuid
             */
            workflow_id: string;
        };
        /**
         * VersionSummaryResource
         * @description A version in a list.
         */
        VersionSummaryResource: {
            /** Created At */
            created_at: string;
            /** Created By */
            created_by: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Note */
            note: string;
            /** Version */
            version: number;
            /** Warnings */
            warnings: narrow.GraphIssue[];
            /**
             * Workflow Id
             * Format: uuid
             */
            workflow_id: string;
        };
        /**
         * WorkflowBody
         * @description A new workflow. With a `template` (the id of one) it begins as that; what the body names is taken instead.
         */
        WorkflowBody: {
            /**
             * Description
             * @default
             */
            description?: string;
            /** Graph */
            graph?: narrow.Graph;
            /** Name */
            name: string;
            /** Settings */
            settings?: narrow.WorkflowSettings;
            /** Tags */
            tags?: string[];
            /** Template */
            template?: string | null;
        };
        /**
         * WorkflowPatch
         * @description A JSON merge patch: null gives a field its default back.
         */
        WorkflowPatch: {
            /** Description */
            description?: string | null;
            /**
             * Name
             * @default
             */
            name?: string;
            /** Settings */
            settings?: narrow.WorkflowSettings;
            /** Tags */
            tags?: string[] | null;
        };
        /**
         * WorkflowReplacement
         * @description What a PUT names is replaced; the rest stays.
         */
        WorkflowReplacement: {
            /**
             * Description
             * @default
             */
            description?: string;
            /** Graph */
            graph?: narrow.Graph;
            /**
             * Name
             * @default
             */
            name?: string;
            /** Settings */
            settings?: narrow.WorkflowSettings;
            /** Tags */
            tags?: string[];
        };
        /**
         * WorkflowResource
         * @description A workflow with the graph of its draft.
         */
        WorkflowResource: {
            /** Created At */
            created_at: string;
            /** Description */
            description: string;
            /** Graph */
            graph: narrow.Graph;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
            /** Published Version */
            published_version: number | null;
            /** Revision */
            revision: number;
            /** Settings */
            settings: narrow.WorkflowSettings;
            /** Tags */
            tags: string[];
            /** Updated At */
            updated_at: string;
        };
        /**
         * WorkflowSummaryResource
         * @description A workflow in a list.
         */
        WorkflowSummaryResource: {
            /** Created At */
            created_at: string;
            /** Description */
            description: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
            /** Published Version */
            published_version: number | null;
            /** Revision */
            revision: number;
            /** Settings */
            settings: narrow.WorkflowSettings;
            /** Tags */
            tags: string[];
            /** Updated At */
            updated_at: string;
        };
        /**
         * WorkspaceOut
         * @description A workspace.
         */
        WorkspaceOut: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_api_keys_api_v1_api_keys_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ApiKeyOut_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_api_key_api_v1_api_keys_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKeyOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_key_api_v1_api_keys__id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_api_key_api_v1_api_keys__id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_audit_api_v1_audit_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                event?: string | null;
                actor?: string | null;
                since?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditOut_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login_api_v1_auth_login_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogInBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout_api_v1_auth_logout_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me_api_v1_auth_me_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    forgot_password_api_v1_auth_password_forgot_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForgotBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmptyOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refresh_api_v1_auth_refresh_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register_api_v1_auth_register_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setup_api_v1_auth_setup_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUpBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    status_api_v1_auth_status_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_credentials_api_v1_credentials_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                type?: string | null;
                q?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_CredentialView_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_credential_api_v1_credentials_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CredentialBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialView"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_credential_api_v1_credentials__credential_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialView"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_credential_api_v1_credentials__credential_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_credential_api_v1_credentials__credential_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CredentialPatch"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialView"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_credential_api_v1_credentials__credential_id__test_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Probed"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_executions_api_v1_executions_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                workflow_id?: string | null;
                status?: ("queued" | "running" | "waiting" | "paused" | "completed" | "failed" | "cancelled")[] | null;
                since?: string | null;
                label?: string | null;
                q?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ExecutionSummary_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_execution_api_v1_executions__execution_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionDetails"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_execution_api_v1_executions__execution_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_blob_api_v1_executions__execution_id__blobs__sha__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
                sha: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_execution_api_v1_executions__execution_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionAnswer"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_events_api_v1_executions__execution_id__events_get: {
        parameters: {
            query?: {
                depth?: "0" | null;
                limit?: number;
                after?: string | null;
                cursor?: string | null;
            };
            header?: {
                "last-event-id"?: string | null;
            };
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_dict_str__Any__"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_execution_graph_api_v1_executions__execution_id__graph_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphAnswer"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_nodes_api_v1_executions__execution_id__nodes_get: {
        parameters: {
            query: {
                under: string;
                limit?: number;
                cursor?: string | null;
            };
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_NodeDetails_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_execution_api_v1_executions__execution_id__retry_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetryRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionAnswer"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    evaluate_expression_api_v1_expressions_evaluate_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExpressionRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_models_api_v1_models_get: {
        parameters: {
            query?: {
                q?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_KnownModel_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_node_types_api_v1_node_types_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_NodeTypeResource_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_shared_api_v1_shared__token__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_templates_api_v1_templates_get: {
        parameters: {
            query?: {
                q?: string | null;
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_TemplateSummaryResource_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_template_api_v1_templates__template_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_variables_api_v1_variables_get: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string | null;
                q?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_VariableOut_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_variable_api_v1_variables_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VariableBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VariableOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_variable_api_v1_variables__id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VariableOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_variable_api_v1_variables__id__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ValueBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VariableOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_variable_api_v1_variables__id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_variable_api_v1_variables__id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ValueBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VariableOut"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_workflows_api_v1_workflows_get: {
        parameters: {
            query?: {
                q?: string | null;
                tag?: string | null;
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_WorkflowSummaryResource_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_workflow_api_v1_workflows_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkflowBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import_workflow_api_v1_workflows_import_post: {
        parameters: {
            query?: {
                format?: "auto" | "weft" | "dify" | "n8n";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
                "application/yaml": string;
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
                "text/plain": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportResource"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    validate_graph_api_v1_workflows_validate_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GraphBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidationResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_workflow_api_v1_workflows__workflow_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replace_workflow_api_v1_workflows__workflow_id__put: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read. Without it: 428. */
                "if-match"?: string | null;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkflowReplacement"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_workflow_api_v1_workflows__workflow_id__delete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read. Without it: 428. */
                "if-match"?: string | null;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_workflow_api_v1_workflows__workflow_id__patch: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what was read. Without it: 428. */
                "if-match"?: string | null;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WorkflowPatch"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diff_versions_api_v1_workflows__workflow_id__diff_get: {
        parameters: {
            query: {
                from: string;
                to?: string;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    duplicate_workflow_api_v1_workflows__workflow_id__duplicate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_workflow_api_v1_workflows__workflow_id__export_get: {
        parameters: {
            query?: {
                format?: "yaml" | "json";
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_node_api_v1_workflows__workflow_id__nodes__node__run_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
                node: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NodeRunRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionAnswer"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    publish_workflow_api_v1_workflows__workflow_id__publish_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PublishBody"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restore_workflow_api_v1_workflows__workflow_id__restore_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkflowResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_execution_api_v1_workflows__workflow_id__runs_post: {
        parameters: {
            query?: never;
            header?: {
                "idempotency-key"?: string | null;
            };
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RunRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionAnswer"];
                };
            };
            /** @description It runs in the background, or longer than was waited. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionAnswer"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_share_api_v1_workflows__workflow_id__share_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    share_workflow_api_v1_workflows__workflow_id__share_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NoFields"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareResource"];
                };
            };
            /** @description It is shared now. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdraw_share_api_v1_workflows__workflow_id__share_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_versions_api_v1_workflows__workflow_id__versions_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_VersionSummaryResource_"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_version_api_v1_workflows__workflow_id__versions__number__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionResource"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthz_healthz_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_metrics_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz_readyz_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Refused */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
