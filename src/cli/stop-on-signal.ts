/** Turns Ctrl-C and SIGTERM into an abort, after which everything of ours is removed in order. */
export interface StopSignals {
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM, 129 after the terminal was closed; undefined as long as nobody wants us to stop. */
  exitCode(): number | undefined;
  /** Aborts as a signal would, for errors that nobody caught. */
  abort(): void;
  /** Stops listening. */
  release(): void;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** A terminal sends Ctrl-C to every process of the command line, and npm and the launcher pass it on as well: within this time it is the same key press. */
const samePressMs = 500;

/**
 * Listens for signals. The first aborts, the second says that clean-up is going on, the third gives up.
 *
 * @param note prints a line for the person
 * @param giveUp ends the process at once
 */
export function stopOnSignal(source: NodeJS.Process, note: (line: string) => void, giveUp: (exitCode: number) => void): StopSignals {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let presses = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => {
    const listener = () => {
      const at = performance.now();
      if (at - lastAt < samePressMs) return;
      lastAt = at;
      presses++;
      exitCode ??= exitCodes[name];
      if (presses === 1) {
        note('Stopping: removing everything that was made …');
        controller.abort();
      } else if (presses === 2) note('Clean-up is going on. Once more ends it half-way; `pgrehearse gc` then finishes it.');
      else giveUp(exitCode);
    };
    source.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    abort: () => controller.abort(),
    release: () => {
      for (const { name, listener } of listeners) source.off(name, listener);
    },
  };
}
