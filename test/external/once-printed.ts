import type { ChildProcess } from 'node:child_process';

/** For `during` of a run of the program: does something to it once it has printed this. */
export function oncePrinted(text: string, act: (child: ChildProcess) => void) {
  return (child: ChildProcess, output: () => string) => {
    const look = setInterval(() => {
      if (!output().includes(text)) return;
      clearInterval(look);
      act(child);
    }, 5);
    child.once('exit', () => clearInterval(look));
  };
}
