// Words: the language of the page, and figures as they are written in it.

/** @import { Said, Titled } from "../types.js" */

const DAY = 86_400_000;

let lang = "";
/** @type {Titled<Record<string, string>>} */
let entries = {};

/** @param {Titled<Record<string, string>>} words @param {string} chosen */
export function setup(words, chosen) {
  entries = words;
  lang = Object.hasOwn(words, chosen) ? chosen : Object.keys(words)[0];
}

/** Further entries of the text catalog, by language. @param {Record<string, Record<string, string>>} words */
export function add(words) {
  for (const [each, more] of Object.entries(words)) {
    Object.assign(entries[each], more);
  }
}

export function current() {
  return lang;
}

/** One entry of the text catalog. @param {string} key @param {Record<string, unknown>} [values] */
export function say(key, values) {
  const sentence = entries[lang][key];
  if (sentence === undefined) {
    throw new Error(`no words for ${key}`);
  }
  return values ? byNumber(sentence, values).replace(/\{(\w+)\}/g, (/** @type {string} */ whole, /** @type {string} */ name) => (Object.hasOwn(values, name) ? String(values[name]) : whole)) : sentence;
}

/** What goes with one of something, and with more: "{count|plot|plots}". @param {string} sentence @param {Record<string, unknown>} values */
function byNumber(sentence, values) {
  return sentence.replace(/\{(\w+)\|([^|{}]*)\|([^|{}]*)\}/g, (_, name, one, more) => (String(values[name]) === "1" ? one : more));
}

/** What is said in this language. @template T @param {Titled<T>} titled */
export function pick(titled) {
  return titled[lang];
}

/** @param {string} digits */
function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A whole number of tenths, hundredths and so on. @param {number | bigint} number @param {number} decimals */
export function figure(number, decimals) {
  const digits = String(number).replace("-", "").padStart(decimals + 1, "0");
  const whole = grouped(digits.slice(0, digits.length - decimals));
  return (number < 0 ? "-" : "") + whole + (decimals ? `.${digits.slice(-decimals)}` : "");
}

/**
 * The number of an attribute: without the noughts at its end.
 * @param {number} number @param {number} decimals @param {boolean} thousands
 */
export function plain(number, decimals, thousands) {
  const text = figure(number, decimals);
  const short = decimals ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  return thousands ? short : short.replace(/,/g, "");
}

/** A measured number, rounded as wording/messages.py does it. @param {number} value @param {number} decimals @param {string} [unit] */
export function amount(value, decimals, unit) {
  if (!Number.isFinite(value)) {
    return say("map.not_known");
  }
  const text = figure(rounded(exact(value), decimals), decimals);
  return unit ? `${text} ${say(`unit.${unit}`)}`.trimEnd() : text;
}

/** The number in a figure that was written with its unit. @param {string} text */
export function read(text) {
  return Number((/-?[\d,]+(\.\d+)?/.exec(text) || ["NaN"])[0].replace(/,/g, ""));
}

// --- figures beside their limits --------------------------------------------------------------
// As wording/findings.py writes them: rounded on the decimals that a number is written with, half
// to even, with as many decimals as keep it on its side of the limit.

/** @typedef {{number: bigint, scale: number}} Exact a whole number, of which so many digits are decimals */

const MOST_DIGITS = 17;
/** @type {Record<string, number>} */
const DIGITS = { m2: 0, m: 1, share: 1, CNY: 0, "CNY/m2": 1, "1": 3, "%": 2, kV: 0, mm: 0, d: 0 };
/** @type {Record<string, (sign: number) => boolean>} */
const KEEPS = {
  ">=": (sign) => sign >= 0, ">": (sign) => sign > 0, "<=": (sign) => sign <= 0, "<": (sign) => sign < 0, "==": (sign) => sign === 0,
};

/** A number as it is written: a whole number and how many of its digits are decimals. @param {number} value @param {number} [shift] */
function exact(value, shift = 0) {
  const [mantissa, power = "0"] = String(value).split("e");
  const [whole, decimals = ""] = mantissa.split(".");
  const scale = decimals.length - Number(power) - shift;
  const number = BigInt(whole + decimals);
  return scale < 0 ? { number: number * 10n ** BigInt(-scale), scale: 0 } : { number, scale };
}

/** @param {Exact} exact @param {number} digits */
function rounded({ number, scale }, digits) {
  if (scale <= digits) {
    return number * 10n ** BigInt(digits - scale);
  }
  const step = 10n ** BigInt(scale - digits);
  const size = number < 0n ? -number : number;
  const twice = 2n * (size % step);
  const up = twice > step || (twice === step && (size / step) % 2n === 1n);
  const made = size / step + (up ? 1n : 0n);
  return number < 0n ? -made : made;
}

/** @param {bigint} one @param {number} digits @param {Exact} other */
function compared(one, digits, { number, scale }) {
  const left = one * 10n ** BigInt(Math.max(0, scale - digits));
  const right = number * 10n ** BigInt(Math.max(0, digits - scale));
  return left < right ? -1 : Number(left > right);
}

/**
 * A figure with as many decimals as keep it on its side of a limit.
 * @param {number} value @param {string} unit
 * @param {{relation: string, threshold: number, upper?: number | null} | null} limit
 * @param {boolean} meets whether it keeps the limit
 */
export function beside(value, unit, limit, meets) {
  if (!Number.isFinite(value)) {
    return say("map.not_known");
  }
  const shift = unit === "%" || unit === "share" ? 2 : 0;
  const own = exact(value, shift);
  let digits = DIGITS[unit] ?? 2;
  if (limit) {
    const bound = (/** @type {number} */ each) => exact(Number((each * 10 ** shift).toPrecision(10)));
    const low = bound(limit.threshold);
    const high = limit.upper === null || limit.upper === undefined ? low : bound(limit.upper);
    const kept = () => {
      const shown = rounded(own, digits);
      return limit.relation === "between"
        ? compared(shown, digits, low) >= 0 && compared(shown, digits, high) <= 0
        : KEEPS[limit.relation](compared(shown, digits, low));
    };
    while (digits < MOST_DIGITS && kept() !== meets) {
      digits += 1;
    }
  }
  const text = figure(rounded(own, digits), digits);
  return shift ? `${text}%` : `${text} ${say(`unit.${unit}`)}`.trimEnd();
}

const NEAR = 1e-6;
const MOST_OF_SHARE = 6;

/** A share of a whole: one that is neither nothing nor all of it does not read so. @param {number} value */
export function portion(value) {
  const own = exact(value, 2);
  const all = Math.abs(value - 1) < NEAR;
  let digits = DIGITS.share;
  const whole = () => !all && rounded(own, digits) === 100n * 10n ** BigInt(digits);
  while (digits < MOST_OF_SHARE && (whole() || (value > 0 && rounded(own, digits) === 0n))) {
    digits += 1;
  }
  return `${figure(rounded(own, digits), digits)}%`;
}

/** @param {number} number */
export function day(number) {
  return new Date(number * DAY).toISOString().slice(0, 10);
}

/** The day that it is where the page is looked at, counted from 1970 on. */
export function today() {
  const now = new Date();
  return Math.round(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) / DAY);
}

// --- messages ---------------------------------------------------------------------------------
// As wording/messages.py has them: keys with arguments, with places for the numbers of a feature.

/**
 * What each message holds under its keys; the first says what it is.
 * @typedef {{
 *   $say: string, $with?: Record<string, Said>, $pick: Titled, $figure: string | number, $decimals: number, $in: string,
 *   $unit: string, $day: number, $name: number, $join: string, $parts: Said[], $line: Said[],
 * }} Message
 * @typedef {(said: Said) => Said} Put puts what a message holds into words
 */

/** @type {Record<string, (message: Message, put: Put, numbers: number[], names: string[]) => Said>} */
const TELLERS = {
  $say: ({ $say: key, $with: values }, put) => say(key, values && eachPut(values, put)),
  $pick: ({ $pick: titled }) => pick(titled),
  $figure: ({ $figure: shown, $decimals: decimals, $in: unit }, _put, numbers) => {
    const text = typeof shown === "string" ? shown : figure(numbers[shown], decimals);
    return unit === "%" ? `${text}%` : unit ? `${text} ${say(`unit.${unit}`)}`.trimEnd() : text;
  },
  $unit: ({ $unit: unit }) => (unit && unit !== "%" ? say(`unit.${unit}`) : unit),
  $day: ({ $day: at }, _put, numbers) => day(numbers[at]),
  $name: ({ $name: at }, _put, numbers, names) => names[numbers[at]],
  $join: ({ $join: by, $parts: parts }, put) => parts.map(put).join(say(by)),
  $line: ({ $line: parts }, put) => parts.map(put).join("").trimEnd(),
};

/** @param {Record<string, Said>} values @param {Put} put @returns {Record<string, Said>} */
function eachPut(values, put) {
  return Object.fromEntries(Object.entries(values).map(([key, each]) => [key, put(each)]));
}

/**
 * Puts messages in lists and objects into words.
 * @param {Said} said @param {number[]} numbers @param {string[]} names
 * @returns {Said}
 */
export function tell(said, numbers, names) {
  /** @type {Put} */
  const put = (each) => tell(each, numbers, names);
  if (Array.isArray(said)) {
    return said.map(put);
  }
  if (!said || typeof said !== "object") {
    return said;
  }
  const kind = Object.keys(said)[0];
  return Object.hasOwn(TELLERS, kind)
    ? TELLERS[kind](/** @type {Message} */ (/** @type {unknown} */ (said)), put, numbers, names) : eachPut(said, put);
}
