import type { Emit } from '../core/event.ts';
import type { Terminal } from './terminal.ts';

/** For commands that aren't runs: the steps and the troubles of what they do, as notes. Silent where the output is JSON. */
export function emitNotes(terminal: Terminal, asJson: boolean): Emit {
  return (event) => {
    if (asJson) return;
    if (event.type === 'step') terminal.note(event.text);
    else if (event.type === 'resource' && event.what === 'not-removed') terminal.note(event.failure?.message ?? `${event.resource.label} could not be removed`);
  };
}
