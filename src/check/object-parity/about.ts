import type { CheckAbout } from '../check-about.ts';

export const objectParity: CheckAbout = {
  check: 'object-parity',
  phase: 'data-gate',
  question: 'Has staging’s bucket every object of production’s, with the same content and headers, when both are listed again after copying?',
  effect: 'Rows of staging name pictures and documents that aren’t there, or are others: what fails on staging then says nothing about the release.',
  cure: 'Read each object’s reason: grant the right, restore what is archived, run again what changed meanwhile. What was copied isn’t copied again.',
  sources: [
    {
      says: 'An ETag is the MD5 of the content only for objects that were uploaded in one piece and aren’t encrypted with a key of KMS.',
      url: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html',
    },
    {
      says: 'S3 keeps a checksum of every object; one of the whole content can be compared across buckets, one of parts only where the parts are the same.',
      url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html',
    },
  ],
};
