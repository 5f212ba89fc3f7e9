import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ServerEvent, stream } from "./sse";

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

let server: Server | null = null;

async function serve(answer: Answer): Promise<{ url: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  server = createServer((request, response) => {
    seen.push(request);
    answer(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, seen };
}

function open(response: ServerResponse) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Access-Control-Allow-Origin": "*" });
}

function frame(id: number, type = "node.completed", data = `{"sequence":${id}}`) {
  return `id: ${id}\nevent: ${type}\ndata: ${data}\n\n`;
}

const isLast = ({ event }: ServerEvent) => event === "execution.completed";
const quick = { firstDelayMs: 5, maxDelayMs: 20 };

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  server?.closeAllConnections();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = null;
});

describe("stream", () => {
  it("gives events in order and ends after the last one, though the server keeps the stream open", async () => {
    const { url, seen } = await serve((_, response) => {
      open(response);
      response.write(": hello\n\n");
      response.write(frame(1));
      response.write(frame(2, "execution.completed"));
    });
    const ids: unknown[] = [];
    await stream(url, { ...quick, isLast, onEvent: ({ id }) => ids.push(id) });
    expect(ids).toEqual(["1", "2"]);
    expect(seen[0]?.headers.accept).toBe("text/event-stream");
    expect(seen[0]?.headers["last-event-id"]).toBeUndefined();
  });

  it("puts together a frame that arrives in pieces, also within a character", async () => {
    const bytes = Buffer.from(frame(1, "execution.completed", '{"text":"größer €"}'));
    const { url } = await serve(async (_, response) => {
      open(response);
      for (const byte of bytes) {
        response.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const data: string[] = [];
    await stream(url, { ...quick, isLast, onEvent: (event) => data.push(event.data) });
    expect(data).toEqual(['{"text":"größer €"}']);
  });

  it("asks again from the last id when the connection ends early", async () => {
    const { url, seen } = await serve((_, response, count) => {
      open(response);
      if (count === 1) {
        response.write(frame(1));
        response.end(frame(2));
      } else {
        response.write(frame(3, "execution.completed"));
      }
    });
    const ids: unknown[] = [];
    const states: string[] = [];
    await stream(url, {
      ...quick,
      isLast,
      onEvent: ({ id }) => ids.push(id),
      onConnection: (state) => states.push(state),
    });
    expect(ids).toEqual(["1", "2", "3"]);
    expect(seen.map((request) => request.headers["last-event-id"])).toEqual([undefined, "2"]);
    expect(states).toEqual(["open", "lost", "open"]);
  });

  it("keeps the last id over frames without one", async () => {
    const { url, seen } = await serve((_, response, count) => {
      open(response);
      if (count === 1) {
        response.write(frame(7));
        response.end("event: node.delta\ndata: {}\n\n");
      } else {
        response.write(frame(8, "execution.completed"));
      }
    });
    await stream(url, { ...quick, isLast, onEvent: () => undefined });
    expect(seen[1]?.headers["last-event-id"]).toBe("7");
  });

  it("tries again after 503 and a broken connection", async () => {
    const { url, seen } = await serve((request, response, count) => {
      if (count === 1) response.writeHead(503).end();
      else if (count === 2) request.socket.destroy();
      else {
        open(response);
        response.write(frame(1, "execution.completed"));
      }
    });
    await stream(url, { ...quick, isLast, onEvent: () => undefined });
    expect(seen).toHaveLength(3);
  });

  it("takes silence for a dead connection", async () => {
    const { url, seen } = await serve((_, response, count) => {
      open(response);
      response.write(count === 1 ? frame(1) : frame(2, "execution.completed"));
    });
    const ids: unknown[] = [];
    await stream(url, { ...quick, silenceMs: 50, isLast, onEvent: ({ id }) => ids.push(id) });
    expect(ids).toEqual(["1", "2"]);
    expect(seen[1]?.headers["last-event-id"]).toBe("1");
  });

  it("rejects with the reason when the server refuses", async () => {
    const { url, seen } = await serve((_, response) => {
      response.writeHead(404, { "Content-Type": "application/problem+json" }).end('{"code":"not_found"}');
    });
    const refused = stream(url, {
      ...quick,
      onEvent: () => undefined,
      refuse: async (response) => new Error(`refused: ${await response.text()}`),
    });
    await expect(refused).rejects.toThrow('refused: {"code":"not_found"}');
    expect(seen).toHaveLength(1);
  });

  it("does not hide an error of the listener behind a new connection", async () => {
    const { url, seen } = await serve((_, response) => {
      open(response);
      response.write(frame(1));
    });
    const failing = stream(url, {
      ...quick,
      onEvent: () => {
        throw new TypeError("listener");
      },
    });
    await expect(failing).rejects.toThrow("listener");
    expect(seen).toHaveLength(1);
  });

  it("ends quietly when it is aborted, while reading and while waiting", async () => {
    const reading = new AbortController();
    const { url } = await serve((_, response) => {
      open(response);
      response.write(frame(1));
    });
    await stream(url, { ...quick, signal: reading.signal, onEvent: () => reading.abort() });
    const waiting = new AbortController();
    const onConnection = (state: string) => state === "lost" && waiting.abort();
    server?.closeAllConnections();
    await new Promise<void>((resolve) => server?.close(() => resolve()));
    server = null;
    await stream(url, {
      firstDelayMs: 60_000,
      signal: waiting.signal,
      onEvent: () => undefined,
      onConnection,
    });
  });

  it("does not sit out a long delay when the server is in reach again, nor knocks without any", async () => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const state = { up: false, attempts: 0, tell: () => {} };
    const ended = stream("/events", {
      fetch: async () => {
        state.attempts += 1;
        if (!state.up) throw new TypeError("down");
        return new Response(frame(1, "execution.completed"), {
          headers: { "Content-Type": "text/event-stream" },
        });
      },
      firstDelayMs: 1000,
      maxDelayMs: 600_000,
      isLast,
      onEvent: () => undefined,
      onReachable: (listener) => {
        state.tell = listener;
        return () => undefined;
      },
    });
    await vi.advanceTimersByTimeAsync(100);
    state.tell();
    await vi.advanceTimersByTimeAsync(800);
    expect(state.attempts).toBe(1);
    await vi.advanceTimersByTimeAsync(100_000);
    const before = state.attempts;
    state.up = true;
    state.tell();
    await vi.advanceTimersByTimeAsync(1);
    expect(state.attempts).toBe(before + 1);
    await ended;
  });

  it("sends a request that must not be repeated only once", async () => {
    const { url, seen } = await serve((_, response) => {
      open(response);
      response.end(frame(1));
    });
    const init = { method: "POST", body: "{}" };
    await stream(url, { ...quick, reconnect: false, init, onEvent: () => undefined });
    expect(seen.map(({ method }) => method)).toEqual(["POST"]);
  });
});
