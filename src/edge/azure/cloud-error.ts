import { CloudError } from '../../core/cloud-error.ts';

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly details?: { readonly error?: { readonly code?: string; readonly message?: string } };
  readonly cause?: unknown;
}

/** What @azure/identity says where nobody gave it a token. */
const credentialErrors = [
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
  'AggregateAuthenticationError',
  'ClientAuthError',
  'ServerError',
];

/** What a network does, in the words that @azure/identity hides it in. */
const networkWords = /network_error|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|socket hang up/;

/** How the SDK tells that something which was accepted has ended badly. */
const endedBadly = /^The long-running operation has failed\.\s+([A-Za-z]\w*)\.\s*(.*)$/s;

/**
 * An error of the SDK in our words.
 *
 * Without an answer a call may have been done: the SDK has tried again by itself by then, and only a look tells.
 *
 * @example toCloudError('Servers_Delete', error).code // 'ScopeLocked'
 */
export function toCloudError(operation: string, error: unknown): CloudError {
  const { name = 'Error', message = '', code, statusCode: status, details } = (error ?? {}) as SdkError;
  const words = details?.error?.message ?? (message.trim() === '' ? name : message.trim());
  const told = (given: { readonly code: string; readonly refused: boolean; readonly message?: string }) =>
    new CloudError({ operation, message: words, status, cause: error, ...given });
  if (name === 'AbortError') return told({ code: 'Aborted', refused: false });
  if (credentialErrors.includes(name)) {
    return networkWords.test(message) ? told({ code: 'NoAnswer', refused: false }) : told({ code: 'NoCredentials', refused: true });
  }
  const bad = endedBadly.exec(message);
  if (bad !== null) return told({ code: bad[1] ?? 'unknown', message: bad[2] ?? message, refused: true });
  if (status === undefined) return told({ code: 'NoAnswer', refused: false });
  return told({ code: details?.error?.code ?? code ?? `Http${status}`, refused: status < 500 });
}
