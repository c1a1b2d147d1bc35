import { z } from 'zod';

export const name = z.string().min(1);
export const file = z.string().min(1).meta({ description: 'A path, relative to the configuration file.' });
export const reason = z.string().min(10).meta({ description: 'Why, in a sentence: it is printed in the report.' });

/** Rules between keys are told only once the keys themselves are right: a mistyped `url` is one problem, not two. */
export const keysAreRight = (payload: z.core.ParsePayload) => payload.issues.length === 0;

export const objectName = name.meta({ description: 'Name of the object, qualified as in the report.' });
