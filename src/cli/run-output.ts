import type { Emit } from '../core/event.ts';
import { emitNotes } from './emit-notes.ts';
import type { Terminal } from './terminal.ts';

/** What a run says while it goes on. */
export interface RunOutput extends Disposable {
  readonly emit: Emit;
  /** Writes the last line and puts the cursor where it belongs, before anything else is printed. Disposing does the same. */
  close(): void;
}

/** Events as lines of JSON on stdout, as text for a person, or not at all. */
export function openRunOutput(terminal: Terminal, form: 'json-lines' | 'text' | 'silent'): RunOutput {
  const emit: Emit = form === 'json-lines' ? (event) => terminal.print(JSON.stringify(event)) : emitNotes(terminal, form === 'silent');
  const close = () => {};
  return { emit, close, [Symbol.dispose]: close };
}
