/** What a search by words finds, the best first. */

/** How well the words fit, 0 best; null when one of them is nowhere in the names and `more`. */
export function rankOf(words: string, names: readonly string[], more = ""): number | null {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return 0;
  const whole = wanted.join(" ");
  const known = names.map((name) => name.toLowerCase().replaceAll("_", " "));
  const all = [...known, ...names, more].join(" ").toLowerCase();
  if (!wanted.every((word) => all.includes(word))) return null;
  if (known.includes(whole)) return 0;
  if (known.some((name) => name.startsWith(whole))) return 1;
  if (known.some((name) => wanted.every((word) => ` ${name}`.includes(` ${word}`)))) return 2;
  if (known.some((name) => wanted.every((word) => name.includes(word)))) return 3;
  return 4;
}

export interface Section<T> {
  heading: string;
  items: readonly T[];
}

/** The sections with what fits: the best of each first, and that with the best of all. */
export function searched<T>(sections: readonly Section<T>[], rank: (item: T) => number | null): Section<T>[] {
  const found = sections.flatMap(({ heading, items }) => {
    const ranked = items.flatMap((item) => {
      const at = rank(item);
      return at === null ? [] : [{ item, at }];
    });
    ranked.sort((a, b) => a.at - b.at);
    const best = ranked[0]?.at;
    return best === undefined ? [] : [{ heading, best, items: ranked.map(({ item }) => item) }];
  });
  return found.sort((a, b) => a.best - b.best);
}
