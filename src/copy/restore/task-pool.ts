import { FailureError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';

/**
 * A piece of work for one session. `weight`: the heavier goes first, so that no worker is left alone with the longest one. A negative one waits until
 * nothing else does.
 */
export interface Task {
  readonly weight: number;
  run(session: Session): Promise<void>;
}

interface Waiting {
  readonly task: Task;
  readonly settle: PromiseWithResolvers<void>;
}

/**
 * Runs tasks on a few sessions, heaviest first; tasks may be added while others run. The first error ends all: what runs on the server is
 * cancelled, what waits is dropped, and every promise rejects with that one error.
 *
 * @example
 * await using pool = new TaskPool(context, 2, (stoppable) => openTarget(stoppable, target, 'silent'));
 * await pool.add({ weight: 1, run: (session) => session.execute('analyze').then(() => {}) });
 */
export class TaskPool implements AsyncDisposable {
  readonly #open: () => Promise<Result<Session>>;
  readonly #stop = new AbortController();
  readonly #waiting: Waiting[] = [];
  readonly #sessions = new Set<Session>();
  readonly #idle: Session[] = [];
  readonly #running = new Set<Promise<void>>();
  #size: number;
  #failed: { readonly error: unknown } | undefined;

  /** @param open is given a context whose signal also ends with the pool. */
  constructor(context: Context, size: number, open: (stoppable: Context) => Promise<Result<Session>>) {
    this.#size = Math.max(1, size);
    const stoppable = { ...context, signal: AbortSignal.any([context.signal, this.#stop.signal]) };
    this.#open = () => open(stoppable);
  }

  /** The weights of all tasks that wait for a session, but for those that let others go first. */
  get waitingWeight(): number {
    return this.#waiting.reduce((sum, { task }) => sum + Math.max(0, task.weight), 0);
  }

  set size(size: number) {
    this.#size = Math.max(1, size);
    this.#pump();
  }

  /** Settles with the task. An error is everybody's: a promise that nobody awaits is no unhandled rejection. */
  add(task: Task): Promise<void> {
    const settle = Promise.withResolvers<void>();
    settle.promise.catch(() => {});
    if (this.#failed !== undefined) settle.reject(this.#failed.error);
    else {
      const place = this.#waiting.findIndex((other) => other.task.weight < task.weight);
      this.#waiting.splice(place === -1 ? this.#waiting.length : place, 0, { task, settle });
      this.#pump();
    }
    return settle.promise;
  }

  /** Ends everything at once; from now on every task rejects with this error. */
  fail(error: unknown): void {
    this.#failed ??= { error };
    this.#stop.abort();
    for (const { settle } of this.#waiting.splice(0)) settle.reject(this.#failed.error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running.size > 0 || this.#waiting.length > 0) this.fail(new Error('the pool was closed before its work was done'));
    await Promise.allSettled(this.#running);
    await Promise.allSettled([...this.#sessions].map((session) => session.close()));
  }

  #pump(): void {
    while (this.#failed === undefined && this.#running.size < this.#size) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const run = this.#run(next).finally(() => {
        this.#running.delete(run);
        this.#pump();
      });
      this.#running.add(run);
    }
  }

  async #run({ task, settle }: Waiting): Promise<void> {
    try {
      const session = this.#idle.pop() ?? (await this.#opened());
      await task.run(session);
      this.#idle.push(session);
      settle.resolve();
    } catch (error) {
      // Only the first error tells what happened: the others are those of being stopped.
      this.fail(error);
      settle.reject(this.#failed?.error);
    }
  }

  async #opened(): Promise<Session> {
    const opened = await this.#open();
    if (!opened.ok) throw new FailureError(opened.failure);
    this.#sessions.add(opened.value);
    return opened.value;
  }
}
