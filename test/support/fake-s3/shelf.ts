import type { Algorithm } from './checksums.ts';

/** What S3 knows of an object beside what fauxqs keeps. */
export interface Stored {
  readonly key: string;
  sizeBytes: number;
  etag: string;
  lastModified: Date;
  storageClass: string;
  tags: ReadonlyMap<string, string>;
  /** Headers that fauxqs doesn't keep. */
  headers: Readonly<Record<string, string>>;
  checksum: { readonly algorithm: Algorithm; readonly type: 'FULL_OBJECT' | 'COMPOSITE'; readonly value: string } | undefined;
  partSizes: readonly number[] | undefined;
}

export interface Begun {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly by: string;
  readonly at: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly algorithm: Algorithm | undefined;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
  readonly parts: Map<number, { readonly etag: string; readonly sizeBytes: number; readonly checksum: string | undefined }>;
}

/** One bucket: whose it is, where, how it is set up, and what is in it. */
export class Shelf {
  readonly name: string;
  /** Account number. */
  readonly owner: string;
  readonly region: string;
  versioned = false;
  /** Encrypted with KMS: ETags aren't MD5s. */
  kms = false;
  /** Objects from before S3 kept a checksum of everything. */
  withoutChecksums = false;
  /** Accounts besides the owner's, and what they may. */
  readonly grants = new Map<string, 'read' | 'write'>();
  readonly objects = new Map<string, Stored>();
  readonly uploads = new Map<string, Begun>();
  #sorted: string[] | undefined;

  constructor(name: string, owner: string, region: string) {
    this.name = name;
    this.owner = owner;
    this.region = region;
  }

  put(object: Stored): void {
    if (!this.objects.has(object.key)) this.#sorted = undefined;
    this.objects.set(object.key, object);
  }

  remove(key: string): void {
    if (this.objects.delete(key)) this.#sorted = undefined;
  }

  /** In the order of S3: by the bytes of UTF-8. */
  keys(): readonly string[] {
    this.#sorted ??= [...this.objects.keys()]
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
      .map(({ key }) => key);
    return this.#sorted;
  }
}
