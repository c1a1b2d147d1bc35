import { failure } from '../../core/failure.ts';
import type { ObjectStorePort } from '../../core/object-store.ts';
import { fail, ok } from '../../core/result.ts';
import { openBucket } from './bucket.ts';
import { clientSettings } from './make-aws.ts';

/** Milliseconds. Silence of a connection; a body of any length may take longer. */
const timeouts = { connectionTimeout: 10_000, socketTimeout: 60_000 };
/** Connections to one bucket at a time: more than objects are ever copied side by side. */
const connections = { maxSockets: 300, keepAlive: true };

/** S3 by AWS's own SDK, loaded with the first bucket. */
export function makeObjectStore(): ObjectStorePort {
  return {
    async open(access) {
      const sdk = await import('@aws-sdk/client-s3').catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
        throw error;
      });
      const name = '@aws-sdk/client-s3';
      if (sdk === undefined)
        return fail(
          failure('package-missing', `the npm package ${name}, which speaks to S3, is not installed`, { object: name, cure: `Run \`npm install ${name}\`.` }),
        );
      const client = new sdk.S3Client({
        ...clientSettings(access),
        // When S3 asks to slow down, the client's own rate goes down for all calls, and up again slowly.
        retryMode: 'adaptive',
        requestHandler: { ...timeouts, httpAgent: connections, httpsAgent: connections },
      });
      return ok(openBucket(sdk, client, access));
    },
  };
}
