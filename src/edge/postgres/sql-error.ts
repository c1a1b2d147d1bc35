import { SqlError, type SqlErrorFields } from '../../core/failure.ts';

/** An ErrorResponse as the driver hands it over. */
export interface ServerError extends Error {
  readonly severity: string;
  readonly code: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: string;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  /** Of a batch: how many of its statements had ended before. */
  place?: number;
}

export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code);
}

/** SQLSTATEs with which a server ends a session. The severity alone won't do: it comes in the server's language. */
const endsSession = new Set(['57P01', '57P02', '57P03', '57P04', '57P05', '25P03', '25P04']);

const lossCodes = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'EHOSTUNREACH', 'ENETUNREACH', 'ERR_STREAM_DESTROYED']);
const lossTexts = ['Connection terminated', 'Client has encountered a connection error', 'Client was closed'];

function isLoss(error: Error): boolean {
  return ('code' in error && lossCodes.has(String(error.code))) || lossTexts.some((text) => error.message.startsWith(text));
}

/**
 * What a session throws for an error of the driver: an SqlError with all fields of the server's answer. When the connection is gone, the
 * SQLSTATE is 08006, whatever the server's last word was; the last word is in the message. Anything else is a bug and stays as it is.
 */
export function toSqlError(error: unknown, where: string, statement?: string): unknown {
  if (!(error instanceof Error) || error instanceof SqlError) return error;
  const about = statement === undefined ? {} : { statement };
  if (isServerError(error)) {
    if (error.severity === 'FATAL' || error.severity === 'PANIC' || endsSession.has(error.code)) {
      return lost(`the server ${where} ended the connection: ${error.message} (${error.code})`, about, error);
    }
    return new SqlError(
      { sqlstate: error.code, message: error.message, ...details(error), ...about },
      { cause: error, ...(error.place === undefined ? {} : { place: error.place }) },
    );
  }
  return isLoss(error) ? lost(`the connection to ${where} was lost: ${error.message}`, about, error) : error;
}

function lost(message: string, about: { statement?: string }, cause: Error): SqlError {
  return new SqlError({ sqlstate: '08006', message, ...about }, { cause });
}

/** The optional fields of a server's error, those that it set. */
export function details(error: ServerError): Omit<SqlErrorFields, 'sqlstate' | 'message'> {
  const { detail, hint, position, where, schema, table, column, constraint } = error;
  return {
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(position === undefined ? {} : { position: Number(position) }),
    ...(where === undefined ? {} : { where }),
    ...(schema === undefined ? {} : { schema }),
    ...(table === undefined ? {} : { table }),
    ...(column === undefined ? {} : { column }),
    ...(constraint === undefined ? {} : { constraint }),
  };
}
