import type { FactFamily } from '../fact-family.ts';
import { comments, extensionDependencies, securityLabels } from './comments.ts';
import { collations, conversionFamilies, textSearchConfigurations } from './conversions.ts';
import { defaultPrivileges, eventTriggers, extensions, schemas } from './database-objects.ts';
import { foreignDataWrappers, foreignServers, userMappingOptions, userMappings } from './foreign-data.ts';
import { operatorClasses, operatorFamilies, operators } from './operators.ts';
import { owners } from './owners.ts';
import { privileges } from './privileges.ts';
import { publications, subscriptionConnections, subscriptions } from './publications.ts';
import { aggregates, routines } from './routines.ts';
import { domains, types } from './types.ts';
import { database, largeObjects, roles } from './whole-database.ts';

/** Routines, types, security, comments, and what belongs to the database as a whole. */
export const otherFamilies: readonly FactFamily[] = [
  schemas,
  extensions,
  types,
  domains,
  routines,
  aggregates,
  operators,
  operatorClasses,
  operatorFamilies,
  ...conversionFamilies,
  textSearchConfigurations,
  collations,
  eventTriggers,
  publications,
  subscriptions,
  subscriptionConnections,
  foreignDataWrappers,
  foreignServers,
  userMappings,
  userMappingOptions,
  defaultPrivileges,
  owners,
  privileges,
  comments,
  securityLabels,
  extensionDependencies,
  largeObjects,
  roles,
  database,
];
