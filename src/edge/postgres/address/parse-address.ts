import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { failure } from '../../../core/failure.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { Secret } from '../../../core/secret.ts';
import type { Address, TlsMode } from '../../../core/server.ts';
import { type Parameters, readConnectionString, refuseHostList } from './connection-parameters.ts';
import { refuseUnknown, variables } from './known-parameters.ts';
import { type Machine, thisMachine } from './machine.ts';
import { passwordFromFile } from './password-file.ts';
import { serviceParameters } from './service-file.ts';

const tlsModes: readonly TlsMode[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/**
 * Reads a postgres:// URL or a `key=value` string as libpq does: what isn't written comes from the service file, then from the PG* variables, then
 * from ~/.pgpass and libpq's defaults. Problems are failures `usage` that quote nothing of the text.
 *
 * @example parseAddress('postgres://reader@replica.example.com/shop?sslmode=verify-full')
 */
export function parseAddress(text: string, machine: Machine = thisMachine()): Result<Address> {
  const written = readConnectionString(text.trim());
  if (!written.ok) return written;
  const complete = withService(written.value, machine);
  if (!complete.ok) return complete;
  const parameters = complete.value;
  const refused = refuseUnknown(parameters);
  if (refused !== undefined) return fail(refused);
  const get = (name: string) => parameters.get(name) ?? machine.environment(variables[name] ?? '');
  const effective = new Map([...Object.keys(variables)].map((name) => [name, get(name)]).filter((pair): pair is [string, string] => pair[1] !== undefined));
  const list = refuseHostList(effective);
  return list === undefined ? fromParameters(effective, machine) : fail(list);
}

function withService(written: Parameters, machine: Machine): Result<Parameters> {
  const service = written.get('service') ?? machine.environment('PGSERVICE');
  if (service === undefined) return ok(written);
  const found = serviceParameters(service, written.get('servicefile'), machine);
  return found.ok ? ok(new Map([...found.value, ...written])) : found;
}

function fromParameters(parameters: Parameters, machine: Machine): Result<Address> {
  const port = Number(parameters.get('port') ?? 5432);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return bad('the port is not a number from 1 to 65535');
  const tls = (parameters.get('sslmode') ?? 'prefer') as TlsMode;
  if (!tlsModes.includes(tls)) return bad(`sslmode is not one of ${tlsModes.join(', ')}`, 'For TLS without verification use sslmode=require.');
  const binding = parameters.get('channel_binding');
  if (binding !== undefined && !['disable', 'prefer', 'require'].includes(binding)) return bad('channel_binding is not one of disable, prefer, require');
  const user = parameters.get('user') ?? machine.user;
  const database = parameters.get('dbname') ?? user;
  const host = hostOf(parameters, port, machine);
  const hostAddress = parameters.get('hostaddr');
  if (hostAddress !== undefined && isIP(hostAddress) === 0) return bad('hostaddr is not an IP address', 'Give a name as host.');
  const { tlsRootCertificate, tlsCertificate, tlsKey } = certificates(parameters, tls, machine);
  const password = parameters.get('password') ?? fromPasswordFile(parameters, { host, port, database, user }, machine);
  const options = parameters.get('options');
  return ok({
    host,
    ...(hostAddress === undefined || hostAddress === host ? {} : { hostAddress }),
    port,
    database,
    user,
    tls,
    ...(password === undefined ? {} : { password: new Secret(password) }),
    ...(options === undefined ? {} : { options }),
    ...(tlsRootCertificate === undefined ? {} : { tlsRootCertificate }),
    ...(tlsCertificate === undefined ? {} : { tlsCertificate }),
    ...(tlsKey === undefined ? {} : { tlsKey }),
    ...(binding === 'require' ? { channelBinding: binding } : {}),
  });
}

function bad(sentence: string, cure = 'Correct the connection string or the PG* variable.') {
  return fail(failure('usage', sentence, { cure }));
}

/** No host: the Unix socket if a server listens on one, as libpq's packagers decide at compile time, else this machine by TCP. */
function hostOf(parameters: Parameters, port: number, machine: Machine): string {
  const named = parameters.get('host') ?? parameters.get('hostaddr');
  if (named !== undefined) return named;
  return machine.socketFolders.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? 'localhost';
}

function fromPasswordFile(parameters: Parameters, question: { host: string; port: number; database: string; user: string }, machine: Machine) {
  const file = parameters.get('passfile') ?? join(machine.home, '.pgpass');
  // In the file, the socket that is used when no host is named goes by the name localhost.
  return passwordFromFile(file, { ...question, host: machine.socketFolders.includes(question.host) ? 'localhost' : question.host });
}

function certificates(parameters: Parameters, tls: TlsMode, machine: Machine) {
  const inHome = (name: string) => {
    const file = join(machine.home, '.postgresql', name);
    return existsSync(file) ? file : undefined;
  };
  const verifies = tls === 'require' || tls === 'verify-ca' || tls === 'verify-full';
  return {
    tlsRootCertificate: parameters.get('sslrootcert') ?? (verifies ? inHome('root.crt') : undefined),
    tlsCertificate: parameters.get('sslcert') ?? (tls === 'disable' ? undefined : inHome('postgresql.crt')),
    tlsKey: parameters.get('sslkey') ?? (tls === 'disable' ? undefined : inHome('postgresql.key')),
  };
}
