/** Keys as they stand on the keyboard: `Ctrl K` draws two caps. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-0.5">
      {keys.split(" ").map((key) => (
        <kbd
          key={key}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded border bg-muted px-1 font-sans text-xs text-muted-foreground"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
