import { expect } from 'vitest';
import { dumpsOf, readJournalLines } from './dumps.ts';
import { expectLoads, expectTrue, type FaultStage } from './fault-stage.ts';
import { holdProgram } from './hold-program.ts';

export interface Command {
  readonly args: readonly string[];
  /** Makes what it needs to be there. */
  readonly before?: (stage: FaultStage) => Promise<void>;
  /** Runs it undisturbed, and compares what it made with production. */
  readonly again: (stage: FaultStage) => Promise<void>;
}

export type CommandName = 'clone' | 'clone --resume' | 'load' | 'reset' | 'run' | 'run, unchanging source' | 'gc';

/** Each thing that the program makes of production, and what it does with it afterwards. */
export const commands: Readonly<Record<CommandName, Command>> = {
  clone: {
    args: ['clone'],
    again: async (stage) => {
      expect(await stage.cli(['clone']), 'clone again').toMatchObject({ exitCode: 0 });
      await expectLoads(stage, newestDump(stage));
    },
  },
  'clone --resume': {
    args: ['clone', '--resume', '--config', 'unchanging.json'],
    before: async (stage) => {
      // Killed as soon as some tables are finished, and some aren't.
      const { outcome, struckAt } = await holdProgram(stage.cli, ['clone', '--config', 'unchanging.json'], { kind: 'file', nth: 1 }, async (child) => {
        return readJournalLines(stage.folder) > 3 && child.kill('SIGKILL');
      });
      expect(struckAt, `${outcome.stdout}${outcome.stderr}`).toBeDefined();
    },
    again: async (stage) => {
      const resumed = await stage.cli(['clone', '--resume', '--config', 'unchanging.json']);
      // The attempt may have got to its end, or may be past going on with.
      if (resumed.exitCode !== 0) {
        expect(`${resumed.stdout}${resumed.stderr}`).toContain('dump-not-resumable');
        expect(await stage.cli(['clone']), 'clone again').toMatchObject({ exitCode: 0 });
      }
      await expectLoads(stage, newestDump(stage));
    },
  },
  load: {
    args: ['load', '--name', 'faulty', '--fresh'],
    before: async ({ cli }) => {
      expect(await cli(['clone'])).toMatchObject({ exitCode: 0 });
    },
    again: async (stage) => await expectLoads(stage, newestDump(stage)),
  },
  reset: {
    args: ['reset', 'faulty'],
    before: async ({ cli }) => {
      expect(await cli(['clone'])).toMatchObject({ exitCode: 0 });
      expect(await cli(['load', '--name', 'faulty'])).toMatchObject({ exitCode: 0 });
    },
    again: async (stage) => {
      expect(await stage.cli(['reset', 'faulty']), 'reset again').toMatchObject({ exitCode: 0 });
      await expectTrue(stage, 'faulty');
    },
  },
  run: { args: ['run'], again: async (stage) => await expectPass(stage, ['run', '--json']) },
  'run, unchanging source': {
    args: ['run', '--config', 'unchanging.json'],
    again: async (stage) => await expectPass(stage, ['run', '--json', '--config', 'unchanging.json']),
  },
  gc: {
    args: ['gc'],
    before: async (stage) => {
      const { struckAt } = await holdProgram(stage.cli, ['run', '--json'], { kind: 'process', nth: 20 }, async (child) => child.kill('SIGKILL'));
      expect(struckAt, 'a killed run').toBeDefined();
    },
    again: async ({ cli }) => expect(await cli(['gc']), 'gc again').toMatchObject({ exitCode: 0, stdout: 'Nothing to remove.\n' }),
  },
};

function newestDump({ folder }: FaultStage): string {
  return dumpsOf(folder).at(-1) ?? 'no dump';
}

async function expectPass({ cli }: FaultStage, args: readonly string[]): Promise<void> {
  // From an image, where one was kept: its content is compared with production's as it was copied.
  const ended = await cli(args);
  const last = ended.stdout.split('\n').findLast((line) => line.includes('run-finished')) ?? '';
  const verdict = /"kind":"(\w+)"/.exec(last)?.[1];
  expect({ exitCode: ended.exitCode, verdict }, ended.stdout.slice(-3000)).toEqual({ exitCode: 0, verdict: 'PASS' });
  expect(ended.stdout).toContain('equal in every column');
}
