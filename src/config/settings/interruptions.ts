import { z } from 'zod';

export const interruptions = z
  .strictObject({
    enabled: z.boolean().default(true).meta({
      description: 'The deploy is cut off at statement boundaries, each time on a clone of its own, and run again. false: nobody knows what a second run does.',
    }),
    most: z.int().min(1).default(20).meta({ description: 'How many boundaries are tried at most, the riskiest first; those left out are named.' }),
    maxSeconds: z.number().positive().default(60).meta({ description: 'After so many seconds no further boundary is tried; those left out are named.' }),
    required: z.boolean().default(false).meta({
      description:
        'true: a second run that fails blocks the deploy, and a boundary that wasn’t tried leaves a doubt. false: both are only told. A second run that ends well with another result always blocks.',
    }),
  })
  .prefault({})
  .meta({ description: 'What happens to a deploy that is cut off and run again.' });
