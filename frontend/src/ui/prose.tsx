/** A sentence in which what stands between back-ticks is code. */
export function Prose({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={index} className="font-mono text-[0.95em] text-foreground [overflow-wrap:anywhere]">
        {part}
      </code>
    ),
  );
}

/** The same sentence where only plain text can stand. */
export function plainProse(text: string): string {
  return text.replaceAll("`", "");
}
