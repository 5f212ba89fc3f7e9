/** A light JavaScript tokenizer: enough to tell names that are read from members, keys, strings and regexes. */

export interface Token {
  kind: "name" | "number" | "string" | "template" | "regex" | "operator";
  start: number;
  end: number;
  text: string;
  /** The expressions inside a template literal's `${ }`. */
  inner?: Token[][];
}

export interface Scan {
  tokens: Token[];
  /** Where scanning stopped: the end of the text, or the brace that closes more than was opened. */
  end: number;
  closed: boolean;
}

const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c-\u200d]*/uy;
const NUMBER = /(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)n?/y;
const OPERATOR =
  /=>|\?\.(?!\d)|\.\.\.|\?\?=?|&&=?|\|\|=?|[=!]==?|\*\*=?|<<=?|>>>?=?|[<>+\-*/%&|^]=|\+\+|--|[\s\S]/y;
const VALUE_KEYWORDS = new Set([
  "return",
  "typeof",
  "case",
  "in",
  "of",
  "new",
  "delete",
  "void",
  "instanceof",
  "throw",
]);

/** Tokens from `start` up to the end, or up to a `}` that was not opened. */
export function scan(text: string, start = 0): Scan {
  const tokens: Token[] = [];
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const character = text[at] as string;
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    if (text.startsWith("//", at)) {
      at = lineEnd(text, at);
      continue;
    }
    if (text.startsWith("/*", at)) {
      const close = text.indexOf("*/", at + 2);
      at = close < 0 ? text.length : close + 2;
      continue;
    }
    if (character === "}" && depth === 0) return { tokens, end: at, closed: true };
    const token = next(text, at, tokens.at(-1));
    if (token.text === "{") depth += 1;
    if (token.text === "}" && token.kind === "operator") depth -= 1;
    tokens.push(token);
    at = token.end;
  }
  return { tokens, end: text.length, closed: false };
}

function next(text: string, at: number, previous: Token | undefined): Token {
  const character = text[at] as string;
  if (character === "'" || character === '"') return quoted(text, at, character);
  if (character === "`") return templateLiteral(text, at);
  if (character === "/" && regexMayBegin(previous)) {
    const regex = regexLiteral(text, at);
    if (regex) return regex;
  }
  for (const [kind, pattern] of [
    ["name", NAME],
    ["number", NUMBER],
    ["operator", OPERATOR],
  ] as const) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return { kind, start: at, end: at + found[0].length, text: found[0] };
  }
  return { kind: "operator", start: at, end: at + 1, text: character };
}

function quoted(text: string, at: number, quote: string): Token {
  let end = at + 1;
  while (end < text.length && text[end] !== quote) end += text[end] === "\\" ? 2 : 1;
  end = Math.min(end + 1, text.length);
  return { kind: "string", start: at, end, text: text.slice(at, end) };
}

function templateLiteral(text: string, at: number): Token {
  const inner: Token[][] = [];
  let end = at + 1;
  while (end < text.length && text[end] !== "`") {
    if (text[end] === "\\") {
      end += 2;
    } else if (text.startsWith("${", end)) {
      const expression = scan(text, end + 2);
      inner.push(expression.tokens);
      end = expression.end + 1;
    } else {
      end += 1;
    }
  }
  end = Math.min(end + 1, text.length);
  return { kind: "template", start: at, end, text: text.slice(at, end), inner };
}

function regexMayBegin(previous: Token | undefined): boolean {
  if (!previous) return true;
  if (previous.kind === "name") return VALUE_KEYWORDS.has(previous.text);
  return previous.kind === "operator" && ![")", "]", "}"].includes(previous.text);
}

function regexLiteral(text: string, at: number): Token | null {
  let inClass = false;
  for (let end = at + 1; end < text.length && text[end] !== "\n"; end += 1) {
    const character = text[end];
    if (character === "\\") end += 1;
    else if (character === "[") inClass = true;
    else if (character === "]") inClass = false;
    else if (character === "/" && !inClass) {
      let stop = end + 1;
      while (stop < text.length && /[a-z]/.test(text[stop] as string)) stop += 1;
      return { kind: "regex", start: at, end: stop, text: text.slice(at, stop) };
    }
  }
  return null;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}
