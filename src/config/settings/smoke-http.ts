import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';
import { pattern, patterns } from './smoke-fields.ts';

const jsonAssertion = z
  .strictObject({
    path: z.string().meta({ description: 'Where in the JSON: `items[0].state`; empty for the whole.' }),
    equals: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional().meta({ description: 'The value there is exactly this.' }),
    matches: pattern.optional().meta({ description: 'The value there, as text, matches this regular expression.' }),
    exists: z.boolean().optional().meta({ description: 'Whether there is anything.' }),
  })
  .refine(({ equals, matches, exists }) => equals !== undefined || matches !== undefined || exists !== undefined, {
    error: 'asks nothing: equals, matches or exists is missing',
    when: keysAreRight,
  });

const status = z.union([z.int(), z.array(z.int()).min(1)]);

export const expectedAnswer = z.strictObject({
  status: status.optional().meta({ description: 'The status, or those that are right; any from 200 to 299 unless given.' }),
  headers: z.record(z.string(), pattern).default({}).meta({ description: 'Headers, each with a regular expression that its value matches.' }),
  matches: patterns.meta({ description: 'Each has to be found in the body.' }),
  mustNotMatch: patterns.meta({ description: 'None may be found in the body.' }),
  json: z.array(jsonAssertion).default([]).meta({ description: 'What has to stand in a body of JSON.' }),
});

/** A state that polling waits for. */
export const observed = z
  .strictObject({
    status: status.optional().meta({ description: 'HTTP status or exit code.' }),
    matches: pattern.optional().meta({ description: 'A regular expression that is found in the text.' }),
    json: z.array(jsonAssertion).default([]).meta({ description: 'What stands in the JSON.' }),
  })
  .refine(({ status: code, matches, json }) => code !== undefined || matches !== undefined || json.length > 0, {
    error: 'names no state: status, matches or json is missing',
    when: keysAreRight,
  });

export const httpRequest = z.strictObject({
  url: name.meta({ description: 'A path of the application under test, or a whole URL.' }),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET').meta({ description: 'The method.' }),
  headers: z.record(z.string(), z.string()).default({}).meta({ description: 'Headers. Not for secrets: they would stand in this file.' }),
  headersFromEnvironment: z
    .record(z.string(), name)
    .default({})
    .meta({ description: 'Headers whose values are secret, each with the environment variable that holds it.' }),
  body: z.string().optional().meta({ description: 'What is sent.' }),
  bodyFile: file.optional().meta({ description: 'A file that is sent. Relative to the configuration file.' }),
  timeoutSeconds: z.number().positive().default(30).meta({ description: 'The whole answer has to be there within this time.' }),
});
