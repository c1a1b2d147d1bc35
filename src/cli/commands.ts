import type { Command } from './command.ts';

export interface CommandGroup {
  readonly heading: string;
  readonly commands: readonly Command[];
}

type Load = () => Promise<Command>;

/** Every command by the words that call it, as the help lists them. Each is loaded by itself: one that is called doesn't wait for the rooms of all others. */
const groups: readonly { readonly heading: string; readonly commands: Readonly<Record<string, Load>> }[] = [
  {
    heading: 'First steps:',
    commands: {
      demo: async () => (await import('./commands/demo.ts')).demo,
      init: async () => (await import('./commands/init.ts')).init,
      doctor: async () => (await import('./commands/doctor.ts')).doctor,
      explain: async () => (await import('./commands/explain.ts')).explain,
    },
  },
  {
    heading: 'Rehearse:',
    commands: {
      run: async () => (await import('./commands/run.ts')).run,
      rollback: async () => (await import('./commands/rollback.ts')).rollback,
      preflight: async () => (await import('./commands/preflight.ts')).preflight,
      runbook: async () => (await import('./commands/runbook.ts')).runbook,
      diff: async () => (await import('./commands/diff.ts')).diff,
      runs: async () => (await import('./commands/runs.ts')).runs,
      report: async () => (await import('./commands/report.ts')).report,
      'evidence verify': async () => (await import('./commands/evidence-verify.ts')).evidenceVerify,
    },
  },
  { heading: 'Staging:', commands: { sync: async () => (await import('./commands/sync.ts')).sync } },
  {
    heading: 'Copies of production:',
    commands: {
      clone: async () => (await import('./commands/clone.ts')).clone,
      mask: async () => (await import('./commands/mask.ts')).mask,
      load: async () => (await import('./commands/load.ts')).load,
      fresh: async () => (await import('./commands/fresh.ts')).fresh,
      reset: async () => (await import('./commands/reset.ts')).reset,
      exec: async () => (await import('./commands/exec.ts')).exec,
      env: async () => (await import('./commands/env.ts')).env,
      clones: async () => (await import('./commands/clones.ts')).clones,
      connections: async () => (await import('./commands/connections.ts')).connections,
      images: async () => (await import('./commands/images.ts')).images,
      dumps: async () => (await import('./commands/dumps.ts')).dumps,
      drop: async () => (await import('./commands/drop.ts')).drop,
      gc: async () => (await import('./commands/gc.ts')).gc,
    },
  },
];

/**
 * Loads the commands that begin with a word; all of them where it is no command's, so that help and a misspelt word can be answered.
 *
 * @example await loadCommands('sync') // one group with one command
 */
export async function loadCommands(word?: string): Promise<readonly CommandGroup[]> {
  const called = groups
    .map(({ heading, commands }) => ({ heading, loads: Object.entries(commands).flatMap(([name, load]) => (name.split(' ')[0] === word ? [load] : [])) }))
    .filter(({ loads }) => loads.length > 0);
  const wanted = called.length > 0 ? called : groups.map(({ heading, commands }) => ({ heading, loads: Object.values(commands) }));
  return await Promise.all(wanted.map(async ({ heading, loads }) => ({ heading, commands: await Promise.all(loads.map((load) => load())) })));
}
