import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';
import { pricesOf } from './prices.ts';
import { tunnel } from './tunnel.ts';

const guid = (what: string) =>
  z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, `must be the id of a ${what}: 32 digits, letters a to f, and dashes`);
const resourceId = (what: string) =>
  z.string().regex(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/.+/i, `must be the resource id of a ${what}: /subscriptions/…`);

const size = z.string().regex(/^Standard_[A-Za-z0-9_]+$/, 'must be a size, such as Standard_D2ds_v5');

/** Production on Azure: a moment of it is restored to a server of our own, which is deleted as soon as it has been read. */
export const azure = z
  .strictObject({
    server: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'must be the name of a flexible server: lower-case letters, digits and dashes')
      .meta({ description: 'Production’s flexible server.' }),
    subscription: guid('subscription').meta({ description: 'The subscription that it is in.' }),
    tenant: guid('tenant').optional().meta({ description: 'The tenant (directory) that the credentials must belong to; with others nothing is done.' }),
    resourceGroup: z
      .string()
      .regex(/^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u, 'must be the name of a resource group: letters, digits and ( ) - _ .')
      .meta({ description: 'Its resource group; the restored server is made there too.' }),
    credentials: z.enum(['default', 'cli']).default('default').meta({
      description: 'What Azure’s SDK finds by itself (variables, workload and managed identities, az login …), or only who is logged in with az (cli).',
    }),
    endpoint: z
      .url({ protocol: /^https$/, error: 'must be an address that begins with https://' })
      .optional()
      .meta({ description: 'Azure Resource Manager’s address, where it isn’t that of the public cloud or of the authority that AZURE_AUTHORITY_HOST names.' }),
    database: name.meta({ description: 'The database: Azure knows of none.' }),
    pointInTime: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'The moment of production that is restored, ISO 8601; the latest that can be had unless given.' }),
    freshnessHours: z.number().min(0).default(24).meta({
      description: 'A server that a killed command restored is gone on with, and an image used again, where it is younger; --freshness-hours for one command.',
    }),
    skus: z.array(size).default([]).meta({ description: 'Sizes of the restored server, tried in this order; production’s own unless given.' }),
    prices: pricesOf(size, 'Standard_D2ds_v5'),
    subnet: resourceId('subnet')
      .optional()
      .meta({ description: 'The delegated subnet of the restored server; production’s own unless given. Only where production is in one.' }),
    privateDnsZone: resourceId('private DNS zone').optional().meta({ description: 'Its private DNS zone; production’s own unless given.' }),
    allowFrom: z
      .array(
        z
          .ipv4('must be an IPv4 address')
          .refine((address) => !address.startsWith('0.'), 'must be an address of one machine: Azure takes 0.0.0.0 for all of its customers'),
      )
      .default([])
      .meta({
        description:
          'Addresses that a restored server with a public address lets in, and no others: where this machine, or its bastion, reaches the internet from.',
      }),
    tunnel: tunnel.optional().meta({ description: 'The way to the restored server, where this machine can’t reach it.' }),
    tlsRootCertificate: file.optional().meta({
      description:
        'Azure’s authorities: its certificate is verified (verify-full). Unless given, the connection is encrypted, and nobody vouches for the server.',
    }),
    allowChanges: z.boolean().default(false).meta({
      description: 'Servers may be restored and deleted without --yes. Where the variable CI is set, the subscription has to be told as well (--account).',
    }),
    deleteAfterHours: z
      .number()
      .positive()
      .default(12)
      .meta({ description: 'The tag of the restored server says that it may be deleted after so many hours.' }),
    pollSeconds: z.number().positive().max(300).default(15).meta({ description: 'Pause between two looks at a state.' }),
    waitHours: z.number().positive().max(500).default(3).meta({ description: 'How long a restore, a change or a deletion is waited for.' }),
  })
  .check((payload) => {
    if (!keysAreRight(payload)) return;
    const { tunnel: way, allowFrom, subnet, privateDnsZone } = payload.value;
    const tell = (message: string, path: string[]) => payload.issues.push({ code: 'custom', message, path, input: payload.value });
    if (typeof way === 'object' && 'ssm' in way && way.ssm.region === undefined) tell('is missing: the region of the machine', ['tunnel', 'ssm', 'region']);
    if (allowFrom.length > 0 && (subnet !== undefined || privateDnsZone !== undefined))
      tell('is about a public address, and subnet about a private one', ['allowFrom']);
  });

export type AzureSettings = z.output<typeof azure>;
