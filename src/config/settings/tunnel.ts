import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';

const ssm = z.strictObject({
  ssm: z
    .strictObject({
      instanceId: name.optional().meta({ description: 'The machine that the tunnel leads through, by its id.' }),
      tag: z
        .strictObject({ name: name.meta({ description: 'The tag’s name.' }), value: z.string().meta({ description: 'Its value.' }) })
        .optional()
        .meta({ description: 'Or by a tag that exactly one running machine has.' }),
      region: name.optional().meta({ description: 'Its region; that of the source unless given.' }),
      profile: name.optional().meta({ description: 'Who opens the tunnel; as the source’s unless given.' }),
    })
    .refine(({ instanceId, tag }) => (instanceId === undefined) !== (tag === undefined), { error: 'needs either instanceId or tag', when: keysAreRight })
    .meta({ description: 'AWS Systems Manager forwards a port: needs session-manager-plugin on this machine, and no open port on the other one.' }),
});

const ssh = z.strictObject({
  ssh: z
    .strictObject({
      host: name.meta({ description: 'As ssh takes it: a host of its configuration, or user@host.' }),
      port: z.int().min(1).max(65_535).optional().meta({ description: 'Its port; as ssh’s configuration says unless given.' }),
      identityFile: file.optional().meta({ description: 'The private key; what ssh finds unless given. Relative to the configuration file.' }),
      configFile: file.optional().meta({ description: 'Another configuration of ssh. Relative to the configuration file.' }),
    })
    .meta({ description: 'ssh forwards a port through a machine that can reach the server.' }),
});

/** How a server is reached that this machine can't reach by itself. */
export const tunnel = z.union([ssm, ssh, z.literal('none')]);

export type TunnelSettings = z.output<typeof tunnel>;
