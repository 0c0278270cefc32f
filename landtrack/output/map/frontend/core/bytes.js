// Blocks of numbers: out of the page or of a folder beside it, unpacked when they are wanted.
const Bytes = (() => {
  "use strict";

  const waiting = new Map();
  const kept = new Map();
  let folder = null;
  const LETTER = 0x3000;

  function where() {
    if (folder === null) {
      folder = Dom.data("landtrack-blocks").folder;
    }
    return folder;
  }

  // Called by the scripts of the folder.
  function deliver(blocks) {
    for (const [name, text] of Object.entries(blocks)) {
      kept.set(name, text);
    }
  }

  function fileOf(name) {
    const [kind, group, last] = name.split("/");
    return /^\d+$/.test(last) ? `${kind}-${group}-${last}` : `${kind}-${group}`;
  }

  // file:// lets a page read nothing but scripts.
  function loadScript(file) {
    if (!waiting.has(file)) {
      waiting.set(file, new Promise((done, failed) => {
        const script = Dom.element("script", { src: `${encodeURI(where())}/${file}.js` });
        script.addEventListener("load", () => { script.remove(); done(null); });
        script.addEventListener("error", () => failed(new Error(`${where()}/${file}.js cannot be read`)));
        document.head.append(script);
      }));
    }
    return waiting.get(file);
  }

  async function textOf(name) {
    if (!where()) {
      return document.getElementById(`block:${name}`).textContent;
    }
    if (!kept.has(name)) {
      const file = fileOf(name);
      await loadScript(file);
      if (/-\d+$/.test(file)) {
        waiting.delete(file);
      }
    }
    const text = kept.get(name);
    kept.delete(name);
    return text;
  }

  function fromBase64(text) {
    if (/** @type {any} */ (Uint8Array).fromBase64) {
      return /** @type {any} */ (Uint8Array).fromBase64(text);
    }
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let at = 0; at < letters.length; at += 1) {
      bytes[at] = letters.charCodeAt(at);
    }
    return bytes;
  }

  // Fifteen bits in each letter from U+3000 on; the first says how many bytes are too many.
  function fromLetters(text) {
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

  /** One block, unpacked. @param {string} name @returns {Promise<Uint8Array>} */
  async function load(name) {
    const text = await textOf(name);
    const packed = where() ? fromLetters(text) : fromBase64(text);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  /** Unsigned integers of seven bits a byte. @param {Uint8Array} bytes @param {any} out */
  function unsigned(bytes, out) {
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
  function all(bytes) {
    let count = 0;
    for (const byte of bytes) {
      count += byte < 128 ? 1 : 0;
    }
    return unsigned(bytes, new Float64Array(count));
  }

  function unfold(value) {
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  /** Integers written by their steps: the lowest eight bits of each, then the others. */
  function steps(bytes, out) {
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

  /** Numbers whose bytes stand apart: first the lowest byte of each, then the second and so on. */
  function floats(bytes, count) {
    const together = new Uint8Array(8 * count);
    for (let place = 0; place < 8; place += 1) {
      for (let at = 0; at < count; at += 1) {
        together[8 * at + place] = bytes[place * count + at];
      }
    }
    return new Float64Array(together.buffer);
  }

  /** The runs of a block, each behind its length. @param {Uint8Array} bytes */
  function parts(bytes) {
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

  return { load, deliver, unsigned, all, steps, floats, parts, unfold };
})();
