import type { Minor } from '../../control-plane/release';
import type { Chart } from './charts';
import { KNOWN_VALUES } from './known-values.data';

/** What a value is: `map` has keys of the user's own, `free` is anything at all; of `any` only the name is known. */
export type ValueKind = 'boolean' | 'number' | 'text' | 'scalar' | 'list' | 'map' | 'free' | 'any';

/** What is known of one value of a chart. */
export interface KnownValue {
  readonly kind: ValueKind;
  /** Whether a schema takes null for it. */
  readonly isNullable: boolean;
  /** Whether a template of the chart names the value. */
  readonly isRead: boolean;
  /** The chart's default, where it is a scalar. */
  readonly fallback?: unknown;
}

/** The values that a chart of a release knows. */
export class KnownValues {
  /** By where they may stand: in the chart's section, under `global` or at the top. */
  public static of(chart: Pick<Chart, 'name' | 'section' | 'flattensGlobal' | 'isStrict'>, minor: Minor): KnownValues {
    const known = new KnownValues();
    const section = chart.section === undefined ? undefined : `${chart.section}.`;
    const globals = chart.flattensGlobal ? 'global.' : undefined;
    // where a schema checks a chart, it says what stands at the top
    const isOpen = (path: string): boolean => !chart.isStrict || path.startsWith('global.') || path.startsWith('pilot.');
    for (const [path, value] of readTable(KNOWN_VALUES.common, minor)) {
      // the schema of a chart is another one, and says nothing of what is common to all
      if (isOpen(path)) known.add(path, chart.isStrict ? { ...value, kind: 'any', isNullable: true } : value);
      if (section !== undefined && path.startsWith(section)) known.add(path.slice(section.length), value);
      if (globals !== undefined && !chart.isStrict && path.startsWith(globals)) known.add(path.slice(globals.length), value);
    }
    for (const [path, value] of readTable(KNOWN_VALUES[chart.name], minor)) {
      known.add(path, value);
      if (section !== undefined && !path.startsWith('global.') && !path.startsWith(section)) known.add(section + path, value);
      if (globals !== undefined && !path.startsWith(globals)) known.add(globals + path, value);
      else if (globals !== undefined && !chart.isStrict) known.add(path.slice(globals.length), value);
    }
    return known;
  }

  /** What the schema of all charts' values knows, which istioctl checks by. */
  public static ofSchema(minor: Minor): KnownValues {
    const known = new KnownValues();
    for (const [path, value] of readTable(KNOWN_VALUES.common, minor)) known.add(path, value);
    return known;
  }

  private readonly values = new Map<string, KnownValue>();
  private readonly names = new Map<string, Set<string>>();

  public get(path: string): KnownValue | undefined {
    return this.values.get(path);
  }

  /** Names of what is known below a path; empty where it holds keys of the user's own, or nothing. */
  public namesBelow(path: string): readonly string[] {
    const kind = this.values.get(path)?.kind;
    return kind === 'map' || kind === 'free' ? [] : [...(this.names.get(path) ?? [])];
  }

  /** All paths, those of sections too, for "did you mean". */
  public get paths(): readonly string[] {
    return [...new Set([...this.values.keys(), ...this.names.keys()])].filter((path) => path !== '');
  }

  private add(path: string, value: KnownValue): void {
    const before = this.values.get(path);
    this.values.set(path, before === undefined ? value : merged(before, value));
    for (let end = path.length; end > 0; ) {
      const dot = path.lastIndexOf('.', end - 1);
      const owner = dot < 0 ? '' : path.slice(0, dot);
      const names = this.names.get(owner) ?? new Set();
      names.add(path.slice(dot + 1, end));
      this.names.set(owner, names);
      end = dot;
    }
  }
}

/** The more telling kind; a text that another chart's schema also takes as a number is either. */
function merged(a: KnownValue, b: KnownValue): KnownValue {
  const kind = a.kind === 'any' ? b.kind : b.kind === 'any' || a.kind === b.kind ? a.kind : widest(a.kind, b.kind);
  const fallback = b.fallback ?? a.fallback;
  return { kind, isNullable: a.isNullable || b.isNullable, isRead: a.isRead || b.isRead, ...(fallback === undefined ? {} : { fallback }) };
}

function widest(a: ValueKind, b: ValueKind): ValueKind {
  if (a === 'free') return isScalar(b) ? 'scalar' : b;
  if (b === 'free') return widest(b, a);
  return isScalar(a) && isScalar(b) ? 'scalar' : 'any';
}

function isScalar(kind: ValueKind): boolean {
  return kind !== 'list' && kind !== 'map';
}

function* readTable(text: string, minor: Minor): Iterable<[string, KnownValue]> {
  for (const line of text.split('\n')) {
    const match = /^(\S+) (\w+)(\?)?( r)?(?: =(.*?))?(?: @([\d.,]+))?$/.exec(line);
    if (match === null) continue;
    const [, path = '', kind, nullable, read, fallback, releases] = match;
    if (releases !== undefined && !releases.split(',').includes(minor)) continue;
    const value = { kind: kind as ValueKind, isNullable: nullable !== undefined, isRead: read !== undefined };
    yield [path, fallback === undefined ? value : { ...value, fallback: JSON.parse(fallback) as unknown }];
  }
}
