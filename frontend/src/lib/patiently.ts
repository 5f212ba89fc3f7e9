const FIRST_MS = 500;
const LONGEST_MS = 8_000;

/**
 * Loads a part of the app, and tries again until it comes: a server that is away for a moment must not take the page
 * down with what is unsaved on it. One load serves all who ask.
 */
export function patiently<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  async function attempt(): Promise<T> {
    for (let pause = FIRST_MS; ; pause = Math.min(LONGEST_MS, pause * 2)) {
      try {
        return await load();
      } catch {
        // Only the network or a newer build stands in the way; the page around it says so where it matters.
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }
  return () => {
    loading ??= attempt();
    return loading;
  };
}
