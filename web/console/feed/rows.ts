// A result list as it is shown: texts by row, from a unit of the interface or from a document of
// the feed.
export interface Line {
  competitor: string;
  organisation: string;
  rank?: number;
  rank_equal?: boolean;
  result?: string;
  irm?: string;
  name?: string;
  members?: { given_name?: string; family_name?: string; code: string }[];
}
export interface Holder {
  medal: string;
  competitor: string;
}
export interface Row {
  readonly rank: string;
  readonly name: string;
  readonly medal: string;
  readonly organisation: string;
  readonly result: string;
}

const kMostRows = 10_000;
const kMostName = 120;
const kMostShort = 30;

const cut = (text: unknown, most: number): string => {
  const whole = typeof text === 'string' ? text : text == null ? '' : String(text);
  return whole.length > most ? `${whole.slice(0, most)}…` : whole;
};

export const nameOf = (line: Line): string =>
  (line.members ?? [])
    .map((one) => [one.given_name, one.family_name].filter(Boolean).join(' ') || one.code)
    .join(', ') ||
  line.name ||
  line.competitor;

function rowOf(line: Line, competitor: string, medals: Map<string, string>): Row {
  return {
    rank: line.rank === undefined ? '' : `${line.rank_equal ? '=' : ''}${line.rank}`,
    name: cut(nameOf(line) ?? competitor, kMostName),
    medal: cut(medals.get(competitor), kMostShort),
    organisation: cut(line.organisation, kMostShort),
    result: cut(line.irm ?? line.result, kMostShort),
  };
}

export const areEqual = (a: Row, b: Row | undefined): boolean =>
  b !== undefined &&
  a.rank === b.rank &&
  a.name === b.name &&
  a.medal === b.medal &&
  a.organisation === b.organisation &&
  a.result === b.result;

const medalsOf = (holders: Holder[] | undefined): Map<string, string> =>
  new Map((holders ?? []).map((one) => [one.competitor, one.medal]));

/** Rows that did not change are those of `before`. */
const keeping = (rows: Row[], before: readonly Row[]): Row[] =>
  rows.map((row, at) => (areEqual(row, before[at]) ? before[at]! : row));

export function rowsOfUnit(
  unit: { lines?: Line[]; medals?: Holder[] },
  before: readonly Row[] = [],
): Row[] {
  const medals = medalsOf(unit.medals);
  return keeping(
    (unit.lines ?? []).slice(0, kMostRows).map((line) => rowOf(line, line.competitor, medals)),
    before,
  );
}

/**
 * Of a document of the feed: lines by competitor, "#2" of one who starts twice, and their order.
 */
export function rowsOfDocument(
  document: Record<string, unknown>,
  before: readonly Row[] = [],
): Row[] {
  const medals = medalsOf(document['medals'] as Holder[] | undefined);
  const lines = (document['lines'] ?? {}) as Record<string, Line>;
  const order = (document['order'] ?? []) as string[];
  return keeping(
    order.slice(0, kMostRows).map((key) => {
      const competitor = key.replace(/#\d+$/, '');
      return rowOf({ ...lines[key]!, competitor }, competitor, medals);
    }),
    before,
  );
}
