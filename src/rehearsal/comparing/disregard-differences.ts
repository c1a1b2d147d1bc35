import type { SchemaDifference } from '../../core/schema-difference.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import type { CapturedCatalog } from '../../schema/captured-catalog.ts';
import type { ComparedSchemas } from '../../schema/compare/compared-schemas.ts';
import { hideSecretSettings } from '../../source/hide-secret-settings.ts';

/** A restore makes extensions as its own user, and nothing gives one to another. */
const installer = { kind: 'extension', property: /^installed by$/, why: 'who installed extensions: in a copy, our administrator' };

/** A copy lets nobody in but the role that migrates: no role's login or its last day is production's there. */
const logins = { kind: 'role', property: /^(login|valid until)$/, why: 'whether and until when roles may log in: on a clone only the role that migrates' };

/** What a copy lacks on purpose, or what another check of the fidelity phase judges; each told in the scope. */
const toldElsewhere: readonly { readonly kind: string; readonly property?: RegExp; readonly why: string }[] = [
  { kind: 'role', why: 'roles: compared by a check of their own' },
  { kind: 'subscription', why: 'whether subscriptions are on and where they lead: off on a copy on purpose' },
  { kind: 'user mapping', why: 'user mappings: left out of a copy on purpose' },
  {
    kind: 'database',
    property: /^((collation version|connection limit) of the database|default tablespace)$/,
    why: 'connection limit and tablespace of the database: the server’s',
  },
  { kind: 'collation', property: /^(collation )?version/, why: 'versions of collations: told where the copy is made' },
  installer,
];

/** Leaves what other checks of the copy tell to them, and out of this comparison. */
export function leaveToOthers(compared: ComparedSchemas, losses: readonly FidelityLoss[]): ComparedSchemas {
  const lost = new Set(losses.map(({ object }) => `${object.kind} ${object.name}`));
  const reasons = new Set<string>();
  const differences = compared.differences.filter((difference) => {
    const { object, property = '' } = difference;
    const rule = toldElsewhere.find((one) => one.kind === object.kind && (one.property?.test(property) ?? true)) ?? hiddenSetting(difference);
    if (rule !== undefined && difference.class !== 'unexplained') reasons.add(rule.why);
    return (rule === undefined || difference.class === 'unexplained') && !lost.has(`${object.kind} ${object.name}`);
  });
  return { ...compared, differences, scope: { ...compared.scope, notCompared: [...compared.scope.notCompared, ...[...reasons].sort()] } };
}

/** Production's secrets stay behind: the copy has three stars in their place. */
function hiddenSetting({ object, property = '', right }: SchemaDifference): { readonly why: string } | undefined {
  const name = object.kind === 'database' ? /^setting of the database (\S+)/.exec(property)?.[1] : undefined;
  const isHidden = name !== undefined && right !== undefined && hideSecretSettings([`${name}=`]).hidden.length > 0;
  return isHidden ? { why: 'values of settings whose names say that they are secrets' } : undefined;
}

/**
 * A repo builds a schema, not the database around it: what a clone brought along from production of the database itself is the environment's, unless the
 * migrations changed it.
 */
export function asEnvironment(compared: ComparedSchemas, production: CapturedCatalog | undefined): ComparedSchemas {
  const was = new Map(production?.objects.filter(([kind]) => kind === 'database').flatMap(([, , , properties]) => Object.entries(properties)));
  const fromProduction = ({ object, property, left }: SchemaDifference) =>
    object.kind === 'database' && property !== undefined && (production === undefined || was.get(property) === left);
  const ours = [installer, logins];
  const isOurs = ({ class: kind, object, property = '' }: SchemaDifference) =>
    kind !== 'unexplained' && ours.some((one) => object.kind === one.kind && one.property.test(property));
  return {
    ...compared,
    differences: compared.differences
      .filter((difference) => !isOurs(difference))
      .map((difference) => (fromProduction(difference) && difference.class !== 'unexplained' ? { ...difference, class: 'environment' as const } : difference)),
    scope: { ...compared.scope, notCompared: [...compared.scope.notCompared, ...ours.map(({ why }) => why)] },
  };
}
