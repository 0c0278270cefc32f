// Blocks written by hand, as encode.py writes them; for what is made of them.

/** Seven bits a byte, the lowest first. @param {number[]} values */
export function unsigned(values) {
  return values.flatMap((value) => {
    const bytes = [];
    let rest = value;
    while (rest > 127) {
      bytes.push(rest % 128 + 128);
      rest = Math.floor(rest / 128);
    }
    return [...bytes, rest];
  });
}

const fold = (value) => (value < 0 ? -2 * value - 1 : 2 * value);

/** Integers that may be below 0, and may be missing: 0 is none. @param {(number | null)[]} values */
export function known(values) {
  return unsigned(values.map((value) => (value === null ? 0 : fold(value) + 1)));
}

/** The steps between integers: the lowest eight bits of each, then the others. @param {number[]} values */
export function steps(values) {
  const folded = values.map((value, at) => fold(value - (values[at - 1] ?? 0)));
  return [...folded.map((each) => each % 256), ...unsigned(folded.map((each) => Math.floor(each / 256)))];
}

/** Runs, each behind its length. @param {...number[]} runs */
export function parts(...runs) {
  return runs.flatMap((run) => [...unsigned([run.length]), ...run]);
}

/** Texts: each that occurs once. @param {string[]} cells */
export function texts(cells) {
  const each = [...new Set(cells)];
  return parts(unsigned(each.map((text) => text.length)), [...new TextEncoder().encode(each.join(""))], steps(cells.map((cell) => each.indexOf(cell))));
}

/** Numbers of eight bytes: the lowest of each first, then the second. @param {number[]} values */
export function floats(values) {
  const bytes = new Uint8Array(Float64Array.from(values).buffer);
  return Array.from({ length: bytes.length }, (_, at) => bytes[8 * (at % values.length) + Math.floor(at / values.length)]);
}

/** A source of such blocks, and the names of those that were asked for. @param {Record<string, number[]>} blocks */
export function source(blocks) {
  const asked = [];
  return {
    asked,
    async load(name) {
      asked.push(name);
      if (!Object.hasOwn(blocks, name)) {
        throw new Error(`${name} is not there`);
      }
      return Uint8Array.from(blocks[name]);
    },
  };
}
