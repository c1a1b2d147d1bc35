import { readSavepoint } from '../assemble/savepoints.ts';
import type { TransactionState, WireStatement } from './contract.ts';

/**
 * Tags of commands before which the server needs no snapshot (PlannedStmtRequiresSnapshot in its source), and of a few for which that isn't worth
 * knowing. ROLLBACK and COMMIT are here because a new block may begin with them.
 */
const withoutSnapshot = new Set([
  '',
  'BEGIN',
  'START TRANSACTION',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT',
  'RELEASE',
  'SET',
  'SET CONSTRAINTS',
  'RESET',
  'SHOW',
  'LOCK TABLE',
  'LISTEN',
  'UNLISTEN',
  'NOTIFY',
  'FETCH',
  'MOVE',
  'CLOSE CURSOR',
  'CLOSE CURSOR ALL',
  'CHECKPOINT',
  'PREPARE',
  'DEALLOCATE',
  'DEALLOCATE ALL',
  'DISCARD PLANS',
  'DISCARD SEQUENCES',
]);

/** Ours take a few milliseconds, but a busy machine may let any of them wait. */
const SHORTEST_TIMEOUT_MS = 1_000;

const unitsMs = new Map([
  ['us', 0.001],
  ['ms', 1],
  ['', 1],
  ['s', 1_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/**
 * Knows when a statement of ours could do harm in a client's transaction block. A query before its first would fix the snapshot, and the client
 * could not choose the isolation any more. And a short statement_timeout holds for us, too: an error is kept from the client by a savepoint, but
 * that savepoint could be what fails.
 */
export class BlockGuard {
  #hasSnapshot = false;
  /** Milliseconds, 0 is none; undefined when it isn't known. */
  #timeoutMs: number | undefined;
  /** The open transaction has changed the timeout: its end may take that back. */
  #changed = false;

  statement({ tag, text, error }: Pick<WireStatement, 'tag' | 'text' | 'error'>): void {
    if (error === undefined && (tag === undefined || !withoutSnapshot.has(tag))) this.#hasSnapshot = true;
    // They may have ended one block and begun another.
    if (tag === 'COMMIT' || (tag === 'ROLLBACK' && readSavepoint(text) === undefined)) this.#endBlock();
    if (tag === 'RESET' || tag === 'DISCARD ALL') this.#timeoutMs = undefined;
    if (/statement_timeout|set_config/i.test(text)) {
      this.#timeoutMs = readAssignment(text);
      this.#changed = true;
    }
  }

  /** The server is ready; to be told before `whyNot` is asked. */
  ready(state: TransactionState): void {
    if (state === 'I') this.#endBlock();
  }

  /** Why a question could do harm, as a clause; undefined where it can't. */
  whyNot(state: TransactionState): string | undefined {
    if (state === 'I') return undefined;
    if (state === 'E') return 'its transaction had failed';
    if (!this.#hasSnapshot) return 'its transaction had no snapshot yet, which a question would have fixed';
    if (this.#timeoutMs === undefined) return "the session's statement_timeout was not known, and a question might have run into it";
    const isShort = this.#timeoutMs > 0 && this.#timeoutMs < SHORTEST_TIMEOUT_MS;
    return isShort ? `the session's statement_timeout is only ${this.#timeoutMs} ms` : undefined;
  }

  /** Whether the session has to be asked, outside of a block, for its statement_timeout. */
  get wantsTimeout(): boolean {
    return this.#timeoutMs === undefined;
  }

  /** @param setting as `current_setting` shows it. */
  timeoutIs(setting: string): void {
    this.#timeoutMs = milliseconds(setting);
  }

  #endBlock(): void {
    this.#hasSnapshot = false;
    if (this.#changed) this.#timeoutMs = undefined;
    this.#changed = false;
  }
}

/** Of `set statement_timeout = '5s'`; nothing where it is anything less simple. */
function readAssignment(text: string): number | undefined {
  const value = /^\s*set\s+(?:session\s+|local\s+)?statement_timeout\s*(?:=|to)\s*'?([^';]+?)'?\s*;?\s*$/i.exec(text)?.[1];
  return value === undefined ? undefined : milliseconds(value);
}

function milliseconds(setting: string): number | undefined {
  const [, number, unit] = /^(\d+)\s*([a-z]*)$/.exec(setting) ?? [];
  const factor = unitsMs.get(unit ?? '?');
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}
