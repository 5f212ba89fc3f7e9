const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const dateTime = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });
const plainNumber = new Intl.NumberFormat("en");
const compactNumber = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** A length of time in milliseconds as people say it: `820 ms`, `3.2 s`, `4 min 5 s`, `2 h 1 min`. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms) || ms < 0) return "–";
  if (ms < 1) return "<1 ms";
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < minute - 500) return `${Math.round(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return parts(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return parts(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return parts(Math.floor(hours / 24), "d", hours % 24, "h");
}

function parts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** The time between two RFC 3339 times in milliseconds; until `now` while the end is open. */
export function elapsed(
  start: string | null | undefined,
  end: string | null | undefined,
  now: number,
): number | null {
  if (!start) return null;
  const ms = (end ? Date.parse(end) : now) - Date.parse(start);
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** `3 min. ago`, `in 2 hr.`, and the date once it is more than a week away. */
export function formatRelative(time: string | null | undefined, now: number): string {
  if (!time) return "–";
  const at = Date.parse(time);
  if (Number.isNaN(at)) return "–";
  const distance = at - now;
  const size = Math.abs(distance);
  if (size < 10_000) return "just now";
  if (size < minute) return relative.format(Math.round(distance / 1000), "second");
  if (size < hour) return relative.format(Math.round(distance / minute), "minute");
  if (size < day) return relative.format(Math.round(distance / hour), "hour");
  if (size < 7 * day) return relative.format(Math.round(distance / day), "day");
  return new Intl.DateTimeFormat("en", { dateStyle: "medium" }).format(at);
}

export function formatDateTime(time: string | null | undefined): string {
  if (!time || Number.isNaN(Date.parse(time))) return "–";
  return dateTime.format(Date.parse(time));
}

export function formatNumber(value: number): string {
  return plainNumber.format(value);
}

export function formatCompact(value: number): string {
  return compactNumber.format(value);
}

/** US dollars; more digits for small sums; `–` when the price is unknown. */
export function formatCost(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return "–";
  if (usd === 0) return "$0";
  if (usd < 0.0001) return "<$0.0001";
  return `$${usd.toFixed(usd < 0.1 ? 4 : 2)}`;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** A value as one short line for tables and node previews. */
export function formatPreview(value: unknown, length = 80): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
