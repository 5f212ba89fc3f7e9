/** The types of credentials and the fields of their data. */
export interface CredentialField {
  name: string;
  label: string;
  hint?: string;
  optional?: boolean;
  secret?: boolean;
}

export interface CredentialType {
  type: string;
  label: string;
  fields: readonly CredentialField[];
  /** Whether its own URL or provider says where it may be sent; else hosts must be named. */
  knowsItsHost: boolean;
}

const apiKey: CredentialField = { name: "api_key", label: "API key", secret: true };

export const credentialTypes: readonly CredentialType[] = [
  {
    type: "openai_compatible",
    label: "OpenAI-compatible server",
    knowsItsHost: true,
    fields: [
      {
        name: "base_url",
        label: "Base URL",
        hint: "Such as http://localhost:11434/v1. Private hosts must be allowed by WEFT_ALLOW_PRIVATE_HOSTS.",
      },
      { ...apiKey, optional: true },
    ],
  },
  { type: "openai", label: "OpenAI", knowsItsHost: true, fields: [apiKey] },
  { type: "anthropic", label: "Anthropic", knowsItsHost: true, fields: [apiKey] },
  {
    type: "bearer",
    label: "Bearer token",
    knowsItsHost: false,
    fields: [{ name: "token", label: "Token", secret: true }],
  },
  {
    type: "basic",
    label: "User name and password",
    knowsItsHost: false,
    fields: [
      { name: "username", label: "User name" },
      { name: "password", label: "Password", secret: true },
    ],
  },
  {
    type: "header",
    label: "Header",
    knowsItsHost: false,
    fields: [
      { name: "name", label: "Header name", hint: "Such as X-API-Key." },
      { name: "value", label: "Value", secret: true },
    ],
  },
];

export function credentialType(type: string): CredentialType | undefined {
  return credentialTypes.find((known) => known.type === type);
}

/** Hosts as people type them, by commas, spaces or lines. */
export function splitHosts(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}
