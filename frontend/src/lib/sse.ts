import { createParser, type EventSourceMessage } from "eventsource-parser";

export type ServerEvent = EventSourceMessage;

export interface StreamOptions {
  onEvent: (event: ServerEvent) => void;
  /** Tells that nothing follows this event, so that the end of the stream is not a lost connection. */
  isLast?: (event: ServerEvent) => boolean;
  onConnection?: (state: "open" | "lost") => void;
  signal?: AbortSignal;
  lastEventId?: string;
  init?: RequestInit;
  fetch?: typeof fetch;
  /** Turns an answer that will not become a stream into the error to throw. */
  refuse?: (response: Response) => Promise<Error>;
  /** false for requests that must not be sent twice. */
  reconnect?: boolean;
  firstDelayMs?: number;
  maxDelayMs?: number;
  /** Calls back when the server may be in reach again, so that no long delay is sat out. Gives how to stop. */
  onReachable?: (listener: () => void) => () => void;
  /** The server sends a comment every 15 s; silence longer than this is a dead connection. */
  silenceMs?: number;
}

const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The connection failed in a way that may pass. */
class Retry extends Error {}

// fetch reports an unreachable or vanished server as a TypeError.
function lost(error: unknown): never {
  throw error instanceof TypeError ? new Retry(error.message) : error;
}

/**
 * Waits for `ms`, or only for `least` once the server is known to be in reach: that it answers elsewhere does not
 * mean that the stream holds. Resolves with whether it was cut short.
 */
function wait(
  ms: number,
  least: number,
  { signal, onReachable }: Pick<StreamOptions, "signal" | "onReachable">,
): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const began = performance.now();
    let reached = false;
    let timer = setTimeout(end, ms);
    const deaf = onReachable?.(() => {
      if (reached) return;
      reached = true;
      clearTimeout(timer);
      timer = setTimeout(end, Math.max(0, Math.min(ms, least) - (performance.now() - began)));
    });
    signal?.addEventListener("abort", end, { once: true });
    function end() {
      clearTimeout(timer);
      deaf?.();
      signal?.removeEventListener("abort", end);
      resolve(reached);
    }
  });
}

async function readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  ms: number,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Retry("silence")), ms);
  });
  try {
    return await Promise.race([reader.read().catch(lost), silence]);
  } finally {
    clearTimeout(timer);
  }
}

async function defaultRefusal(response: Response): Promise<Error> {
  return new Error(`The stream was refused with status ${response.status}.`);
}

/**
 * Reads a stream of server-sent events until its last event or until `signal` aborts.
 *
 * A lost connection is opened again after a growing delay (the server's `retry:` sets the first;
 * one that is grown ends when the server is known to be in reach),
 * with `Last-Event-ID`, so that nothing is lost or doubled. Rejects when the server refuses the request.
 */
export async function stream(url: string, options: StreamOptions): Promise<void> {
  const { signal, onEvent, isLast, onConnection, reconnect = true } = options;
  const send = options.fetch ?? fetch;
  let firstDelay = options.firstDelayMs ?? 500;
  let delay = firstDelay;
  let lastEventId = options.lastEventId;
  let ended = false;

  async function connect(): Promise<void> {
    const headers = new Headers(options.init?.headers);
    headers.set("Accept", "text/event-stream");
    if (lastEventId !== undefined) headers.set("Last-Event-ID", lastEventId);
    const response = await send(url, { ...options.init, headers, signal, cache: "no-store" }).catch(lost);
    if (response.status === 204) {
      ended = true;
      return;
    }
    const type = response.headers.get("Content-Type") ?? "";
    if (!response.ok || !type.startsWith("text/event-stream") || !response.body) {
      if (reconnect && passing.has(response.status)) throw new Retry(`status ${response.status}`);
      ended = true;
      throw await (options.refuse ?? defaultRefusal)(response);
    }
    onConnection?.("open");
    const parser = createParser({
      onRetry: (ms) => {
        firstDelay = ms;
        delay = ms;
      },
      onEvent: (event) => {
        delay = firstDelay;
        if (event.id !== undefined) lastEventId = event.id;
        onEvent(event);
        if (isLast?.(event)) ended = true;
      },
    });
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    try {
      while (!ended) {
        const { done, value } = await readWithin(reader, options.silenceMs ?? 45_000);
        if (done) return;
        parser.feed(decoder.decode(value, { stream: true }));
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  while (!ended && !signal?.aborted) {
    try {
      await connect();
    } catch (error) {
      if (signal?.aborted) return;
      if (!reconnect || !(error instanceof Retry)) throw error;
    }
    if (ended || !reconnect || signal?.aborted) return;
    onConnection?.("lost");
    const reached = await wait(delay * (0.8 + 0.4 * Math.random()), firstDelay, options);
    delay = reached ? firstDelay : Math.min(delay * 2, options.maxDelayMs ?? 5000);
  }
}
