import type { Emit } from '../core/event.ts';
import { emitNotes } from './emit-notes.ts';
import type { Terminal } from './terminal.ts';

/** What a run says while it goes on. Ends with the last line written and the cursor where it belongs. */
export interface RunOutput extends AsyncDisposable {
  readonly emit: Emit;
}

/** Events as lines of JSON on stdout, or as text for a person. */
export function openRunOutput(terminal: Terminal, asJson: boolean): RunOutput {
  const emit: Emit = asJson ? (event) => terminal.print(JSON.stringify(event)) : emitNotes(terminal, false);
  return { emit, [Symbol.asyncDispose]: async () => {} };
}
