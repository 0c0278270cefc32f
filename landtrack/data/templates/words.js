// Words: the language of the page, and figures as they are written in it.
const Words = (() => {
  "use strict";

  const MARK = new RegExp("\u0001([nfd])(\\d+):(\\d*)\u0002", "g");
  const DAY = 86_400_000;

  let lang = "";
  let entries = {};

  function setup(words, chosen) {
    entries = words;
    lang = Object.hasOwn(words, chosen) ? chosen : Object.keys(words)[0];
    document.documentElement.lang = lang;
  }

  function current() {
    return lang;
  }

  /** One entry of the text catalog. @param {string} key @param {Record<string, any>} [values] */
  function say(key, values) {
    const sentence = entries[lang][key];
    if (sentence === undefined) {
      throw new Error(`no words for ${key}`);
    }
    return values ? sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole)) : sentence;
  }

  /** What is said in this language. @param {Record<string, any>} titled */
  function pick(titled) {
    return titled[lang];
  }

  function grouped(digits) {
    return digits.replace(/\B(?=(\d{3})+$)/g, ",");
  }

  /** A whole number of tenths, hundredths and so on. @param {number} number @param {number} decimals */
  function figure(number, decimals) {
    const digits = String(Math.abs(number)).padStart(decimals + 1, "0");
    const whole = grouped(digits.slice(0, digits.length - decimals));
    return (number < 0 ? "-" : "") + whole + (decimals ? `.${digits.slice(-decimals)}` : "");
  }

  /** The number of an attribute: without the noughts at its end. */
  function plain(number, decimals, thousands) {
    const text = figure(number, decimals);
    const short = decimals ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
    return thousands ? short : short.replace(/,/g, "");
  }

  /** A measured number. @param {number} value @param {number} decimals @param {string} [unit] */
  function amount(value, decimals, unit) {
    if (!Number.isFinite(value)) {
      return say("map.not_known");
    }
    const text = figure(Math.round(value * 10 ** decimals), decimals);
    return unit ? `${text} ${say(`unit.${unit}`)}`.trimEnd() : text;
  }

  /** The number in a figure that was written with its unit. @param {string} text */
  function read(text) {
    return Number((/-?[\d,]+(\.\d+)?/.exec(text) || ["NaN"])[0].replace(/,/g, ""));
  }

  function day(number) {
    return new Date(number * DAY).toISOString().slice(0, 10);
  }

  /** Fills the figures, names and days of a feature into what is told of it. */
  function fill(told, numbers, names) {
    if (typeof told === "string") {
      return told.replace(MARK, (_whole, kind, at, decimals) => {
        const number = numbers[Number(at)];
        if (kind === "n") {
          return names[number];
        }
        return kind === "d" ? day(number) : figure(number, Number(decimals));
      });
    }
    if (Array.isArray(told)) {
      return told.map((each) => fill(each, numbers, names));
    }
    if (told && typeof told === "object") {
      return Object.fromEntries(Object.entries(told).map(([key, each]) => [key, fill(each, numbers, names)]));
    }
    return told;
  }

  return { setup, current, say, pick, figure, plain, amount, read, day, fill };
})();
