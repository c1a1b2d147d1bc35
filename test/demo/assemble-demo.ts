import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The example that `pgrehearse demo` runs. */
export const exampleFolder = join(import.meta.dirname, '../../examples/tenant-rename');

/** One fault that is planted in the flawed migrations, and the finding that has to name it. */
export interface Defect {
  readonly name: string;
  readonly migration: string;
  readonly title: string;
  /** The id of its finding. */
  readonly finding: string;
}

export const defects = JSON.parse(readFileSync(join(exampleFolder, 'defects.json'), 'utf8')) as readonly Defect[];

/**
 * Copies the example to `folder` and repairs the named defects in its flawed migrations: each block between `-- begin <name>` and
 * `-- end <name>` is replaced by the same block of the repaired ones.
 *
 * @returns the configuration file of the copy
 */
export function assembleDemo(folder: string, repaired: readonly string[]): string {
  cpSync(exampleFolder, folder, { recursive: true, filter: (path) => !path.includes('.pgrehearse') });
  for (const name of repaired) {
    const defect = defects.find((known) => known.name === name);
    if (defect === undefined) throw new Error(`no defect is called ${name}`);
    const flawedFile = join(folder, 'migrations/flawed', defect.migration);
    const flawed = readFileSync(flawedFile, 'utf8');
    const cure = block(readFileSync(join(folder, 'migrations/repaired', defect.migration), 'utf8'), name);
    writeFileSync(
      flawedFile,
      flawed.replace(block(flawed, name), () => cure),
    );
  }
  return join(folder, 'pgrehearse.flawed.config.json');
}

/** Names of the migration files of one variant. */
export function migrationFiles(variant: 'flawed' | 'repaired'): readonly string[] {
  return readdirSync(join(exampleFolder, 'migrations', variant)).sort();
}

function block(text: string, name: string): string {
  const begin = text.indexOf(`-- begin ${name}\n`);
  const end = `-- end ${name}\n`;
  const at = text.indexOf(end, begin);
  if (begin === -1 || at === -1) throw new Error(`no block ${name}`);
  return text.slice(begin, at + end.length);
}
