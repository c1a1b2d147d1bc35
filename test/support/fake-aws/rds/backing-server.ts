import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { makeEmptyCluster, serverEnv, serverIds, testBinaries } from '../../empty-cluster.ts';
import { freePort } from '../../own-server.ts';
import { untilTrue } from '../../until-true.ts';

export type Major = 15 | 18;

/** A copy of a data folder that nobody writes to, with what is needed to recover it. */
export interface FrozenData {
  readonly folder: string;
  readonly major: Major;
}

/** What differs between the clouds that run Postgres for others: who its superuser is, and which roles stand between that one and the customer's master. */
export interface Landlord {
  readonly superuser: string;
  /** The role whose member the master is. */
  readonly masters: string;
  /** Roles that are there without anybody having made them. */
  readonly roles: readonly string[];
  /** The cloud's own database, which lets nobody in. */
  readonly database: string;
}

export const amazon: Landlord = {
  superuser: 'rdsadmin',
  masters: 'rds_superuser',
  roles: ['rds_superuser', 'rds_replication', 'rds_password', 'rds_iam', 'rds_ad', 'rdsrepladmin'],
  database: 'rdsadmin',
};

export const microsoft: Landlord = {
  superuser: 'azuresu',
  masters: 'azure_pg_admin',
  roles: ['azure_pg_admin', 'replication'],
  database: 'azure_maintenance',
};

/** Clients verify against it; the certificate holds for each endpoint's name, for `localhost` and for 127.0.0.1. */
export const cloudAuthority = join(import.meta.dirname, 'tls/ca.pem');

/**
 * The real Postgres behind an instance. Its superuser is one whom nobody but the cloud can be; the master is a role with rights, as on RDS. TCP asks for
 * a password and for TLS.
 */
export class BackingServer {
  readonly major: Major;
  readonly #host: string;
  readonly #root: string;
  readonly #landlord: Landlord;
  #port: number | undefined;
  #child: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();

  private constructor(major: Major, place: { readonly host: string; readonly port?: number }, root: string, landlord: Landlord) {
    this.#landlord = landlord;
    this.major = major;
    this.#host = place.host;
    this.#port = place.port;
    this.#root = root;
  }

  /** An empty server with a master; or one from frozen data, whose roles and passwords are those of the moment when it was frozen. */
  static async start(
    root: string,
    from: Major | FrozenData,
    master?: { readonly user: string; readonly password: string },
    landlord: Landlord = amazon,
    place?: { readonly host: string; readonly port: number },
  ): Promise<BackingServer> {
    const major = typeof from === 'number' ? from : from.major;
    mkdirSync(root, { recursive: true, mode: 0o711 });
    chmodSync(root, 0o711);
    own(root);
    const server = new BackingServer(major, place ?? { host: '127.0.0.1' }, root, landlord);
    if (typeof from === 'number') makeEmptyCluster(from, server.#data, root);
    else copyTree(from.folder, server.#data);
    server.#configure();
    const superuser = typeof from === 'number' ? 'postgres' : landlord.superuser;
    if (place === undefined) await server.#runSomewhere(superuser);
    else await server.#run(superuser);
    if (typeof from === 'number') await server.#moveIn();
    if (master !== undefined) await server.#makeMaster(master.user, master.password);
    if (typeof from !== 'number') await server.#tend();
    return server;
  }

  get port(): number {
    if (this.#port === undefined) throw new Error('the backing server has no port as yet');
    return this.#port;
  }

  get #data(): string {
    return join(this.#root, 'data');
  }

  /** Whether the network lets clients as far as the log-in. */
  async setOpen(open: boolean): Promise<void> {
    this.#guard(open);
    await this.ask('select pg_catalog.pg_reload_conf()');
  }

  #guard(open: boolean): void {
    const { superuser, database } = this.#landlord;
    const inward = [
      `hostssl all ${superuser} all reject`,
      `hostssl ${database} all all reject`,
      'hostssl all all all scram-sha-256',
      'hostnossl all all all reject',
    ];
    writeFileSync(join(this.#data, 'pg_hba.conf'), ['local all all trust', ...(open ? inward : []), ''].join('\n'));
  }

  #configure(): void {
    this.#guard(true);
    for (const name of ['server.pem', 'server.key']) {
      copyFileSync(join(import.meta.dirname, 'tls', name), join(this.#root, name));
      chmodSync(join(this.#root, name), 0o600);
      own(join(this.#root, name));
    }
  }

  /** On a port that is free: where a connection of somebody else's has got it meanwhile, on another one. */
  async #runSomewhere(user: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      this.#port = await freePort();
      try {
        return await this.#run(user);
      } catch (error) {
        if (tries === 5 || !String(error).includes('Address already in use')) throw error;
      }
    }
  }

  async #run(user: string): Promise<void> {
    const settings = {
      port: String(this.port),
      listen_addresses: this.#host,
      unix_socket_directories: this.#root,
      fsync: 'off',
      // A snapshot's log is copied last: nothing of it may be gone by then.
      wal_keep_size: '128MB',
      ssl: 'on',
      ssl_cert_file: join(this.#root, 'server.pem'),
      ssl_key_file: join(this.#root, 'server.key'),
    };
    const args = ['-D', this.#data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const child = spawn(join(testBinaries(this.major, this.#root), 'bin/postgres'), args, {
      ...serverIds,
      env: serverEnv,
      cwd: this.#root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    let said = '';
    // Its last words: all of a server's log would fill the memory.
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
    });
    this.#exited = new Promise((resolve) => child.once('close', resolve));
    await untilTrue('the backing server answers', async () => {
      if (child.exitCode !== null) {
        await this.#exited;
        throw new Error(`the backing server ended with ${child.exitCode}: ${said}`);
      }
      return (await this.ask('select 1', [], 'postgres', user).catch(() => undefined)) !== undefined;
    });
  }

  /** SQL as the cloud's own superuser, or as whom the test wants to be, without a password. */
  async ask(sql: string, values: readonly unknown[] = [], database = 'postgres', user = this.#landlord.superuser): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ host: this.#root, port: this.port, user, database });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** The cloud's superuser takes the place of `postgres`, whose name is the one that most customers give their master. */
  async #moveIn(): Promise<void> {
    const { superuser, masters, roles, database } = this.#landlord;
    await this.ask('create role passing login superuser', [], 'postgres', 'postgres');
    await this.ask(`alter role postgres rename to ${superuser}`, [], 'postgres', 'passing');
    const rights = `grant pg_monitor, pg_signal_backend, pg_checkpoint, pg_read_all_data, pg_write_all_data to ${masters} with admin option`;
    await this.ask(`drop role passing; ${roles.map((role) => `create role ${role} nologin;`).join(' ')} ${rights}`);
    await this.ask(`create database ${database} strategy file_copy`);
  }

  async #makeMaster(user: string, password: string): Promise<void> {
    const name = pg.escapeIdentifier(user);
    await this.ask(`create role ${name} login createdb createrole in role ${this.#landlord.masters}`);
    // Databases of the customer's belong to the master.
    await this.ask(`alter database postgres owner to ${name}`);
    await this.ask(`grant all on schema public to ${name}`);
    await this.setPassword(user, password);
  }

  async makeDatabase(name: string, owner: string): Promise<void> {
    await this.ask(`create database ${pg.escapeIdentifier(name)} owner ${pg.escapeIdentifier(owner)} strategy file_copy`);
  }

  async setPassword(user: string, password: string): Promise<void> {
    await this.ask(`alter role ${pg.escapeIdentifier(user)} password ${pg.escapeLiteral(password)}`);
  }

  /** The cloud looks after what it restored: its own superuser has a session in each database, for as long as the server runs. */
  async #tend(): Promise<void> {
    const names = await this.ask('select datname as name from pg_catalog.pg_database where datallowconn and not datistemplate');
    for (const { name } of names) {
      const client = new pg.Client({ host: this.#root, port: this.port, user: this.#landlord.superuser, database: String(name) });
      client.on('error', () => {});
      await client.connect();
    }
  }

  /** What a snapshot is: the data folder of one moment, taken while the server goes on. */
  async freeze(folder: string): Promise<FrozenData> {
    const client = new pg.Client({ host: this.#root, port: this.port, user: this.#landlord.superuser, database: 'postgres' });
    await client.connect();
    try {
      await client.query(`select pg_catalog.pg_backup_start('snapshot', true)`);
      mkdirSync(folder, { mode: 0o700 });
      own(folder);
      const left = new Set(['pg_wal', 'postmaster.pid', 'postmaster.opts']);
      const entries = readdirSync(this.#data).filter((name) => !left.has(name));
      copyTree(...entries.map((name) => join(this.#data, name)), folder);
      const { rows } = await client.query<{ labelfile: string; spcmapfile: string }>('select labelfile, spcmapfile from pg_catalog.pg_backup_stop(false)');
      // What was written while copying: recovery begins at the label and needs all of it.
      copyTree(join(this.#data, 'pg_wal'), folder);
      writeFileSync(join(folder, 'backup_label'), rows[0]?.labelfile ?? '', { mode: 0o600 });
      own(join(folder, 'backup_label'));
      return { folder, major: this.major };
    } finally {
      await client.end();
    }
  }

  async stop(signal: 'SIGQUIT' | 'SIGINT' = 'SIGQUIT'): Promise<void> {
    this.#child?.kill(signal);
    await this.#exited;
  }

  /** Stops it, and removes its data. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function own(path: string): void {
  if (serverIds.uid !== undefined && serverIds.gid !== undefined) chownSync(path, serverIds.uid, serverIds.gid);
}

/** As `cp` has it: the last path is where to. Below a server that goes on, files come and go; recovery makes up for what went. */
function copyTree(...paths: readonly string[]): void {
  const copied = spawnSync('cp', ['-R', '-p', '--reflink=auto', ...paths], { encoding: 'utf8', env: serverEnv });
  const strange = copied.stderr.split('\n').filter((line) => line !== '' && !line.endsWith(': No such file or directory'));
  if (copied.error !== undefined || (copied.status !== 0 && (copied.stderr === '' || strange.length > 0))) throw new Error(`cp: ${copied.stderr}`);
}
