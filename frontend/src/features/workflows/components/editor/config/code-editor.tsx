"use client";

/** CodeMirror for templates, expressions and code. Loaded when the first such field is shown. */

import { autocompletion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { javascript } from "@codemirror/lang-javascript";
import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import CodeMirror, {
  Decoration,
  type DecorationSet,
  EditorState,
  EditorView,
  type Extension,
  keymap,
  Prec,
  RangeSetBuilder,
  ViewPlugin,
  type ViewUpdate,
} from "@uiw/react-codemirror";
import { type RefObject, useMemo, useRef } from "react";
import { complete, type Readable } from "@/canvas/completion";
import { templateParts } from "@/canvas/expressions";
import { useDark } from "./dark";

export type CodeMode = "template" | "expression" | "javascript" | "python" | "sql" | "json";

export interface CodeEditorProps {
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  mode: CodeMode;
  multiline: boolean;
  label: string;
  testId: string;
  describedBy?: string;
  invalid?: boolean;
  readOnly?: boolean;
  placeholder?: string;
  names?: ReadonlyMap<string, Readable>;
  /** The plain text in which one was writing when the editor came, or null. */
  begun: RefObject<HTMLTextAreaElement | null>;
}

const NO_NAMES: ReadonlyMap<string, Readable> = new Map();
const LANGUAGES: Partial<Record<CodeMode, () => Extension>> = {
  expression: () => javascript(),
  javascript: () => javascript(),
  python,
  json,
};

const look = Prec.highest(
  EditorView.theme({
    "&": { backgroundColor: "transparent", fontSize: "0.8125rem", color: "var(--foreground)" },
    "&.cm-focused": { outline: "none" },
    ".cm-content": { fontFamily: "var(--font-mono)", padding: "5px 0", caretColor: "var(--foreground)" },
    ".cm-line": { padding: "0 8px" },
    ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--muted-foreground)" },
    ".cm-placeholder": { color: "var(--muted-foreground)" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
    ".cm-cursor": { borderLeftColor: "var(--foreground)" },
    ".weft-braces": { backgroundColor: "var(--accent-soft)", color: "var(--accent)", borderRadius: "3px" },
    ".weft-open": { backgroundColor: "var(--danger-soft)", color: "var(--danger)" },
    ".cm-tooltip": {
      backgroundColor: "var(--raised)",
      color: "var(--foreground)",
      border: "1px solid var(--border)",
      borderRadius: "6px",
    },
    ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
      backgroundColor: "var(--accent)",
      color: "var(--accent-foreground)",
    },
  }),
);

const inBraces = Decoration.mark({ class: "weft-braces" });
const notClosed = Decoration.mark({ class: "weft-open" });

const braces = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = marks(view.state.doc.toString());
    }
    update(update: ViewUpdate): void {
      if (update.docChanged) this.decorations = marks(update.state.doc.toString());
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function marks(text: string): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const part of templateParts(text)) {
    if (part.kind !== "expression") continue;
    const end = part.closed ? part.end + 2 : part.end;
    builder.add(part.start - 2, end, part.closed ? inBraces : notClosed);
  }
  return builder.finish();
}

/** Line breaks typed or pasted into a field of one line become spaces; what is set from outside stays, or it would count as a change. */
const oneLine = EditorState.transactionFilter.of((transaction) => {
  if (transaction.newDoc.lines <= 1 || !transaction.isUserEvent("input")) return transaction;
  const text = transaction.newDoc.toString().replace(/\s*\n\s*/g, " ");
  const all = { from: 0, to: transaction.startState.doc.length, insert: text };
  return { changes: all, selection: { anchor: Math.min(transaction.newSelection.main.head, text.length) } };
});

/** Enter in a field of one line does nothing; it still takes a completion, which is asked first. */
const noBreak = Prec.high(keymap.of([{ key: "Enter", run: () => true }]));

/** Goes on where one was writing. */
function takeOver(view: EditorView, begun: RefObject<HTMLTextAreaElement | null>): void {
  const text = begun.current;
  begun.current = null;
  if (!text) return;
  const within = (at: number) => Math.min(at, view.state.doc.length);
  view.dispatch({ selection: { anchor: within(text.selectionStart), head: within(text.selectionEnd) } });
  view.focus();
}

/** Ctrl-Enter is the page's: it goes on as if it had been pressed outside, in place of making a line. */
const passOn = Prec.highest(
  keymap.of([
    {
      key: "Mod-Enter",
      run: ({ dom }) => {
        const press = new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true });
        dom.parentElement?.dispatchEvent(press);
        return true;
      },
    },
  ]),
);

function completionsFor(mode: CodeMode, names: () => ReadonlyMap<string, Readable>) {
  return (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString();
    let begin = 0;
    if (mode === "template") {
      const part = templateParts(text).find(
        ({ kind, start, end }) => kind === "expression" && start <= context.pos && context.pos <= end,
      );
      if (!part) return null;
      begin = part.start;
    }
    const { replace, choices } = complete(text.slice(begin, context.pos), names());
    const typed = text.slice(0, context.pos);
    if (!context.explicit && replace === 0 && !/(\.|\{\{\s*)$/.test(typed)) return null;
    if (choices.length === 0) return null;
    return {
      from: context.pos - replace,
      options: choices.map(({ label, detail, kind }) => ({
        label,
        detail,
        type: kind === "node" ? "class" : kind,
      })),
      validFor: /^[\p{ID_Continue}$]*$/u,
    };
  };
}

export default function CodeEditor(props: CodeEditorProps) {
  const { value, onChange, onBlur, mode, multiline, label, testId, describedBy, invalid, readOnly } = props;
  const dark = useDark();
  const names = useRef(props.names ?? NO_NAMES);
  names.current = props.names ?? NO_NAMES;

  const extensions = useMemo(() => {
    const list: Extension[] = [look, EditorView.lineWrapping, passOn];
    const language = LANGUAGES[mode];
    if (language) list.push(language());
    if (mode === "template") list.push(braces);
    if (mode === "template" || mode === "expression") {
      list.push(autocompletion({ override: [completionsFor(mode, () => names.current)], icons: false }));
    }
    if (!multiline) list.push(oneLine, noBreak);
    const attributes: Record<string, string> = { "aria-label": label, "data-testid": testId };
    if (describedBy) attributes["aria-describedby"] = describedBy;
    if (invalid) attributes["aria-invalid"] = "true";
    list.push(EditorView.contentAttributes.of(attributes));
    return list;
  }, [mode, multiline, label, testId, describedBy, invalid]);

  const code = mode === "javascript" || mode === "python" || mode === "sql";
  return (
    <CodeMirror
      value={value}
      onChange={onChange}
      onBlur={onBlur}
      onCreateEditor={(view) => takeOver(view, props.begun)}
      theme={dark ? "dark" : "light"}
      extensions={extensions}
      editable={!readOnly}
      indentWithTab={false}
      placeholder={props.placeholder}
      minHeight={code ? "8rem" : multiline ? "4rem" : undefined}
      maxHeight={multiline ? "24rem" : undefined}
      basicSetup={{
        lineNumbers: code,
        foldGutter: false,
        highlightActiveLine: false,
        highlightActiveLineGutter: false,
        autocompletion: false,
        searchKeymap: false,
        closeBrackets: code || mode === "json",
      }}
    />
  );
}
