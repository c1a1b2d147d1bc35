import { CloudError } from '../../core/cloud-error.ts';

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly Code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** What the SDK says before it has asked anybody: there is nobody to ask as. */
const credentialErrors = ['CredentialsProviderError', 'TokenProviderError', 'ProviderError'];

/**
 * An error of the SDK in our words.
 *
 * Without an answer a call may have been done: the SDK has tried again by itself by then, and only a look tells.
 *
 * @example toCloudError('rds:DeleteDBInstance', error).code // 'DBInstanceNotFound'
 */
export function toCloudError(operation: string, error: unknown): CloudError {
  const { name = 'Error', message = '', Code, $metadata } = (error ?? {}) as SdkError;
  const status = $metadata?.httpStatusCode;
  const words = message.trim() === '' ? name : message;
  if (credentialErrors.includes(name)) return new CloudError({ operation, code: 'NoCredentials', message: words, refused: true, cause: error });
  // A service's answer has a status; what the network did has none.
  if (status === undefined)
    return new CloudError({ operation, code: name === 'AbortError' ? 'Aborted' : 'NoAnswer', message: words, refused: false, cause: error });
  const code = (name === 'Error' || name === 'Unknown' ? (Code ?? name) : name).replace(/(Fault|Exception)$/, '');
  return new CloudError({ operation, code, message: words, status, refused: status < 500, repeated: wasRepeated($metadata), cause: error });
}

/** Whether the SDK made a call more than once: what it says beside each answer and each error. */
export function wasRepeated(told: { readonly attempts?: number | undefined } | undefined): boolean {
  return (told?.attempts ?? 1) > 1;
}
