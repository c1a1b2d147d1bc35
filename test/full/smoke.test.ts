import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { migrationsHash } from '../../src/smoke/checks/check-manual.ts';
import { shopFiles, shopProduction } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, type Stage, withStage } from '../program/stage.ts';
import { untilTrue } from '../support/until-true.ts';

const production = useProduction();
const env = { NODE_PATH: join(import.meta.dirname, '../../node_modules') };
const start = [process.execPath, join(import.meta.dirname, '../support/application.cjs')];
const script = `${shopProduction}
do $$ begin if not exists (select from pg_catalog.pg_roles where rolname = 'shop_app') then create role shop_app login; end if; end $$;
grant select on public.item to shop_app;`;

/** What production grants is what the repo says. */
const files = { 'schema/head.sql': `${shopFiles['schema/head.sql']}grant select on public.item to shop_app;\n` };

const settings = (compatibility: object) => ({ compatibility: { role: 'shop_app', ...compatibility } });

/** Processes of the team's that a run on this home started, and that are still there: they have its environment. */
function startedFrom(home: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      const isTeams = variables.some((one) => one.startsWith('PGREHEARSE_RESOURCE=')) && variables.includes(`PGREHEARSE_HOME=${home}`);
      return isTeams && words[0] !== '' ? [words.join(' ')] : [];
    } catch {
      return [];
    }
  });
}

/** Runs until the application is asked something that it never answers, then sends the signal. */
async function interruptAsking({ cli }: Stage, signal: NodeJS.Signals) {
  return await cli(['run', '--json'], {
    env: { ...env, MODE: 'children' },
    during: (child, output) => {
      const poll = setInterval(() => {
        if (!output().includes('Checking silent')) return;
        clearInterval(poll);
        child.kill(signal);
      }, 50);
      child.once('exit', () => clearInterval(poll));
    },
  });
}

describe('an application that is being asked when the run ends', () => {
  const compatibility = { application: { start }, smoke: [{ kind: 'http', name: 'silent', url: '/never', timeoutSeconds: 600 }] };

  test('Ctrl-C: it is stopped, and all that it started', async () => {
    await withStage(production, { database: 'smoke_interrupted', script, files, settings: settings(compatibility) }, async (stage) => {
      const ended = await interruptAsking(stage, 'SIGINT');
      expect(ended.exitCode, ended.stderr).toBe(130);
      expect(startedFrom(stage.home)).toEqual([]);
    });
  });

  test('kill -9: gc ends it, and all that it started', async () => {
    await withStage(production, { database: 'smoke_killed', script, files, settings: settings(compatibility) }, async (stage) => {
      const ended = await interruptAsking(stage, 'SIGKILL');
      expect(ended.signal).toBe('SIGKILL');
      expect(startedFrom(stage.home)).toHaveLength(2);
      expect(await stage.cli(['gc'])).toMatchObject({ exitCode: 0, stderr: '' });
      await untilTrue('nothing is left of it', async () => startedFrom(stage.home).length === 0);
    });
  });
});

test('pages in a real browser: what loads, what a sub-request breaks, what the console says, with pictures in the evidence', async () => {
  const page = (name: string, url: string, more: object = {}) => ({ kind: 'page', name, url, ...more });
  const checks = [
    page('items', '/page', { selector: 'li', mustShow: ['item 50'] }),
    page('without data', '/page-without-data'),
    page('known', '/page-without-data', { ignoreErrors: ['/broken'] }),
    page('with error', '/page-with-error', { screenshot: false }),
    page('lost', '/nowhere'),
    page('absent', '/page', { selector: '#absent', timeoutSeconds: 2 }),
  ];
  await withStage(production, { database: 'smoke_pages', script, files, settings: settings({ application: { start }, smoke: checks }) }, async (stage) => {
    const { summary, runFolder, text } = await rehearse(stage, { env });
    const [report] = summary.smoke;
    expect(
      report?.answers.map(({ name, outcome, said }) => `${name} ${outcome}: ${said}`.replaceAll(/localhost:\d+/g, 'host')),
      text,
    ).toEqual([
      'application works: started, got ready, and stayed until everything was asked',
      'items works: /page loaded with 200, without an error',
      expect.stringMatching(/^without data broken: .*a request failed: GET http:\/\/host\/broken 500/),
      'known works: /page-without-data loaded with 200, without an error',
      expect.stringMatching(/^with error broken: .*the console shows an error: page broke/),
      expect.stringMatching(/^lost broken: .*the status is 404/),
      expect.stringMatching(/^absent broken: .*#absent did not appear/),
    ]);
    const pictures = summary.artifacts.filter(({ path }) => path.endsWith('.png')).map(({ path }) => path);
    expect(pictures).toEqual(['items', 'without_data', 'known', 'lost', 'absent'].map((name) => `smoke/new-${name}.png`));
    const [first = ''] = pictures;
    expect(readFileSync(join(runFolder, first)).subarray(1, 4).toString()).toBe('PNG');
    expect(await stage.cli(['evidence', 'verify', summary.header?.runId ?? ''])).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(stage.home, 'data/browser'))).toBe(false);
  });
});

test('without a browser a page check is inconclusive, with what to do', async () => {
  const checks = [{ kind: 'page', name: 'items', url: '/page' }];
  const compatibility = settings({ application: { start }, browser: '/no/such/browser', smoke: checks });
  await withStage(production, { database: 'smoke_blind', script, files, settings: compatibility }, async (stage) => {
    const { summary, exitCode } = await rehearse(stage, { env });
    expect(exitCode).toBe(3);
    expect(summary.gates.find(({ gate }) => gate === 'smoke:items')).toMatchObject({ outcome: 'inconclusive', couldFail: false });
    expect(summary.findings.find(({ object }) => object.name === 'items')).toMatchObject({
      severity: 'doubt',
      cure: expect.stringContaining('apt-get install chromium'),
    });
  });
});

test('a secret header is in no file of the run; a checklist that is signed for these migrations passes', async () => {
  const secret = 'Bearer n0t-to-be-seen-anywhere';
  const smoke = [
    {
      kind: 'http',
      name: 'secret',
      url: '/secret',
      headersFromEnvironment: { authorization: 'SMOKE_TOKEN' },
      required: false,
      expect: { matches: ['n0t-to-be-seen', 'nothing like it'] },
    },
    { kind: 'manual', name: 'checkout', steps: ['Buy something.'] },
  ];
  await withStage(production, { database: 'smoke_signed', script, files, settings: settings({ application: { start }, smoke }) }, async (stage) => {
    const first = await rehearse(stage, { env: { ...env, SMOKE_TOKEN: secret } });
    const doubt = first.summary.findings.find(({ id }) => id === 'smoke:check:checkout');
    expect(doubt).toMatchObject({ severity: 'doubt', title: expect.stringContaining('nobody has signed') });
    for (const name of readdirSync(first.runFolder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.\w+$/.test(name)) continue;
      expect(readFileSync(join(first.runFolder, name), 'latin1'), name).not.toContain('n0t-to-be-seen-anywhere');
    }
    const pending = first.summary.migrations.flatMap(({ revision, sha256 }) => (sha256 === undefined ? [] : [{ revision, sha256 }]));
    // What the cure says to write down is what counts.
    expect(doubt?.cure).toContain(`"migrations":"${migrationsHash(pending)}"`);
  });
});
