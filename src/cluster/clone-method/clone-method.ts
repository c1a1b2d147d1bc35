import type { CloneMethodName } from '../../core/clone-method-name.ts';
import type { Context, RunRequest } from '../../core/ports.ts';
import type { ServerUser } from '../server-user.ts';

/** A program as it is started, with the user that it runs as. */
export type Program = Required<Pick<RunRequest, 'command' | 'args'>> & ServerUser;

/** Where a clone is made. */
export interface ClonePlace {
  /** The image's frozen data folder: only read. */
  readonly imageData: string;
  /** The clone's own resource folder, beside the image's. Programs are started in it. */
  readonly folder: string;
  /** Where the server finds its data: inside `folder`. */
  readonly dataFolder: string;
  /** Who the server runs as. */
  readonly user: ServerUser;
}

/**
 * One way of giving a server writable data that begins as an image's. A method prepares folders, and says how a program is started so that it
 * sees the data; whether the machine can do it is found out by doing it (`probeMethod`).
 */
export interface CloneMethod {
  readonly name: CloneMethodName;
  /** True: the clone reads from the image for as long as it lives, so that the image must stay. */
  readonly needsImage: boolean;
  /** True: a new clone takes as much disk as its image. */
  readonly takesWholeSize: boolean;
  /** Why this machine can't do it, where that needs no trial. */
  unfit(context: Context): string | undefined;
  /** Makes what the server needs before it starts. Throws what the file system throws, or the signal's reason. */
  make(context: Context, place: ClonePlace): Promise<void>;
  /** The same before a server that ended starts again on what it left. */
  remake(context: Context, place: ClonePlace): Promise<void>;
  /** The program so started that it finds its data in `place.dataFolder`. Its process id stays the one of the process that is started. */
  enter(context: Context, place: ClonePlace, program: Program): Program;
}
