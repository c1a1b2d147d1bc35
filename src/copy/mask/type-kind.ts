/** What masks need to know of a column's type, a domain seen through to what it is made of. */
export type TypeKind =
  /** `maxLength` in characters. `folds`: case makes no difference (citext). */
  | { readonly kind: 'text'; readonly maxLength: number | undefined; readonly folds: boolean; readonly name: string }
  | { readonly kind: 'integer'; readonly bits: 15 | 31 | 63 }
  /** `digits`: how many the type holds, undefined when it has no limit; `scale` of them stand behind the point. */
  | { readonly kind: 'numeric'; readonly digits: number | undefined; readonly scale: number }
  | { readonly kind: 'time'; readonly name: 'date' | 'timestamp' | 'timestamptz' }
  | { readonly kind: 'uuid' | 'bytea' | 'inet' | 'mac' | 'boolean' | 'enum' | 'json' | 'array' | 'other'; readonly name: string };

export interface TypeRow {
  /** The type's own name, as in pg_type. */
  readonly typeName: string;
  readonly typeSchema: string;
  readonly typeCategory: string;
  readonly typeKind: string;
  readonly typeModifier: number;
}

/** What a type is, from its row in pg_type and the column's modifier. */
export function typeKind({ typeName: name, typeSchema, typeCategory, typeKind: letter, typeModifier }: TypeRow): TypeKind {
  if (letter === 'e') return { kind: 'enum', name };
  if (typeCategory === 'A') return { kind: 'array', name };
  const limit = typeModifier > 4 ? typeModifier - 4 : undefined;
  if (name === 'citext') return { kind: 'text', maxLength: undefined, folds: true, name };
  if (typeSchema !== 'pg_catalog') return { kind: 'other', name };
  switch (name) {
    case 'text':
      return { kind: 'text', maxLength: undefined, folds: false, name };
    case 'varchar':
    case 'bpchar':
      return { kind: 'text', maxLength: limit, folds: false, name };
    case 'int2':
      return { kind: 'integer', bits: 15 };
    case 'int4':
      return { kind: 'integer', bits: 31 };
    case 'int8':
      return { kind: 'integer', bits: 63 };
    case 'numeric':
      return numeric(typeModifier);
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return { kind: 'time', name };
    case 'inet':
    case 'cidr':
      return { kind: 'inet', name };
    case 'macaddr':
      return { kind: 'mac', name };
    case 'bool':
      return { kind: 'boolean', name };
    case 'json':
    case 'jsonb':
      return { kind: 'json', name };
    case 'uuid':
    case 'bytea':
      return { kind: name, name };
    default:
      return { kind: 'other', name };
  }
}

/** The modifier of numeric: precision in the upper half, scale, which may be negative since PostgreSQL 15, in eleven bits of the lower. */
function numeric(modifier: number): TypeKind {
  if (modifier < 4) return { kind: 'numeric', digits: undefined, scale: 0 };
  const packed = modifier - 4;
  const scale = ((packed & 0x7ff) ^ 1024) - 1024;
  return { kind: 'numeric', digits: packed >> 16, scale };
}
