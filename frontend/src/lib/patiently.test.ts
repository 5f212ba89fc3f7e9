import { expect, it, vi } from "vitest";
import { patiently } from "./patiently";

it("tries again until the part comes, once for all who ask", async () => {
  vi.useFakeTimers();
  let calls = 0;
  const load = patiently(async () => {
    calls += 1;
    if (calls < 3) throw new TypeError("Failed to fetch");
    return "part";
  });
  const both = Promise.all([load(), load()]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await both).toEqual(["part", "part"]);
  expect(calls).toBe(3);
  vi.useRealTimers();
});
