/** Two warp threads and the weft between them. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.25"
      strokeLinecap="round"
      aria-hidden="true"
      className={className}
    >
      <path d="M7 3v18M17 3v18" opacity=".45" />
      <path d="M3 8c4 0 4 8 9 8s5-8 9-8" />
    </svg>
  );
}
