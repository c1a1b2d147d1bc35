import { type Failure, failure } from '../../core/failure.ts';
import { type Address, showAddress } from '../../core/server.ts';
import { showPlace } from './place.ts';
import { details, isServerError, type ServerError } from './sql-error.ts';

/** Says why a connection could not be made, as a failure without any secret. */
export function connectionFailure(error: unknown, address: Address): Failure {
  const at = showAddress(address);
  if (isServerError(error)) return refused(error, address);
  if (!(error instanceof Error)) return failure('source-unreachable', `${at}: ${String(error)}`, { object: at });
  const code = 'code' in error ? String(error.code) : '';
  const place = showPlace(address);
  const unreachable = (sentence: string, cure?: string) => failure('source-unreachable', sentence, { object: at, ...(cure === undefined ? {} : { cure }) });
  switch (code) {
    case 'ECONNREFUSED':
      return unreachable(`nothing accepts connections at ${place}`, 'Check host and port, and that the server or tunnel is running.');
    case 'ENOENT':
      return unreachable(`there is no server at ${place}`, 'Check the socket’s folder and port, and that the server is running.');
    case 'EACCES':
      return unreachable(`this user may not use ${place}`, 'Check the rights of the socket’s folder.');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable(`the host name ${address.host} is not known`, 'Check the host’s name, DNS and VPN.');
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable(`no way to ${place} (${code})`, 'Check network, firewall, security group, VPN and tunnel.');
  }
  if (error.message === 'timeout expired') {
    return unreachable(`no answer from ${place} in time`, 'Check network, firewall, security group, VPN and tunnel.');
  }
  if (error.message.startsWith('SASL:') || error.message.startsWith('Unknown authenticationOk') || error.message.startsWith('channel binding')) {
    return failure('authentication-failed', `${at}: ${signInProblem(error.message)}`, { object: at });
  }
  if (isTlsProblem(error, code)) return tlsFailure(error, code, address);
  if (code === 'ECONNRESET' || code === 'EPIPE' || error.message.startsWith('Connection terminated')) {
    return unreachable(`${place} closed the connection before log-in was complete`, 'Check that this is a Postgres server, and its log.');
  }
  return unreachable(`${at}: ${error.message}`);
}

function signInProblem(text: string): string {
  if (text.includes('client password must be')) return 'the server asks for a password, and none was given';
  if (text.startsWith('Unknown')) return 'the server asks for a way of authentication that is not supported here (GSS or SSPI)';
  return text.replace(/^SASL: /, '');
}

function isTlsProblem(error: Error, code: string): boolean {
  return (
    /SSL|CERT|SIGNATURE|^EPROTO$|TLS/.test(code) || /The server does not support SSL|establishing an SSL|TLS connection was established/.test(error.message)
  );
}

function tlsFailure(error: Error, code: string, address: Address) {
  const at = showAddress(address);
  const extra = (cure: string) => ({ object: at, cure });
  if (error.message.includes('does not support SSL')) {
    return failure('tls-failed', `${at}: the server has no TLS, and sslmode=${address.tls} asks for it`, extra('Use sslmode=prefer, or switch TLS on.'));
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return failure(
      'tls-failed',
      `${at}: the server’s certificate is for another host name`,
      extra('Use the name that is in the certificate, or sslmode=verify-ca.'),
    );
  }
  if (/CERT|SIGNATURE/.test(code)) {
    return failure('tls-failed', `${at}: the server’s certificate is not trusted (${code})`, extra('Set sslrootcert to the certificate of its authority.'));
  }
  return failure('tls-failed', `${at}: ${error.message}`, { object: at });
}

/** A server that answered, and said no. */
function refused(error: ServerError, address: Address): Failure {
  const at = showAddress(address);
  const sql = { sqlstate: error.code, message: error.message, ...details(error) };
  const extra = { object: at, sql };
  switch (error.code) {
    case '28P01':
    case '28000':
      return failure('authentication-failed', `${at}: ${error.message}`, extra);
    case '3D000':
      return failure('source-unreachable', `there is no database ${address.database} on ${showPlace(address)}`, {
        ...extra,
        cure: 'Check the database’s name: `psql -l` lists those of the server.',
      });
    case '42501':
      return failure('privileges-missing', `${at}: ${error.message}`, {
        ...extra,
        cure: `Grant it: grant connect on database "${address.database}" to "${address.user}".`,
      });
    case '57P03':
      return failure('source-unreachable', `${at}: the server doesn't take connections now: ${error.message}`, { ...extra, cure: 'Wait until it is up.' });
    case '53300':
      return failure('source-unreachable', `${at}: the server has no connection to spare: ${error.message}`, {
        ...extra,
        cure: 'Close other connections, raise max_connections or the role’s limit, or use a replica.',
      });
    case '08P01':
      if (error.message.includes('startup parameter')) {
        return failure('source-unreachable', `${at}: a connection pooler is in between, which refuses start-up options: ${error.message}`, {
          ...extra,
          cure: 'Use the address of the Postgres server itself, not of the pooler.',
        });
      }
  }
  return failure('source-unreachable', `${at}: ${error.message} (SQLSTATE ${error.code})`, extra);
}

/** A pooler that passes them over: the session could write, and what it sets would stay with somebody else's. */
export function optionsDropped(address: Address): Failure {
  return failure('source-unreachable', `${showPlace(address)}: a connection pooler is in between, which drops start-up options`, {
    object: showPlace(address),
    cure: 'Use the address of the Postgres server itself, not of the pooler.',
  });
}
