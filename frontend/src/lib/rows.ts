/** Lists whose rows each hold one link with `data-row`: the keys j and k move the focus among them. */
function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row]")];
}

/** The index of the row that holds the focus; -1 when none does. */
export function rowUnderFocus(): number {
  const row = document.activeElement?.closest("tr, li");
  return row ? rows().findIndex((link) => row.contains(link)) : -1;
}

export function moveRowFocus(by: 1 | -1): void {
  const all = rows();
  const at = rowUnderFocus();
  const next = at === -1 ? (by === 1 ? 0 : all.length - 1) : at + by;
  all[Math.min(all.length - 1, Math.max(0, next))]?.focus();
}
