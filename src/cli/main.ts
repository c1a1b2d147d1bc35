import { leaveHomes } from './make-context.ts';
import { runCommandLine } from './program.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { flush, openTerminal } from './terminal.ts';
import { toolVersion } from './tool-version.ts';

/** A fault of pgrehearse itself: nothing is known of the deploy, as with INCONCLUSIVE. */
const bugExitCode = 3;
// Where a promise is waited for that nothing keeps alive, Node ends the program as if all was well: until the end is reached, it isn't.
process.exitCode = bugExitCode;

const terminal = openTerminal(process.stdout, process.stderr);
const stop = stopOnSignal(process, terminal.note, (exitCode) => process.exit(exitCode));
let bug: unknown;

// An error on a stream or timer that nobody waits for: stop, but let clean-up finish.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    bug ??= error;
    stop.abort();
  });
}

let exitCode: number;
try {
  exitCode = await runCommandLine(process.argv.slice(2), { terminal, folder: process.cwd(), signal: stop.signal, letSignalsPass: stop.release });
} catch (error) {
  bug ??= error;
  exitCode = bugExitCode;
}
if (bug !== undefined) {
  terminal.note(bugText(bug));
  exitCode = bugExitCode;
}
await leaveHomes();
await flush(terminal);
process.exit(stop.exitCode() ?? exitCode);

function bugText(error: unknown): string {
  return [
    '',
    'This is a bug in pgrehearse, not in your migration. Production was only read. `pgrehearse gc` removes what may have been left behind.',
    'Please report it with these lines; look them over first, since an error may quote data:',
    '',
    `pgrehearse ${toolVersion}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    `pgrehearse ${process.argv.slice(2, 3).join(' ')}`,
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  ].join('\n');
}
