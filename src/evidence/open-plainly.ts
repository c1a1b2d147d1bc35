import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Opens a file of a record for reading. A link, which leads elsewhere, is an error (ELOOP); a pipe, which would keep its reader waiting for ever, reads as empty.
 */
export async function openPlainly(file: string): Promise<FileHandle> {
  return await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
}
