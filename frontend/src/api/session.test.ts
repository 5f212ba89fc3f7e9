import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, ifMatch, request, unwrap } from "./client";
import { ApiError, pointerSegments } from "./problem";
import { csrfToken, onSignedOut } from "./session";

type Handler = (request: Request) => Response | Promise<Response>;

function json(body: unknown, status = 200): Response {
  const type = status < 400 ? "application/json" : "application/problem+json";
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } });
}

let calls: Request[] = [];

/** The server at the other end of the wire; only the wire is replaced. */
function answer(handle: Handler) {
  calls = [];
  vi.stubGlobal("fetch", async (sent: Request) => {
    calls.push(sent);
    return handle(sent);
  });
}

const paths = () => calls.map((call) => `${call.method} ${new URL(call.url).pathname}`);

beforeEach(() => {
  // biome-ignore lint/suspicious/noDocumentCookie: the test plays the server's Set-Cookie.
  document.cookie = "weft_csrf=first%2Btoken";
});
afterEach(() => vi.unstubAllGlobals());

describe("the CSRF header", () => {
  it("goes with what changes something, and not with reading", async () => {
    answer(() => json({ id: "1" }));
    await unwrap(api.GET("/api/v1/auth/me"));
    await unwrap(api.POST("/api/v1/auth/logout"));
    expect(calls.map((call) => call.headers.get("X-CSRF-Token"))).toEqual([null, "first+token"]);
    expect(csrfToken()).toBe("first+token");
  });
});

describe("a 401", () => {
  it("is followed by one refresh, and the request goes again whole with the new token", async () => {
    let fresh = false;
    answer(async (sent) => {
      if (sent.url.endsWith("/auth/refresh")) {
        fresh = true;
        // biome-ignore lint/suspicious/noDocumentCookie: the test plays the server's Set-Cookie.
        document.cookie = "weft_csrf=second";
        return json({});
      }
      return fresh ? json({ got: await sent.json() }, 201) : json({ code: "unauthenticated" }, 401);
    });
    const body = { name: "a", tags: ["b"] };
    expect(await unwrap(api.POST("/api/v1/workflows", { body }))).toEqual({ got: body });
    expect(paths()).toEqual([
      "POST /api/v1/workflows",
      "POST /api/v1/auth/refresh",
      "POST /api/v1/workflows",
    ]);
    expect(calls[2]?.headers.get("X-CSRF-Token")).toBe("second");
  });

  it("of several requests at once leads to a single refresh", async () => {
    let fresh = false;
    answer(async (sent) => {
      if (sent.url.endsWith("/auth/refresh")) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        fresh = true;
        return json({});
      }
      return fresh ? json({ items: [], next_cursor: null }) : json({ code: "unauthenticated" }, 401);
    });
    await Promise.all([
      unwrap(api.GET("/api/v1/workflows")),
      unwrap(api.GET("/api/v1/executions")),
      unwrap(api.GET("/api/v1/credentials")),
    ]);
    expect(paths().filter((path) => path.endsWith("/refresh"))).toHaveLength(1);
  });

  it("that a refresh does not heal tells that the session is over", async () => {
    answer(() => json({ code: "unauthenticated", detail: "Sign in." }, 401));
    const over = vi.fn();
    const stop = onSignedOut(over);
    await expect(unwrap(api.GET("/api/v1/workflows"))).rejects.toMatchObject({ status: 401 });
    stop();
    expect(over).toHaveBeenCalledTimes(1);
    expect(paths()).toEqual(["GET /api/v1/workflows", "POST /api/v1/auth/refresh"]);
  });

  it("of signing in is the answer, not an old session", async () => {
    answer(() => json({ code: "unauthenticated", detail: "Wrong email or password." }, 401));
    const body = { email: "a@example.org", password: "wrong" };
    await expect(unwrap(api.POST("/api/v1/auth/login", { body }))).rejects.toThrow(
      "Wrong email or password.",
    );
    expect(paths()).toEqual(["POST /api/v1/auth/login"]);
  });
});

describe("a refusal", () => {
  it("becomes an error with everything that the problem says", async () => {
    const errors = [{ path: "/name", code: "too_long", message: "At most 200 characters." }];
    answer(() =>
      json(
        { code: "invalid", title: "Not valid", detail: "The body is wrong.", request_id: "r1", errors },
        422,
      ),
    );
    const error = await unwrap(api.POST("/api/v1/workflows", { body: { name: "" } })).catch(
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 422,
      code: "invalid",
      message: "The body is wrong.",
      requestId: "r1",
      errors,
    });
  });

  it("without a problem's body still says something", async () => {
    answer(() => new Response("<html>bad gateway</html>", { status: 502 }));
    await expect(request("/api/v1/workflows/1/export")).rejects.toMatchObject({
      status: 502,
      message: "The server could not answer",
    });
  });

  it("by an empty body too", async () => {
    answer(() => new Response(null, { status: 503 }));
    await expect(unwrap(api.GET("/api/v1/auth/status"))).rejects.toMatchObject({ status: 503 });
  });

  it("by nobody is a network error", async () => {
    answer(() => {
      throw new TypeError("Failed to fetch");
    });
    await expect(unwrap(api.GET("/api/v1/auth/status"))).rejects.toMatchObject({
      status: 0,
      code: "network",
    });
  });
});

it("sends the revision as an entity tag", async () => {
  answer(() => new Response(null, { status: 204 }));
  const params = { path: { workflow_id: "w1" }, header: ifMatch(7) };
  await unwrap(api.DELETE("/api/v1/workflows/{workflow_id}", { params }));
  expect(calls[0]?.headers.get("If-Match")).toBe('"7"');
  expect(paths()).toEqual(["DELETE /api/v1/workflows/w1"]);
});

it("reads JSON pointers", () => {
  expect(pointerSegments("/a~1b/~0c/0")).toEqual(["a/b", "~c", "0"]);
  expect(pointerSegments("")).toEqual([]);
});
