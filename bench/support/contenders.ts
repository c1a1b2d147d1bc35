import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { asInstalled } from './as-installed.ts';
import { binFolder } from './bench-server.ts';

/** One way of getting a source's database into an empty one. */
export interface Contender {
  readonly name: string;
  /** Run one after the other, measured as one. `folder` is empty and thrown away afterwards. */
  commands(source: string, target: string, folder: string, jobs: number): readonly (readonly string[])[];
}

export const contenders: readonly Contender[] = [
  {
    name: 'pg_dump + pg_restore',
    commands: (source, target, folder, jobs) => [
      [join(binFolder, 'pg_dump'), '-Fd', `-j${jobs}`, '-f', join(folder, 'dump'), '-d', source],
      [join(binFolder, 'pg_restore'), `-j${jobs}`, '-d', target, join(folder, 'dump')],
    ],
  },
  {
    name: 'pgcopydb clone',
    commands: (source, target, folder, jobs) => [
      [
        'pgcopydb',
        'clone',
        ...['--table-jobs', String(jobs), '--index-jobs', String(jobs), '--dir', join(folder, 'pgcopydb'), '--source', source, '--target', target],
      ],
    ],
  },
  { name: 'pgrehearse', commands: (source, target, _folder, jobs) => [ourCopy('copy', source, target, jobs)] },
];

export function ourCopy(mode: 'copy' | 'clone', source: string, target: string, jobs: number): readonly string[] {
  return [process.execPath, asInstalled('our-copy.ts'), mode, source, target, String(jobs)];
}

/** What was compared, as each program calls itself. */
export function versions(): readonly string[] {
  const first = (command: string, ...args: string[]) =>
    spawnSync(command, args, { encoding: 'utf8' })
      .stdout?.split('\n')
      .find((line) => line !== '') ?? '';
  return [
    first(join(binFolder, 'postgres'), '--version'),
    first(join(binFolder, 'pg_dump'), '--version'),
    first('pgcopydb', '--version'),
    `node ${process.version}`,
  ];
}
