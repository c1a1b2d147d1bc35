import { randomBytes } from 'node:crypto';
import { FailureError, SqlError } from '../../core/failure.ts';
import type { Context, PgDump, Session } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { ScratchDatabase } from '../../core/shared-server.ts';
import type { ObjectSet } from '../compare/schema-object.ts';
import { extractAllFacts } from '../extract/extract-facts.ts';
import { restoreText } from './restore-text.ts';

export interface CycleResult {
  /** The text of a dump of the restored copy. */
  readonly text: string;
  /** Statements of the text before that were not restored. */
  readonly failed: ReadonlySet<string>;
  /** What the copy's catalogs say, where that was asked for. */
  readonly catalog?: ObjectSet;
}

type MakeScratch = (context: Context) => Promise<Result<ScratchDatabase>>;

/** A server of ours on which schemas are restored and dumped again. Roles that had to be made for it are dropped at the end. */
export class ScratchServer implements AsyncDisposable {
  readonly #context: Context;
  readonly #server: Address;
  readonly #admin: Session;
  readonly #dump: PgDump;
  readonly #makeShared: MakeScratch | undefined;
  readonly #roles = new Set<string>();

  private constructor(context: Context, server: Address, admin: Session, dump: PgDump, makeShared: MakeScratch | undefined) {
    this.#context = context;
    this.#server = server;
    this.#admin = admin;
    this.#dump = dump;
    this.#makeShared = makeShared;
  }

  /**
   * @param server superuser access to a server of ours
   * @param makeShared makes a database where others use the server too
   */
  static async open(context: Context, server: Address, makeShared?: MakeScratch): Promise<ScratchServer> {
    const admin = valueOrThrow(await context.edge.postgres.connect(server, { applicationName: 'pgrehearse scratch', signal: context.signal }));
    try {
      const dump = valueOrThrow(await context.edge.postgres.pgDumpFor(Math.floor(admin.serverVersionNum / 10_000)));
      return new ScratchServer(context, server, admin, dump, makeShared);
    } catch (error) {
      await admin.close();
      throw error;
    }
  }

  /** Restores a text into a database of its own, reads that, and drops it. Throws SqlError and FailureError. */
  async cycle(text: string, withCatalog: boolean): Promise<CycleResult> {
    const { address, drop } = this.#makeShared === undefined ? await this.#makeDatabase() : valueOrThrow(await this.#makeShared(this.#context));
    try {
      const failed = await this.#restore(address, text);
      const dumped = valueOrThrow(await this.#dump.dumpSchema(address, {}, this.#context.signal));
      return { text: dumped, failed, ...(withCatalog && { catalog: await this.#readCatalog(address) }) };
    } finally {
      await drop();
    }
  }

  async #makeDatabase(): Promise<ScratchDatabase> {
    const database = `pgrehearse_scratch_${randomBytes(8).toString('hex')}`;
    await this.#admin.execute(`create database ${database} template template0 encoding 'UTF8'`);
    return {
      address: { ...this.#server, database },
      drop: async () => {
        await this.#admin.execute(`drop database if exists ${database} with (force)`);
      },
    };
  }

  async #readCatalog(address: Address): Promise<ObjectSet> {
    await using session = valueOrThrow(
      await this.#context.edge.postgres.connect(address, { applicationName: 'pgrehearse scratch', signal: this.#context.signal }),
    );
    return await extractAllFacts(session);
  }

  async #restore(address: Address, text: string): Promise<ReadonlySet<string>> {
    await using session = valueOrThrow(
      await this.#context.edge.postgres.connect(address, { applicationName: 'pgrehearse scratch', signal: this.#context.signal }),
    );
    return await restoreText(text, session, (role) => this.#makeRole(role), this.#context.signal);
  }

  async #makeRole(role: string): Promise<void> {
    // What names a role that isn't on a shared server is left out of the restore, and keeps its own text.
    if (this.#makeShared !== undefined) return;
    try {
      await this.#admin.execute(`create role ${role} nologin`);
      this.#roles.add(role);
    } catch (error) {
      // Made meanwhile for the other side.
      if (!(error instanceof SqlError && error.fields.sqlstate === '42710')) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const role of this.#roles) {
      try {
        await this.#admin.execute(`drop role if exists ${role}`);
      } catch (error) {
        // Another comparison on the same server uses it meanwhile; the role has no rights and goes with the server.
        if (!(error instanceof SqlError)) throw error;
      }
    }
    await this.#admin.close();
  }
}

/** The value, or the failure as an exception. */
export function valueOrThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new FailureError(result.failure);
  return result.value;
}
