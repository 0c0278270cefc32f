// Numbers as people write them, by the rules of landtrack/model/catalog/numbers.py: what is not
// exactly one number, in a unit that is known, is none.

/** @import { Units } from "../types.js" */

const ENDS = "[ \\t\\r\\n\\f\\v\\u00a0\\u2002\\u2003\\u2009\\u202f\\u200b\\ufeff]+";
const EDGES = new RegExp(`^${ENDS}|${ENDS}$`, "g");
const NUMBER = /^[+-]?(?:(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?$/i;
const QUANTITY = /^([^0-9.,+-]*?)[ \t\r\n\f\v]*([+-]?[0-9.,]+(?:e[+-]?[0-9]+)?)[ \t\r\n\f\v]*(.*)$/i;
const BRACKETS = /[()[\]{}\u3010\u3011\u3014\u3015\u3016\u3017\u3008-\u300f<>]/g;

const OTHERS = new Map([["\u3000", " "], ["\u2212", "-"], ["\uffe5", "\u00a5"]]);

/** Letters of full width as those of half width; superscripts stay what they are. @param {string} text */
function halfWidth(text) {
  const plain = [...text].map((each) => {
    const code = each.codePointAt(0) ?? 0;
    if (code >= 0xff01 && code <= 0xff5e) {
      return String.fromCodePoint(code - 0xfee0);
    }
    return OTHERS.get(each) ?? each;
  });
  return plain.join("").replace(EDGES, "");
}

/** One number; NaN where it is not exactly one. @param {string} text */
export function number(text) {
  const plain = halfWidth(text);
  if (!NUMBER.test(plain)) {
    return NaN;
  }
  const value = Number(plain.replaceAll(",", ""));
  const lost = value === 0 && /[1-9]/.test(plain.toLowerCase().split("e")[0]);
  return lost || !Number.isFinite(value) ? NaN : value;
}

/** @param {string} text */
const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
/** @param {string} one @param {string} other */
const longest = (one, other) => other.length - one.length;

/**
 * Powers of ten before a unit (\u00d710\u2074 m2) in words; behind another digit they are none.
 * @param {Units} known @param {string} text
 */
function widened(known, text) {
  const powers = Object.keys(known.power).sort(longest).map(literal).join("|");
  const found = new RegExp(`\u00d7?\\s*(${powers})\\s*(?=[\\p{L}\\p{N}_\u33a1])(?!\\p{Nd})`, "gu");
  return text.replace(found, (whole, power, at) => (
    /\p{Nd}$/u.test(text.slice(0, at + whole.indexOf(power))) ? whole : known.power[power])).normalize("NFKC");
}

/** What introduces a unit, such as 单位; a word of a Latin script only where it stands apart. @param {Units} known @param {string} text */
function bared(known, text) {
  const words = known.introduced.map((each) => literal(each) + (/^[a-z]+$/.test(each) ? "(?=[:\\s])" : ""));
  return text.replace(new RegExp(`^(?:${words.join("|")})\\s*[:=]?\\s*`), "");
}

/** @param {Units} known @param {string} text */
function spelt(known, text) {
  const folded = [...widened(known, text).toLowerCase()].map((each) => known.letters[each] || each).join("");
  const bare = bared(known, folded.replace(BRACKETS, " ").trim())
    .replace(/[\s\u200b\ufeff]+/g, "").replaceAll("^", "").replaceAll("**", "")
    .replace(/^[:.,\uff0c;\uff1b\u3002]+|[:.,\uff0c;\uff1b\u3002]+$/g, "");
  return /[0-9]\./.test(bare) ? bare : bare.replaceAll(".", "");
}

/** @param {Units} known @param {string} stored @param {string} text */
function times(known, stored, text) {
  const own = known.unit[stored] || {};
  if (Object.hasOwn(own, text)) {
    return own[text];
  }
  const more = Object.keys(known.multiplier).filter((each) => text.startsWith(each) && Object.hasOwn(own, text.slice(each.length)))
    .filter((each) => !Object.hasOwn(known.multiplier, text.slice(each.length)) && !text.includes("/"));
  return more.length ? known.multiplier[more[0]] * own[text.slice(more[0].length)] : NaN;
}

/** @param {Units} known @param {string} text */
function amount(known, text) {
  const words = { ...known.multiplier, ...known.money };
  if (!text || Object.hasOwn(words, text)) {
    return text ? words[text] : 1;
  }
  const digits = text.match(/^1(,?0)*/);
  const rest = digits && text.slice(digits[0].length);
  return !digits || (rest && !Object.hasOwn(words, rest)) ? NaN : Number(digits[0].replaceAll(",", "")) * (rest ? words[rest] : 1);
}

/** @param {Units} known @param {string} text @param {string} word @param {boolean} last */
function without(known, text, word, last) {
  if (!(last ? text.endsWith(word) : text.startsWith(word))) {
    return null;
  }
  const left = last ? text.slice(0, text.length - word.length) : text.slice(word.length);
  const beside = last ? left.slice(-1) : left.slice(0, 1);
  return /^[a-z]+$/.test(word) && /[a-z]/.test(beside) && Number.isNaN(amount(known, left)) ? null : left;
}

/** Words of the currency, each once, around what it is counted in. @param {Units} known @param {string} text */
function money(known, text) {
  const words = new Set([...known.currency].sort((one, other) => other.length - one.length));
  let rest = text;
  for (let found = true; found && rest;) {
    found = false;
    for (const word of words) {
      const left = without(known, rest, word, true) ?? without(known, rest, word, false);
      if (left !== null) {
        rest = left;
        words.delete(word);
        found = true;
        break;
      }
    }
  }
  return rest === text ? NaN : amount(known, rest);
}

/** What one of a unit is in the stored one; NaN where it is not known. @param {Units} known @param {string} stored @param {string} text */
function factor(known, stored, text) {
  const plain = spelt(known, text);
  const own = times(known, stored, plain);
  return Number.isNaN(own) && stored === "CNY" ? money(known, plain) : own;
}

/** To 15 digits, so that 45 hundredths are 0.45 and not a neighbour of it. @param {number} value @param {number} by */
const product = (value, by) => by === 1 ? value : Number((value * by).toPrecision(15));

/**
 * A figure with its unit, in the stored one.
 * @param {Units} known the words of units
 * @param {string} text @param {string} stored
 */
export function read(known, text, stored) {
  const found = halfWidth(text).match(QUANTITY);
  if (!found) {
    return NaN;
  }
  const [before, written, unit] = found.slice(1).map((each) => each.replace(EDGES, ""));
  const sign = before.toLowerCase();
  if (sign && !(stored === "CNY" && known.before.includes(sign))) {
    return NaN;
  }
  return product(number(written), unit ? factor(known, stored, unit) : 1);
}
