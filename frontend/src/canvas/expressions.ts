/** Templates and expressions: their parts, the names they read, and renaming those names. */

import { scan, type Token } from "./tokens";

export interface Part {
  kind: "text" | "expression";
  /** For an expression, the range between the braces. */
  start: number;
  end: number;
  /** False for a `{{` that is never closed. */
  closed: boolean;
}

export type Renames = ReadonlyMap<string, string>;

/** A template split into text and `{{ }}`; an expression ends at the `}}` that balances its braces. */
export function templateParts(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("{{", at);
    if (open < 0) break;
    if (open > at) parts.push({ kind: "text", start: at, end: open, closed: true });
    const { end, closed } = scan(text, open + 2);
    const complete = closed && text.startsWith("}}", end);
    parts.push({ kind: "expression", start: open + 2, end: complete ? end : text.length, closed: complete });
    at = complete ? end + 2 : text.length;
  }
  if (at < text.length) parts.push({ kind: "text", start: at, end: text.length, closed: true });
  return parts;
}

type Role = "read" | "shorthand" | "other";

/** What each name is in its surroundings; `visit` gets reads and object shorthands only. */
function eachName(tokens: Token[], visit: (token: Token, role: Role) => void): void {
  const braces: ("object" | "block" | "other")[] = [];
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    if (token.kind === "operator") trackBraces(braces, token, before);
    if (token.kind === "template") for (const inner of token.inner ?? []) eachName(inner, visit);
    if (token.kind !== "name") return;
    const role = roleOf(before, after, braces.at(-1));
    if (role !== "other") visit(token, role);
  });
}

function trackBraces(braces: string[], token: Token, before: Token | undefined): void {
  if (token.text === "{") braces.push(before?.text === "=>" || before?.text === ")" ? "block" : "object");
  else if (token.text === "(" || token.text === "[") braces.push("other");
  else if (token.text === "}" || token.text === ")" || token.text === "]") braces.pop();
}

function roleOf(before: Token | undefined, after: Token | undefined, around: string | undefined): Role {
  if (before?.text === "." || before?.text === "?.") return "other";
  const first = before?.kind === "operator" && (before.text === "{" || before.text === ",");
  if (first && around === "object") {
    if (after?.text === ":" || after?.text === "(") return "other";
    if (after?.text === "," || after?.text === "}" || after?.text === "=") return "shorthand";
  }
  if (first && after?.text === ":" && around === "block") return "other";
  return "read";
}

/** The free-standing names in an expression, each once. */
export function namesIn(expression: string): Set<string> {
  const names = new Set<string>();
  eachName(scanAll(expression), (token) => names.add(token.text));
  return names;
}

/** The free-standing names in the `{{ }}` of a template, each once. */
export function namesInTemplate(template: string): Set<string> {
  const names = new Set<string>();
  for (const { kind, start, end } of templateParts(template)) {
    if (kind === "text") continue;
    for (const name of namesIn(template.slice(start, end))) names.add(name);
  }
  return names;
}

/** Rename what an expression reads; members, keys and strings stay, but for `resume_url('id')`. */
export function renameInExpression(expression: string, renames: Renames): string {
  const edits: { start: number; end: number; text: string }[] = [];
  const tokens = scanAll(expression);
  eachName(tokens, (token, role) => {
    const renamed = renames.get(token.text);
    if (renamed === undefined) return;
    edits.push({ ...token, text: role === "shorthand" ? `${token.text}: ${renamed}` : renamed });
  });
  tokens.forEach((token, index) => {
    if (
      token.kind !== "string" ||
      tokens[index - 1]?.text !== "(" ||
      tokens[index - 2]?.text !== "resume_url"
    )
      return;
    const renamed = renames.get(token.text.slice(1, -1));
    if (renamed !== undefined) edits.push({ ...token, text: `${token.text[0]}${renamed}${token.text[0]}` });
  });
  edits.sort((a, b) => b.start - a.start);
  return edits.reduce(
    (text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end),
    expression,
  );
}

/** Rename what the `{{ }}` of a template read; its text stays. */
export function renameInTemplate(template: string, renames: Renames): string {
  if (!template.includes("{{")) return template;
  return templateParts(template)
    .map((part) => {
      const inside = template.slice(part.start, part.end);
      if (part.kind === "text") return inside;
      if (!part.closed) return `{{${inside}`;
      return `{{${renameInExpression(inside, renames)}}}`;
    })
    .join("");
}

/** All tokens of a text, stray closing braces included. */
function scanAll(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const part = scan(text, at);
    tokens.push(...part.tokens);
    if (!part.closed) break;
    tokens.push({ kind: "operator", start: part.end, end: part.end + 1, text: "}" });
    at = part.end + 1;
  }
  return tokens;
}
