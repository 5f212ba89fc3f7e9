import type { FieldError, Problem } from "./types";

/** What the server's schema says of an empty text (`string_too_short`), as a person would. */
export function plainWords(message: string): string {
  return message.replaceAll(/String should have at least 1 character\.?/g, "Enter a value.");
}

/** An answer of the API that is not a success, or no answer at all (`code: "network"`, status 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly requestId: string | null;
  readonly errors: FieldError[];

  constructor(problem: Partial<Problem> & { status: number }) {
    const title = problem.title ?? "The request failed";
    super(plainWords(problem.detail || title));
    this.status = problem.status;
    this.code = problem.code ?? "unknown";
    this.title = title;
    this.requestId = problem.request_id ?? null;
    this.errors = (problem.errors ?? []).map((error) => ({ ...error, message: plainWords(error.message) }));
  }
}

export function networkError(): ApiError {
  return new ApiError({
    status: 0,
    code: "network",
    title: "The server cannot be reached",
    detail: "The server cannot be reached. Check the connection, then try again.",
  });
}

/** The error for a refused answer; its body has been parsed already where `body` is given. */
export function problemOf(status: number, body: unknown): ApiError {
  if (typeof body === "object" && body !== null && "code" in body) {
    return new ApiError({ ...(body as Partial<Problem>), status });
  }
  return new ApiError({
    status,
    code: status >= 500 ? "unavailable" : "unknown",
    title: status >= 500 ? "The server could not answer" : `The request was refused (${status})`,
  });
}

export async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  return problemOf(response.status, body);
}

/** What to tell a person about any thrown value. */
export function describeError(error: unknown): string {
  return error instanceof Error && error.message ? error.message : "Something went wrong.";
}

/** A JSON pointer's segments, unescaped: `/data/api_key` gives `["data", "api_key"]`. */
export function pointerSegments(pointer: string): string[] {
  if (pointer === "" || pointer === "/") return [];
  return pointer
    .replace(/^\//, "")
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}
