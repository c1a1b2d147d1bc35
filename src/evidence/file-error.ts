/** The code of a file system error (`ENOENT`), or undefined for anything else, which is then a bug to be thrown on. */
export function fileErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What went wrong with a file, as a person would say it. */
export function fileErrorReason(code: string): string {
  return reasons[code] ?? code;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  ENOTDIR: 'a part of the path is a file',
  ENOENT: 'it does not exist',
  ELOOP: 'it is a link',
  EMFILE: 'too many files are open',
};
