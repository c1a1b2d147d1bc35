/** What a cloud answered instead of doing what it was asked. */
export class CloudError extends Error {
  /** `rds:DeleteDBInstance`. */
  readonly operation: string;
  /** The service's own code, without the `Fault` that some end with: `InvalidDBInstanceState`; `NoAnswer` where nothing came back. */
  readonly code: string;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** False where the call may have been done although no answer came: look before it is made again. */
  readonly refused: boolean;
  /** The SDK had made the same call before this answer: an earlier one may have been done, and its answer lost. */
  readonly repeated: boolean;

  constructor(given: {
    readonly operation: string;
    readonly code: string;
    readonly message: string;
    readonly status?: number | undefined;
    readonly refused: boolean;
    readonly repeated?: boolean;
    readonly cause?: unknown;
  }) {
    super(given.message, { cause: given.cause });
    this.name = 'CloudError';
    this.operation = given.operation;
    this.code = given.code;
    this.status = given.status;
    this.refused = given.refused;
    this.repeated = given.repeated ?? false;
  }
}
