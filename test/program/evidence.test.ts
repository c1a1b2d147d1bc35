import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logContents } from '../../src/core/named-log.ts';
import { makeSystem } from '../../src/edge/system/make-system.ts';
import { signatureChecker } from '../../src/evidence/signing/verify-signature.ts';
import { verifyEvidence } from '../../src/evidence/verify-evidence.ts';
import { inFull } from '../support/in-full.ts';
import { useProduction } from './shop-production.ts';
import { rehearse, type Stage, withStage } from './stage.ts';

const production = useProduction();

/** One for each way in. Each is told apart, so that a failure names the way. */
const secrets = {
  urlPassword: 'canary-url-p@ss/word 1',
  passFile: 'canary-passfile-2',
  environment: 'canary-environment-3',
  environmentUrl: 'canary-environment-url-4',
  settingOfTool: 'canary-setting-of-tool-5',
  header: 'canary-header-6',
  settingOfApplication: 'canary-setting-of-application-7',
  clonePassword: 'canary-clone-password-8',
} as const;
/** Values of production's rows. */
const rows = { name: 'canary-row-name-9', number: '987654321987', sequence: 'canary-row-note-10' } as const;

const pg = JSON.stringify(join(import.meta.dirname, '../../node_modules/pg'));

/** A migration tool that prints all it is given and all it sees, and swallows an error that quotes a row. */
const tool = `
const { Client } = require(${pg});
console.log(process.env);
console.error(JSON.stringify(process.env));
(async () => {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  console.log((await client.query('select * from public.item order by id limit 3')).rows);
  await client.query("insert into public.item (name) values ('${rows.name}')").catch((error) => console.log(error));
  await client.query("select '${rows.name}'::integer").catch((error) => console.log(error.message));
  await client.query("update public.item set number = ${rows.number} where name = '${rows.name}'");
  await client.query('alter table public.item add column note text');
  await client.query("insert into public.schema_migrations values ('0002_note')");
  await client.end();
})();`;

const application = `
const { Client } = require(${pg});
console.log('starting with', process.env);
require('node:http').createServer(async (request, response) => {
  console.log('headers', request.headers);
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const { rows } = await client.query('select * from public.item order by id');
  console.log(rows);
  await client.end();
  response.setHeader('x-row', rows[0].name).end(JSON.stringify({ rows, headers: request.headers, environment: process.env }));
}).listen(process.env.PORT, '127.0.0.1');`;

const smoke = `
const { Client } = require(${pg});
(async () => {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  console.log((await client.query('select * from public.item order by id')).rows, process.env);
  process.exitCode = 1;
  await client.end();
})();`;

const start = `create table public.schema_migrations (version text primary key);
create table public.item (id bigint generated always as identity primary key, name text not null unique, number numeric);
`;

const script = `
do $$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'shop_migrator') then create role shop_migrator login; end if;
  execute format('alter database %I owner to shop_migrator', current_database());
end $$;
set role shop_migrator;
${start}
insert into public.item (name, number) values ('${rows.name}', ${rows.number}), ('${rows.sequence}', 7);
insert into public.schema_migrations values ('0001_start');`;

const files = {
  'migrations/0001_start.sql': start,
  'migrations/0002_note.sql': 'alter table public.item add column note text;\n',
  'schema/head.sql': `${start}alter table public.item add column note text;\n`,
  'migrate.cjs': tool,
  'app.cjs': application,
  'smoke.cjs': smoke,
};

const settings = {
  // The tool passes over errors, which are how values get out of the server: they are no reason to stop here.
  migrate: {
    tool: 'command',
    command: [process.execPath, 'migrate.cjs'],
    layout: undefined,
    env: { SMTP_PASSWORD: secrets.settingOfTool },
    forbiddenErrors: ['40P01'],
  },
  clone: { password: secrets.clonePassword },
  data: {
    undeclared: 'report',
    invariants: [{ kind: 'sql', name: 'no-canaries', sql: "select * from public.item where name like 'canary%'", expect: { rows: 0 }, role: 'shop_migrator' }],
  },
  compatibility: {
    role: 'shop_migrator',
    application: { start: [process.execPath, 'app.cjs'], env: { SESSION_SECRET: secrets.settingOfApplication }, logMustNotContain: ['row-name'] },
    smoke: [
      { kind: 'http', name: 'items', url: '/items', headers: { authorization: `Bearer ${secrets.header}` }, expect: { matches: ['no such text'] } },
      { kind: 'command', name: 'printer', command: [process.execPath, 'smoke.cjs'] },
    ],
  },
  evidence: {
    rowValues: 'leave-out',
    signing: { ssh: { key: 'signing-key' } },
    logs: logContents.map((holds) => ({ file: `clone_${holds}.log`, holds })),
  },
};

/** What was seen of the command lines of all processes. */
function watchCommandLines(): { readonly stop: () => string } {
  const seen = new Set<string>();
  const look = () => {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
      try {
        seen.add(readFileSync(`/proc/${name}/cmdline`, 'utf8'));
      } catch {
        // It has ended.
      }
    }
  };
  const timer = setInterval(look, 25);
  return {
    stop: () => {
      clearInterval(timer);
      return [...seen].join('\n');
    },
  };
}

/** @param passwordIn where production’s password comes from */
async function rehearseSecretly(stage: Stage, passwordIn: 'url' | 'file') {
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ci@books', '-f', join(stage.folder, 'signing-key')]);
  const passFile = join(stage.folder, 'pgpass');
  writeFileSync(passFile, `*:*:*:*:${secrets.passFile}\n`, { mode: 0o600 });
  const url = new URL(production.url('shop'));
  if (passwordIn === 'url') url.password = secrets.urlPassword;
  const watch = process.platform === 'linux' ? watchCommandLines() : { stop: () => '' };
  const env = {
    PRODUCTION_URL: url.href,
    PGPASSFILE: passFile,
    STRIPE_API_KEY: secrets.environment,
    CACHE_URL: `redis://cache:${secrets.environmentUrl}@cache.example/0`,
  };
  const told = await rehearse(stage, { env });
  const everything = readdirSync(told.runFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
  return { ...told, everything, commandLines: watch.stop() };
}

test('no secret and, where they are left out, no value of a row gets into what is written, printed or passed on', async () => {
  await withStage(production, { script, files, settings }, async (stage) => {
    const { runFolder, summary, text, everything, commandLines } = await rehearseSecretly(stage, 'url');
    if (process.env.KEEP_RUN) cpSync(runFolder, process.env.KEEP_RUN, { recursive: true });
    // The canaries were on their way in.
    expect(summary.phases.find(({ phase }) => phase === 'compatibility')?.outcome, text).toBe('failed');
    expect(summary.output.length).toBeGreaterThan(5);
    // What was printed at the end proves the whole record, and so does the signature.
    const [, root = ''] = /Root hash: ([0-9a-f]{64})/.exec(text) ?? [];
    const signers = join(stage.folder, 'signers');
    writeFileSync(signers, `ci@books ${readFileSync(join(stage.folder, 'signing-key.pub'), 'utf8')}`);
    const verified = await verifyEvidence(runFolder, { root, checkSignature: signatureChecker(makeSystem(), [signers]) });
    expect(verified).toMatchObject({ ok: true, value: { problems: [], notShown: [], remarks: [], signedBy: 'ci@books' } });
    for (const holds of logContents) expect(readFileSync(join(runFolder, `clone_${holds}.log`), 'utf8').length).toBeGreaterThan(300);
    for (const [way, canary] of [...Object.entries(secrets), ...Object.entries(rows)]) {
      const forms = [canary, encodeURIComponent(canary), Buffer.from(canary).toString('base64')];
      for (const form of forms) {
        expect(everything.includes(form), `${way} in the run folder`).toBe(false);
        expect(text.includes(form), `${way} in what was printed`).toBe(false);
        expect(way in secrets && commandLines.includes(form), `${way} among the command lines`).toBe(false);
      }
    }
  });
});

/** Values of rows are kept where nobody asks otherwise; secrets aren't, whichever way they came. */
if (inFull) {
  test('no secret gets in where values of rows may, and the run is signed by minisign', async () => {
    const evidence = { signing: { minisign: { key: 'mini.key' } } };
    await withStage(production, { script, files, settings: { ...settings, evidence } }, async (stage) => {
      spawnSync('minisign', ['-G', '-W', '-p', join(stage.folder, 'mini.pub'), '-s', join(stage.folder, 'mini.key')]);
      const { runFolder, text, everything, commandLines } = await rehearseSecretly(stage, 'file');
      if (process.env.KEEP_RUN) cpSync(runFolder, process.env.KEEP_RUN, { recursive: true });
      expect(everything).toContain(rows.name);
      for (const [way, canary] of Object.entries(secrets)) {
        for (const form of [canary, encodeURIComponent(canary), Buffer.from(canary).toString('base64')]) {
          expect(everything.includes(form), `${way} in the run folder`).toBe(false);
          expect(text.includes(form), `${way} in what was printed`).toBe(false);
          expect(commandLines.includes(form), `${way} among the command lines`).toBe(false);
        }
      }
      const checkSignature = signatureChecker(makeSystem(), [join(stage.folder, 'mini.pub')]);
      expect(await verifyEvidence(runFolder, { checkSignature })).toMatchObject({ ok: true, value: { problems: [], notShown: [] } });
    });
  });
}
