import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../../../core/failure.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { Parameters } from './connection-parameters.ts';
import type { Machine } from './machine.ts';

/** The parameters of a named service, from PGSERVICEFILE or ~/.pg_service.conf, else from PGSYSCONFDIR. */
export function serviceParameters(name: string, given: string | undefined, machine: Machine): Result<Parameters> {
  const system = machine.environment('PGSYSCONFDIR');
  const files = [
    given ?? machine.environment('PGSERVICEFILE') ?? join(machine.home, '.pg_service.conf'),
    ...(system === undefined ? [] : [join(system, 'pg_service.conf')]),
    '/etc/postgresql-common/pg_service.conf',
  ];
  for (const file of files) {
    const found = readService(file, name);
    if (found !== undefined) return ok(found);
  }
  return fail(
    failure('usage', `there is no service ${name} in ${files.join(', ')}`, { object: name, cure: 'Check service= or PGSERVICE, and PGSERVICEFILE.' }),
  );
}

function readService(file: string, name: string): Parameters | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  let current = '';
  let found: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/).map((whole) => whole.trim())) {
    const section = /^\[(.*)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      if (found !== undefined) break;
      current = section;
      if (current === name) found = new Map();
    } else if (found !== undefined && line !== '' && !line.startsWith('#')) {
      const [, key, value = ''] = /^([^=]+)=(.*)$/.exec(line) ?? [];
      if (key !== undefined) found.set(key.trim(), value.trim());
    }
  }
  return found;
}
