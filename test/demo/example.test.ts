import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assembleDemo, defects, exampleFolder, migrationFiles } from './assemble-demo.ts';

function read(variant: 'flawed' | 'repaired', file: string): string {
  return readFileSync(join(exampleFolder, 'migrations', variant, file), 'utf8');
}

test('the flawed and the repaired project differ in the planted defects alone', () => {
  expect(migrationFiles('flawed')).toEqual(migrationFiles('repaired'));
  const folder = mkdtempSync(join(tmpdir(), 'pgr-demo-'));
  try {
    assembleDemo(
      folder,
      defects.map((defect) => defect.name),
    );
    for (const file of migrationFiles('repaired')) expect(readFileSync(join(folder, 'migrations/flawed', file), 'utf8'), file).toBe(read('repaired', file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('each defect is planted once and in the file that is named', () => {
  for (const { name, migration } of defects) {
    expect(read('flawed', migration).split(`-- begin ${name}\n`)).toHaveLength(2);
    expect(read('flawed', migration)).not.toBe(read('repaired', migration));
  }
});

test('production is what the migrations that it has recorded make', () => {
  const production = readFileSync(join(exampleFolder, 'production.sql'), 'utf8');
  for (const file of migrationFiles('repaired').slice(0, 4)) expect(production, file).toContain(read('repaired', file).trimEnd());
});

test('both configurations ask the same of both projects', () => {
  const [flawed, repaired] = ['flawed', 'repaired'].map((variant) =>
    JSON.parse(readFileSync(join(exampleFolder, `pgrehearse.${variant}.config.json`), 'utf8')),
  );
  expect({ ...flawed, title: '', migrate: { ...flawed.migrate, folder: '' } }).toEqual({
    ...repaired,
    title: '',
    migrate: { ...repaired.migrate, folder: '' },
  });
});
