/** The values that one field of a cron specification allows. */
export interface CronField {
  readonly values: ReadonlySet<number>;
  /** Whether the field is written as `*` or `?`, without a step above 1. */
  readonly isWild: boolean;
}

/** The five fields of a cron specification. */
export interface CronFields {
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  /** 1 to 12. */
  readonly month: CronField;
  /** 0 (Sunday) to 6. */
  readonly dayOfWeek: CronField;
}

interface FieldRange {
  readonly min: number;
  readonly max: number;
  readonly names: ReadonlyMap<string, number>;
}

const NO_NAMES: ReadonlyMap<string, number> = new Map();
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const DAYS = "sun mon tue wed thu fri sat".split(" ");

const MINUTE: FieldRange = { min: 0, max: 59, names: NO_NAMES };
const HOUR: FieldRange = { min: 0, max: 23, names: NO_NAMES };
const DAY_OF_MONTH: FieldRange = { min: 1, max: 31, names: NO_NAMES };
const MONTH: FieldRange = {
  min: 1,
  max: 12,
  names: new Map(MONTHS.map((name, index) => [name, index + 1])),
};
const DAY_OF_WEEK: FieldRange = {
  min: 0,
  max: 6,
  names: new Map(DAYS.map((name, index) => [name, index])),
};

/** Reads five fields that are separated by blanks; `undefined` when any is malformed. */
export function parseCronFields(text: string): CronFields | undefined {
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (words.length !== 5) return undefined;
  const [first = "", second = "", third = "", fourth = "", fifth = ""] = words;
  const minute = parseField(first, MINUTE);
  const hour = parseField(second, HOUR);
  const dayOfMonth = parseField(third, DAY_OF_MONTH);
  const month = parseField(fourth, MONTH);
  const dayOfWeek = parseField(fifth, DAY_OF_WEEK);
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek) return undefined;
  return { minute, hour, dayOfMonth, month, dayOfWeek };
}

/** A list of ranges. Empty items are passed over. */
function parseField(text: string, range: FieldRange): CronField | undefined {
  const values = new Set<number>();
  let isWild = false;
  for (const item of text.split(",")) {
    if (item === "") continue;
    const span = parseItem(item, range);
    if (span === undefined) return undefined;
    isWild ||= span.isWild;
    for (let value = span.from; value <= span.to; value += span.step) values.add(value);
  }
  return { values, isWild };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly isWild: boolean;
}

/** One of `*`, `5`, `1-5`, each of them also with `/step`; `5/10` means from 5 on. */
function parseItem(text: string, range: FieldRange): Span | undefined {
  const [bounds = "", stepText, ...more] = text.split("/");
  if (more.length > 0) return undefined;
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  if (step === undefined || step === 0) return undefined;
  const [lowText = "", highText, ...others] = bounds.split("-");
  if (lowText === "*" || lowText === "?") {
    return { from: range.min, to: range.max, step, isWild: step === 1 };
  }
  const from = parseValue(lowText, range);
  if (from === undefined || others.length > 0) return undefined;
  const lastOfSingle = stepText === undefined ? from : range.max;
  const to = highText === undefined ? lastOfSingle : parseValue(highText, range);
  if (to === undefined || from < range.min || to > range.max || from > to) return undefined;
  return { from, to, step, isWild: false };
}

function parseValue(text: string, range: FieldRange): number | undefined {
  return range.names.get(text.toLowerCase()) ?? parseNumber(text);
}

function parseNumber(text: string): number | undefined {
  return /^\+?\d{1,9}$/.test(text) ? Number(text) : undefined;
}
