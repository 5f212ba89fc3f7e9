/** Saving a draft by itself: one request at a time, the newest draft wins, a conflict stops it. */

export interface Draft<T> {
  value: T;
  revision: number;
}

export type SaveState =
  | { kind: "saved" }
  | { kind: "unsaved" }
  | { kind: "saving" }
  | { kind: "failed"; error: unknown }
  | { kind: "conflict" };

export interface AutosaveOptions<T> {
  initial: Draft<T>;
  /** Gives the new revision. */
  save: (value: T, revision: number) => Promise<number>;
  isConflict: (error: unknown) => boolean;
  /** Whether it may work later: then it is tried again. */
  mayPass: (error: unknown) => boolean;
  onState: (state: SaveState) => void;
  delayMs?: number;
  retryMs?: number;
}

export interface Autosave<T> {
  change: (value: T) => void;
  /** Saves now what is unsaved. Resolves with whether the server has the newest draft. */
  flush: () => Promise<boolean>;
  /** After a conflict: goes on upon another revision, with our draft or (when given) with theirs. */
  resolve: (revision: number, theirs?: T) => void;
  revision: () => number;
  /** Saves now what is unsaved, and then no more. Resolves with whether the server has the newest draft. */
  stop: () => Promise<boolean>;
}

export function createAutosave<T>(options: AutosaveOptions<T>): Autosave<T> {
  const { save, isConflict, mayPass, onState, delayMs = 800, retryMs = 3000 } = options;
  let saved = options.initial.value;
  let revision = options.initial.revision;
  let newest = saved;
  let running: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let conflict = false;
  let stopped = false;

  function later(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), ms);
  }

  async function write(): Promise<void> {
    const value = newest;
    onState({ kind: "saving" });
    try {
      revision = await save(value, revision);
      saved = value;
      onState(newest === saved ? { kind: "saved" } : { kind: "unsaved" });
    } catch (error) {
      conflict = isConflict(error);
      onState(conflict ? { kind: "conflict" } : { kind: "failed", error });
      if (!conflict && !stopped && mayPass(error)) later(retryMs);
      throw error;
    }
  }

  async function flush(): Promise<boolean> {
    clearTimeout(timer);
    while (newest !== saved && !conflict) {
      running ??= write().finally(() => {
        running = null;
      });
      try {
        await running;
      } catch {
        // `write` has told the state; the caller learns it from the answer.
        return false;
      }
    }
    return newest === saved;
  }

  return {
    change: (value) => {
      newest = value;
      if (conflict || newest === saved) return;
      onState({ kind: "unsaved" });
      later(delayMs);
    },
    flush,
    resolve: (onto, theirs) => {
      conflict = false;
      revision = onto;
      if (theirs === undefined) {
        later(0);
        return;
      }
      saved = theirs;
      newest = theirs;
      onState({ kind: "saved" });
    },
    revision: () => revision,
    stop: () => {
      stopped = true;
      return flush();
    },
  };
}
