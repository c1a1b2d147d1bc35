import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';
import { tunnel } from './tunnel.ts';

/** What is said alike of every server that AWS restores for us, be it from RDS or Aurora; in groups, so that each source tells its keys in the order in which they are thought of. */

export const identifierOf = (what: string) =>
  z.string().regex(/^(?=.{1,63}$)[a-zA-Z](?:-?[a-zA-Z0-9])*$/, `must be the identifier of a DB ${what}: letters, digits and single dashes`);

export const awsAccount = {
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be an account id: 12 digits')
    .meta({ description: 'The AWS account that it is in. With other credentials nothing is done.' }),
  region: z
    .string()
    .regex(/^[a-z]{2,}(?:-[a-z]+)+-\d$/, 'must be a region, such as eu-central-1')
    .meta({ description: 'Its region.' }),
  profile: name.optional().meta({ description: 'The profile of AWS’s configuration; what the SDK finds by itself unless given.' }),
};

export const takenSnapshot = {
  take: z.boolean().default(true).meta({ description: 'Take a snapshot where none is young enough. It is deleted again. false: that is an error.' }),
  keep: z.boolean().default(false).meta({ description: 'A snapshot that we took stays: it costs money, and holds production’s data.' }),
};

/** A snapshot can only stay where one is taken. */
export function checkKept(payload: z.core.ParsePayload<{ readonly take: boolean; readonly keep: boolean; readonly identifier?: string | undefined }>): void {
  if (!keysAreRight(payload)) return;
  const { take, keep, identifier } = payload.value;
  if (!keep || (take && identifier === undefined)) return;
  const why = take ? 'since identifier names one' : '(take: false)';
  payload.issues.push({ code: 'custom', message: `says that a snapshot stays, but none is ever taken ${why}`, path: ['keep'], input: payload.value });
}

export const ownNetwork = {
  subnetGroup: name.optional().meta({ description: 'Its DB subnet group; production’s own unless given.' }),
  securityGroups: z.array(name).min(1).optional().meta({ description: 'Its VPC security groups; production’s own unless given.' }),
};

export const wayToServer = {
  tunnel: tunnel.optional(),
  tlsRootCertificate: file.optional().meta({
    description:
      'The bundle of RDS’s authorities: its certificate is verified (verify-full). Unless given, the connection is encrypted, and nobody vouches for the server.',
  }),
};

export const upkeep = {
  deleteAfterHours: z.number().positive().default(12).meta({ description: 'The tag of all that is made says that it may be deleted after so many hours.' }),
  pollSeconds: z.number().positive().max(300).default(15).meta({ description: 'Pause between two looks at a state.' }),
};
