/** Cookies, CSRF and the one refresh: what stands between a request and the server. */
import { networkError } from "./problem";

const unsafe = new Set(["POST", "PUT", "PATCH", "DELETE"]);
const withoutRefresh = /\/api\/v1\/auth\/(status|setup|login|refresh|register|logout|password\/)/;

type Listener = () => void;
const signedOut = new Set<Listener>();

/** Calls back when the session has ended and cannot be renewed. */
export function onSignedOut(listener: Listener): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

export function csrfToken(): string | null {
  for (const pair of document.cookie.split("; ")) {
    const [name, ...value] = pair.split("=");
    if (name === "weft_csrf") return decodeURIComponent(value.join("="));
  }
  return null;
}

function withCsrf(request: Request): Request {
  const token = csrfToken();
  if (unsafe.has(request.method) && token !== null) request.headers.set("X-CSRF-Token", token);
  return request;
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(withCsrf(request));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw networkError();
  }
}

let refreshing: Promise<boolean> | null = null;

// One refresh for all requests that were refused at the same time: a reused refresh token revokes its family.
function refresh(): Promise<boolean> {
  refreshing ??= renew().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function renew(): Promise<boolean> {
  const url = new URL("/api/v1/auth/refresh", location.origin);
  // Tabs share the cookies, so they take turns; the later one finds the new ones.
  const before = csrfToken();
  const run = async () => {
    const now = csrfToken();
    if (now !== null && now !== before) return true;
    const response = await send(new Request(url, { method: "POST" }));
    return response.ok;
  };
  return "locks" in navigator ? navigator.locks.request("weft.refresh", run) : run();
}

/** `fetch` with the session: CSRF header, and one renewal of the access token after a 401. */
export async function sessionFetch(request: Request): Promise<Response> {
  const again = withoutRefresh.test(request.url) ? null : request.clone();
  const response = await send(request);
  if (response.status !== 401 || again === null) return response;
  if (await refresh()) {
    const second = await send(again);
    if (second.status !== 401) return second;
  }
  for (const listener of signedOut) listener();
  return response;
}
