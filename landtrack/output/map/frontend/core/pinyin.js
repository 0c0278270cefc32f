// How Chinese characters are read: a search by the letters that a planner types.
//
// "gyyq" and "gongye" find 工业园区: what is typed is cut into readings, each whole or by its first
// letter (zh, ch, sh by two as well), the last by any beginning. The desk does the same.

const MOST = 30; // a bit each in a number
const PAIRS = ["zh", "ch", "sh"];

/** What was typed as letters that characters may be read by; empty where it can be none. @param {string} text */
export function typed(text) {
  const plain = text.toLowerCase().replace(/[\s'’·-]+/g, "").replaceAll("ü", "v");
  return /[a-z]/.test(plain) && /^[a-z0-9]+$/.test(plain) && plain.length <= MOST ? plain : "";
}

/** The readings of characters, each written as "长chang zhang". @param {Iterable<string>} written @returns {Map<string, string[]>} */
export function readings(written) {
  return new Map([...written].filter(Boolean).map((each) => [each[0], each.slice(1).split(" ")]));
}

/** How many letters a character may stand for at the beginning of some. @param {string[]} sounds @param {string} rest */
function lengths(sounds, rest) {
  const made = new Set();
  for (const sound of sounds) {
    for (const part of [sound, sound[0], ...PAIRS.filter((pair) => sound.startsWith(pair))]) {
      if (rest.startsWith(part)) {
        made.add(part.length);
      }
    }
    if (sound.startsWith(rest)) {
      made.add(rest.length);
    }
  }
  return made;
}

/** How far a character leads in the letters, from each place in them, as pairs of bits. @param {string[]} sounds @param {string} letters */
function moves(sounds, letters) {
  const made = [];
  for (let at = 0; at < letters.length; at += 1) {
    for (const far of lengths(sounds, letters.slice(at))) {
      made.push(2 ** at, 2 ** (at + far));
    }
  }
  return made;
}

/** @param {number[]} made @param {number} before */
function moved(made, before) {
  let after = 0;
  for (let each = 0; each < made.length; each += 2) {
    after |= before & made[each] ? made[each + 1] : 0;
  }
  return after;
}

/**
 * The texts of which a part is read as some letters: those that begin so, and the others.
 * @param {string} text lowered texts, one behind the other @param {ArrayLike<number>} starts where each begins, and the end
 * @param {string} letters @param {Map<string, string[]>} sounds
 * @returns {[first: Set<number>, others: Set<number>]} their numbers
 */
export function found(text, starts, letters, sounds) {
  const last = 2 ** letters.length;
  /** @type {Map<string, number[]>} */
  const known = new Map();
  const first = new Set();
  const others = new Set();
  for (let code = 0; letters && code < starts.length - 1; code += 1) {
    const end = starts[code + 1];
    let begun = 1;
    let at = 0;
    for (let place = starts[code]; place < end; place += 1) {
      const letter = text[place];
      let made = known.get(letter);
      if (!made) {
        made = moves(sounds.get(letter) ?? [letter], letters);
        known.set(letter, made);
      }
      begun = begun && moved(made, begun);
      at = moved(made, at | 1);
      if (at & last) {
        (begun & last ? first : others).add(code);
        break;
      }
    }
  }
  return [first, others];
}
