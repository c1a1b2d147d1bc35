import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { FakeS3 } from '../support/fake-s3/fake-s3.ts';
import type { Shelf } from '../support/fake-s3/shelf.ts';
import { type CliOutcome, runCli } from '../support/run-cli.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { untilTrue } from '../support/until-true.ts';

const root = join(import.meta.dirname, '../..');
export const stagingSyncExample = join(root, 'examples/staging-sync');
export const readExample = (file: string) => readFileSync(join(stagingSyncExample, file), 'utf8');

/** Where the example lies with its two buckets, its two APIs and the profiles of two accounts. */
export interface StagingSyncStage extends AsyncDisposable {
  readonly project: string;
  readonly s3: FakeS3;
  readonly production: Shelf;
  readonly staging: Shelf;
  readonly env: Readonly<Record<string, string>>;
  pgrehearse(...args: readonly string[]): Promise<CliOutcome>;
  /** Runs a line of the README; one that ends with & is ended with the stage, and awaited until it answers. */
  shell(command: string): Promise<void>;
  /** Changes the configuration's text. */
  edit(change: (text: string) => string): void;
}

/** @param databases the databases' names, which the configuration asks for */
export async function openStagingSync(
  urls: { readonly production: string; readonly staging: string },
  databases: { readonly production: string; readonly staging: string },
): Promise<StagingSyncStage> {
  const s3 = await FakeS3.start();
  const project = makeFolder('pgr-staging-sync-');
  chmodSync(project, 0o755);
  cpSync(stagingSyncExample, project, { recursive: true });
  const credentials = join(project, '.aws-credentials');
  writeFileSync(credentials, s3.credentials.replace('[production]', '[books-prod]').replace('[staging]', '[books-staging]'), { mode: 0o600 });
  const ports = { 8101: await freePort(), 8102: await freePort() };
  const local = (text: string) => Object.entries(ports).reduce((all, [port, own]) => all.replaceAll(port, String(own)), text);
  const config = join(project, 'pgrehearse.config.json');
  const edit = (change: (text: string) => string) => writeFileSync(config, change(readFileSync(config, 'utf8')));
  edit((text) => local(text).replace('"database": "books"', `"database": "${databases.production}"`).replace('"books_staging"', `"${databases.staging}"`));
  const env = {
    ...s3.environment(credentials),
    ...{ PRODUCTION_URL: urls.production, STAGING_URL: urls.staging, MASKING_SALT: 'salt of the example' },
    ...{ PGREHEARSE_HOME: join(project, '.home'), NODE_PATH: join(root, 'node_modules'), PATH: `/usr/bin:${process.env.PATH}` },
  };
  const running: ChildProcess[] = [];
  return {
    ...{ project, s3, env, edit },
    production: await s3.makeBucket('books-images', FakeS3.production),
    staging: await s3.makeBucket('books-images-staging', FakeS3.staging),
    pgrehearse: (...args) => runCli(args, { cwd: project, env }),
    async shell(given) {
      // Debian's awscli knows no variable for that.
      const command = local(given).replace(/^aws /, `aws --endpoint-url ${s3.url} `);
      const isServer = command.endsWith('&');
      const child = spawn('sh', ['-c', isServer ? `exec env ${command.slice(0, -1)}` : command], {
        cwd: project,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let errors = '';
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        errors += chunk;
      });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      if (isServer) {
        running.push(child);
        const [, port = ''] = /PORT=(\d+)/.exec(command) ?? [];
        await untilTrue(`${command} answers`, async () => (await fetch(`http://127.0.0.1:${port}/api/v1/version`).catch(() => undefined))?.ok === true);
      } else {
        const exitCode = await ended;
        if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${errors}`);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        running.map(async (child) => {
          const ended = new Promise((resolve) => child.once('exit', resolve));
          if (child.exitCode === null && child.kill()) await ended;
        }),
      );
      await s3[Symbol.asyncDispose]();
      rmSync(project, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
