import createClient from "openapi-fetch";
import { stream as openStream, type StreamOptions } from "@/lib/sse";
import { problemOf, readProblem } from "./problem";
import type { paths } from "./schema";
import { sessionFetch } from "./session";

const origin = typeof location === "undefined" ? "http://localhost" : location.origin;

const reachable = new Set<() => void>();

/** Calls back when the server has answered a request, or the browser is back on the network. Gives how to stop. */
function onReachable(listener: () => void): () => void {
  reachable.add(listener);
  addEventListener("online", listener);
  return () => {
    reachable.delete(listener);
    removeEventListener("online", listener);
  };
}

/** A request of what people and pages do; not of a stream, which would wake the others by its own attempts. */
async function ask(request: Request): Promise<Response> {
  const response = await sessionFetch(request);
  if (response.status < 500) for (const listener of [...reachable]) listener();
  return response;
}

/** The typed client: `api.GET("/api/v1/workflows/{workflow_id}", { params: { path: { workflow_id: id } } })`. */
export const api = createClient<paths>({ baseUrl: origin, fetch: ask });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; throws {@link ApiError} for every refusal. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw problemOf(response.status, error);
  return data as T;
}

/** `If-Match` for a resource read with this revision. */
export function ifMatch(revision: number): { "if-match": string } {
  return { "if-match": `"${revision}"` };
}

/** A request outside JSON (files, text); throws {@link ApiError} for every refusal. */
export async function request(path: string, init?: RequestInit): Promise<Response> {
  const response = await sessionFetch(new Request(new URL(path, origin), init));
  if (!response.ok) throw await readProblem(response);
  return response;
}

/** Server-sent events with the session; see {@link openStream}. */
export function stream(path: string, options: StreamOptions): Promise<void> {
  const send: typeof fetch = async (url, init) => {
    try {
      return await sessionFetch(new Request(new URL(String(url), origin), init));
    } catch (error) {
      // The stream knows a lost connection by fetch's own TypeError.
      if (error instanceof Error && "code" in error && error.code === "network") {
        throw new TypeError(error.message);
      }
      throw error;
    }
  };
  return openStream(path, { fetch: send, refuse: readProblem, onReachable, ...options });
}
