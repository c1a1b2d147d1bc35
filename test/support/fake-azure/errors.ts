/** An error as Azure Resource Manager writes it: https://github.com/microsoft/api-guidelines/blob/vNext/azure/Guidelines.md#handling-errors. */
export class AzureError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Errors that a test may order by name, with the status and the words of the real service. */
export const azureErrors = {
  AuthorizationFailed: {
    status: 403,
    message:
      'The client does not have authorization to perform the action over the scope or the scope is invalid. If access was recently granted, please refresh your credentials.',
  },
  ExpiredAuthenticationToken: { status: 401, message: 'The access token expiry UTC time is earlier than current UTC time.' },
  InvalidAuthenticationTokenTenant: {
    status: 401,
    message: 'The access token is from the wrong issuer. It must match the tenant associated with this subscription.',
  },
  SubscriptionNotFound: { status: 404, message: 'The subscription could not be found.' },
  ReadOnlyDisabledSubscription: {
    status: 409,
    message: 'The subscription is disabled and therefore marked as read only. You cannot perform any write actions on it.',
  },
  ResourceGroupNotFound: { status: 404, message: 'Resource group could not be found.' },
  ResourceNotFound: { status: 404, message: 'The Resource was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix' },
  ServerNameAlreadyExists: { status: 409, message: 'Specified server name is already used.' },
  InvalidParameterValue: { status: 400, message: 'Invalid value given for a parameter.' },
  InvalidPointInTime: { status: 400, message: 'The restore point in time is not valid.' },
  PasswordNotComplex: {
    status: 400,
    message: 'Password validation failed. The password does not meet policy requirements because it is not complex enough.',
  },
  PasswordTooShort: { status: 400, message: 'Password validation failed. The password does not meet policy requirements because it is too short.' },
  QuotaExceeded: { status: 409, message: 'Operation could not be completed as it results in exceeding approved quota.' },
  SkuNotAvailable: { status: 409, message: 'The requested size is currently not available in the location.' },
  ServerIsBusy: { status: 409, message: 'Cannot complete operation while server is busy processing another operation. Please try again later.' },
  OperationNotAllowed: { status: 409, message: 'Operation is not allowed in the current state of the server.' },
  ScopeLocked: {
    status: 409,
    message: 'The scope cannot perform delete operation because following scope(s) are locked. Please remove the lock and try again.',
  },
  RequestDisallowedByPolicy: { status: 403, message: 'Resource was disallowed by policy.' },
  SubnetIsFull: { status: 400, message: 'The subnet has not enough capacity for the server.' },
  TooManyRequests: { status: 429, message: 'The request is being throttled as the limit has been reached for the operation type.' },
  InternalServerError: { status: 500, message: 'An unexpected error occured while processing the request.' },
  ServiceUnavailable: { status: 503, message: 'The service is temporarily unavailable.' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly message: string }>>;

export type NamedAzureError = keyof typeof azureErrors;

export function azureError(name: NamedAzureError, message?: string): AzureError {
  return new AzureError(name, message ?? azureErrors[name].message, azureErrors[name].status);
}
