import { constants } from 'node:fs';
import type { CloneMethodName } from '../../core/clone-method-name.ts';
import { copyDataFolder } from '../copy-data-folder.ts';
import type { CloneMethod } from './clone-method.ts';

/** Files that share their blocks with the image's until one of both is written: btrfs, XFS, APFS. Fails elsewhere. */
export const reflink: CloneMethod = fileCopies('reflink', constants.COPYFILE_FICLONE_FORCE);

/** Plain copies: possible everywhere, and as slow as the disk. */
export const wholeCopy: CloneMethod = fileCopies('copy', 0);

function fileCopies(name: CloneMethodName, mode: number): CloneMethod {
  return {
    name,
    needsImage: false,
    takesWholeSize: name === 'copy',
    unfit: () => undefined,
    make: ({ signal }, { imageData, dataFolder, user }) => copyDataFolder(imageData, dataFolder, user, { mode, signal }),
    remake: async () => {},
    enter: (_context, { user }, { command, args }) => ({ command, args, ...user }),
  };
}
