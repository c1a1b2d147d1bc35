import type { MaskingFacts } from '../../core/masking.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { qualifiedName } from '../../sql/quote.ts';

/** Says of an index or constraint that masked rows broke which masks could be to blame, so that nobody looks for the fault in production's data. */
export function explainLosses(losses: readonly FidelityLoss[], masking: MaskingFacts | undefined): readonly FidelityLoss[] {
  if (masking === undefined) return losses;
  const tables = Map.groupBy(masking.columns, ({ schema, table }) => qualifiedName(schema, table));
  return losses.map((loss) => {
    if (loss.sqlstate?.startsWith('23') !== true || loss.statement === undefined) return loss;
    const named = [...tables].filter(([name]) => mentions(loss.statement ?? '', name));
    if (named.length === 0) return loss;
    const masks = named.flatMap(([name, columns]) => columns.map(({ column, strategy }) => `${name}.${column} by ${strategy}`));
    return { ...loss, cure: `Masked rows broke it, if production’s own don’t: ${masks.join(', ')}. Choose masks that keep it. ${loss.cure}` };
  });
}

function mentions(statement: string, name: string): boolean {
  const at = statement.indexOf(name);
  return at >= 0 && !/[\w$"]/.test(statement[at + name.length] ?? ' ');
}
