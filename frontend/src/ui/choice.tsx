import { cn } from "@/lib/classes";

export interface ChoiceProps<T extends string> {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
  className?: string;
  testId?: string;
}

/** A few options side by side, one of them taken. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, options, value, onChange, className, testId } = props;
  return (
    <fieldset
      aria-label={label}
      className={cn("flex shrink-0 self-start rounded border text-xs", className)}
      data-testid={testId}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className="px-2 py-0.5 text-muted-foreground aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-accent"
          data-testid={testId && `${testId}-${option.value}`}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
