// Blocks of numbers: out of the page or of a folder beside it, unpacked when they are wanted.

const LETTER = 0x3000;

/** @param {string} text */
export function fromBase64(text) {
  if (Uint8Array.fromBase64) {
    return Uint8Array.fromBase64(text);
  }
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) {
    bytes[at] = letters.charCodeAt(at);
  }
  return bytes;
}

/** Fifteen bits in each letter from U+3000 on; the first says how many bytes are too many. @param {string} text */
export function fromLetters(text) {
  const bytes = new Uint8Array((text.length - 1) / 8 * 15);
  let held = 0;
  let bits = 0;
  let out = 0;
  for (let at = 1; at < text.length; at += 1) {
    held = (held << 15 | text.charCodeAt(at) - LETTER) & 0x3FFFFF;
    bits += 15;
    while (bits >= 8) {
      bits -= 8;
      bytes[out++] = held >> bits & 255;
    }
  }
  return bytes.subarray(0, bytes.length - (text.charCodeAt(0) - LETTER));
}

/**
 * Unsigned integers of seven bits a byte.
 * @template {Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array} T
 * @param {Uint8Array} bytes @param {T} out
 */
export function unsigned(bytes, out) {
  let at = 0;
  for (let place = 0; place < out.length; place += 1) {
    let byte = bytes[at++];
    let value = byte & 127;
    let factor = 128;
    while (byte > 127) {
      byte = bytes[at++];
      value += (byte & 127) * factor;
      factor *= 128;
    }
    out[place] = value;
  }
  return out;
}

/** All unsigned integers of a run. @param {Uint8Array} bytes @returns {Float64Array} */
export function all(bytes) {
  let count = 0;
  for (const byte of bytes) {
    count += byte < 128 ? 1 : 0;
  }
  return unsigned(bytes, new Float64Array(count));
}

/** A whole number as one that is not below 0. @param {number} value */
export function fold(value) {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** @param {number} value */
export function unfold(value) {
  return value % 2 ? -(value + 1) / 2 : value / 2;
}

/**
 * Integers written by their steps: the lowest eight bits of each, then the others.
 * @template {Int32Array | Uint32Array} T
 * @param {Uint8Array} bytes @param {T} out
 */
export function steps(bytes, out) {
  let at = out.length;
  let sum = 0;
  for (let place = 0; place < out.length; place += 1) {
    let byte = bytes[at++];
    let value = bytes[place] + (byte & 127) * 256;
    let factor = 128 * 256;
    while (byte > 127) {
      byte = bytes[at++];
      value += (byte & 127) * factor;
      factor *= 128;
    }
    sum += value % 2 ? -(value + 1) / 2 : value / 2;
    out[place] = sum;
  }
  return out;
}

/**
 * Numbers whose bytes stand apart: first the lowest byte of each, then the second and so on.
 * @param {Uint8Array} bytes @param {number} count
 */
export function floats(bytes, count) {
  const together = new Uint8Array(8 * count);
  for (let place = 0; place < 8; place += 1) {
    for (let at = 0; at < count; at += 1) {
      together[8 * at + place] = bytes[place * count + at];
    }
  }
  return new Float64Array(together.buffer);
}

/** The runs of a block, each behind its length. @param {Uint8Array} bytes */
export function parts(bytes) {
  const runs = [];
  let at = 0;
  while (at < bytes.length) {
    let length = 0;
    let factor = 1;
    let byte;
    do {
      byte = bytes[at++];
      length += (byte & 127) * factor;
      factor *= 128;
    } while (byte > 127);
    runs.push(bytes.subarray(at, at + length));
    at += length;
  }
  return runs;
}
