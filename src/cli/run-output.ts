import type { Emit } from '../core/event.ts';
import type { Phase } from '../core/phase.ts';
import { terminalRenderer } from '../report/terminal.ts';
import type { WrittenReport } from '../report/terminal-verdict.ts';
import type { Terminal } from './terminal.ts';

/** What a command says while it is at work. */
export interface RunOutput extends Disposable {
  readonly emit: Emit;
  /** Says the last of it, with the verdict where a run has ended, and leaves the cursor where the next line belongs. Disposing does the same. */
  close(reports?: readonly WrittenReport[]): void;
}

/** For runs: events as lines of JSON, or as text for a person, on stdout. */
export function openRunOutput(terminal: Terminal, asJson: boolean): RunOutput {
  return asJson ? jsonLines(terminal) : rendered(terminal, terminal.stdout);
}

/** For commands whose result is something else: how far they are, on stderr; nothing where the result is JSON. */
export function openProgress(terminal: Terminal, asJson: boolean, phase: Phase = 'provision'): RunOutput {
  if (asJson) return silent;
  const output = rendered(terminal, terminal.stderr);
  output.emit({ type: 'phase-started', phase });
  return output;
}

function rendered(terminal: Terminal, stream: NodeJS.WriteStream): RunOutput {
  const render = terminalRenderer({
    write: (text) => terminal.write(stream, text),
    isTty: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
    color: hasColor(stream),
  });
  // Both streams are the one screen; where either goes elsewhere, nothing can draw over a note.
  const lead = terminal.stdout.isTTY && terminal.stderr.isTTY ? terminal.leadNotes((line) => render.note(line)) : undefined;
  const finish = (reports?: readonly WrittenReport[]) => {
    render.finish(reports);
    lead?.[Symbol.dispose]();
  };
  return {
    emit: (event) => {
      render(event);
      // What stays behind must be seen, whatever is going on.
      if (event.type === 'resource' && event.what === 'not-removed' && event.failure !== undefined)
        terminal.note(`error: ${event.failure.message}\n  → ${event.failure.cure}`);
    },
    close: finish,
    [Symbol.dispose]: () => finish(),
  };
}

function jsonLines(terminal: Terminal): RunOutput {
  return { emit: (event) => terminal.print(JSON.stringify(event)), close: () => {}, [Symbol.dispose]: () => {} };
}

const silent: RunOutput = { emit: () => {}, close: () => {}, [Symbol.dispose]: () => {} };

/** As terminals and https://no-color.org and https://force-color.org say. */
export function hasColor(stream: NodeJS.WriteStream): boolean {
  if ((process.env.NO_COLOR ?? '') !== '') return false;
  const forced = process.env.FORCE_COLOR;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && stream.hasColors();
}
