"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";

const never = () => () => undefined;

/** false while the exported page is being hydrated, true after. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

/**
 * The id in `/<section>/<id>`; null until hydration.
 *
 * One exported shell serves every id, so `useParams()` and the server's markup say `_`: the address is the truth.
 */
export function useRouteId(section: string): string | null {
  const pathname = usePathname();
  const hydrated = useHydrated();
  if (!hydrated) return null;
  return idFromPath(pathname, section);
}

export function idFromPath(pathname: string, section: string): string | null {
  const [first, second] = pathname.split("/").filter(Boolean);
  if (first !== section || second === undefined || second === "_") return null;
  try {
    return decodeURIComponent(second);
  } catch {
    // A mistyped escape is an id that nothing has.
    return second;
  }
}

/** The current time in milliseconds, told anew every `everyMs`; stands still when `everyMs` is null. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** `value` once it has stood still for `ms`. */
export function useSettled<T>(value: T, ms = 200): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
    () => false,
  );
}

/** The part of the address after `#`, and the way to change it without a new history entry. */
export function useHash(): [string, (hash: string) => void] {
  const hash = useSyncExternalStore(
    (changed) => {
      addEventListener("hashchange", changed);
      return () => removeEventListener("hashchange", changed);
    },
    () => location.hash.slice(1),
    () => "",
  );
  const change = (next: string) => {
    const url = next === "" ? location.pathname + location.search : `#${next}`;
    history.replaceState(history.state, "", url);
    dispatchEvent(new HashChangeEvent("hashchange"));
  };
  return [hash, change];
}

/** Writes a parameter into the address without a new history entry, or takes it out of there. */
export function setParameter(name: string, value: string): void {
  const params = new URLSearchParams(location.search);
  if ((params.get(name) ?? "") === value) return;
  if (value) params.set(name, value);
  else params.delete(name);
  const search = params.toString();
  history.replaceState(null, "", search ? `?${search}` : location.pathname);
}

/** A text that is typed and kept as a parameter of the address once it has stood still: `[typed, type, kept]`. */
export function useTypedParameter(name: string): [string, (text: string) => void, string] {
  const kept = useSearchParams().get(name) ?? "";
  const [text, setText] = useState(kept);
  const settled = useSettled(text.trim());
  const written = useRef(kept);
  useEffect(() => {
    if (settled === written.current) return;
    written.current = settled;
    setParameter(name, settled);
  }, [name, settled]);
  // The address changed without typing: by a link, or by going back.
  useEffect(() => {
    if (kept === written.current) return;
    written.current = kept;
    setText(kept);
  }, [kept]);
  return [text, setText, kept];
}

/** The title of a page that is about one thing; the exported page only has that of its kind. */
export function useTitle(name: string | undefined): void {
  const pathname = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address brings the exported title back
  useEffect(() => {
    if (!name) return;
    // As the browser gives it back: else what is written is never what is read, and the writing never ends.
    const title = `${name} · Weft`.replace(/[ \t\n\f\r]+/g, " ").trim();
    document.title = title;
    // The router writes the exported title once more when it has arrived.
    const observer = new MutationObserver(() => {
      if (document.title !== title) document.title = title;
    });
    observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [name, pathname]);
}

/** Hands a text or file to the person as a download. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
