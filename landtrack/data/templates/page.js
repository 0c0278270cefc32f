"use strict";
var landtrack = (() => {
  var __defProp = Object.defineProperty;
  var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
  var __getOwnPropNames = Object.getOwnPropertyNames;
  var __hasOwnProp = Object.prototype.hasOwnProperty;
  var __export = (target, all3) => {
    for (var name3 in all3)
      __defProp(target, name3, { get: all3[name3], enumerable: true });
  };
  var __copyProps = (to, from, except, desc) => {
    if (from && typeof from === "object" || typeof from === "function") {
      for (let key of __getOwnPropNames(from))
        if (!__hasOwnProp.call(to, key) && key !== except)
          __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
    }
    return to;
  };
  var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

  // app/main.js
  var main_exports = {};
  __export(main_exports, {
    app: () => app,
    deliver: () => deliver,
    featureLayer: () => featureLayer2,
    map: () => map,
    ready: () => ready,
    start: () => start
  });

  // core/address.js
  var PARTS = /* @__PURE__ */ new Set(["plot", "feature", "project", "layers", "filter", "asof", "before", "theme", "list", "sort", "lang", "view", "note"]);
  var LONGEST = 1e5;
  function read(hash = location.hash) {
    const parts2 = /* @__PURE__ */ Object.create(null);
    for (const part of hash.slice(1, LONGEST).split("&")) {
      const [name3, value2] = [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)];
      if (PARTS.has(name3)) {
        parts2[name3] = decode(value2);
      }
    }
    return parts2;
  }
  function dayFrom(text) {
    const day2 = /^\d{4}-\d\d-\d\d$/.test(text || "") ? Date.parse(text ?? "") / 864e5 : Number.NaN;
    return Number.isFinite(day2) ? day2 : null;
  }
  function decode(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }
  function write(parts2) {
    return Object.entries(parts2).filter(([, value2]) => value2 !== "" && value2 !== null && value2 !== void 0).map(([name3, value2]) => `${name3}=${encodeURIComponent(value2)}`).join("&");
  }
  function filterText(filters) {
    const told4 = [];
    for (const [kind, dims] of Object.entries(filters)) {
      for (const [name3, ids] of Object.entries(dims)) {
        if (ids.size) {
          told4.push(`${kind}.${name3}:${[...ids].map(encodeURIComponent).join("|")}`);
        }
      }
    }
    return told4.join(";");
  }
  function filtersFrom(text, tables) {
    const filters = /* @__PURE__ */ Object.create(null);
    for (const each2 of (text || "").split(";")) {
      const [, kind, name3, ids] = /^(\w+)\.([\w.-]+?):(.*)$/.exec(each2) || [];
      if (tables.get(kind)?.head.filters.includes(name3)) {
        filters[kind] = filters[kind] || /* @__PURE__ */ Object.create(null);
        filters[kind][name3] = new Set(ids.split("|").map(decode));
      }
    }
    return filters;
  }

  // core/dom.js
  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name3, value2] of Object.entries(attributes || {})) {
      if (name3 === "text") {
        made.textContent = String(value2 ?? "");
      } else if (value2 !== null && value2 !== void 0 && value2 !== false) {
        made.setAttribute(name3, value2 === true ? "" : String(value2));
      }
    }
    made.append(...given(children));
    return made;
  }
  function given(all3) {
    return all3.filter((each2) => each2 !== null && each2 !== void 0);
  }
  function button(attributes, action, ...children) {
    const made = element("button", { type: "button", ...attributes }, ...children);
    made.addEventListener("click", () => action());
    return made;
  }
  var ICONS = {
    fit: "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5",
    line: "M3 14 14 3l3 3L6 17zM6 11l2 2M9 8l2 2M12 5l2 2",
    area: "M4 7 11 3l6 6-4 8-8-2zM4 7h.01M11 3h.01M17 9h.01M13 17h.01M5 15h.01",
    trial: "M4 16l1-4 8-8 3 3-8 8zM11 6l3 3M12 17h5",
    lasso: "M10 3c4 0 7 2 7 5s-3 5-7 5-7-2-7-5 3-5 7-5M6 12c-2 1-2 4 0 5M6 17l3-1",
    grid: "M3 7h14M3 13h14M7 3v14M13 3v14",
    full: "M4 4l4 4M4 4h4M4 4v4M16 16l-4-4M16 16h-4M16 16v-4M16 4l-4 4M16 4h-4M16 4v4M4 16l4-4M4 16h4M4 16v-4",
    print: "M6 7V3h8v4M6 14H3V7h14v7h-3M6 11h8v6H6z",
    copy: "M8 12l4-4M7 9l-3 3a2.8 2.8 0 0 0 4 4l3-3M13 11l3-3a2.8 2.8 0 0 0-4-4L9 7",
    note: "M10 18s6-5.2 6-10a6 6 0 0 0-12 0c0 4.8 6 10 6 10zM10 5.5v3.2M10 11h.01",
    here: "M17 3 3 8.5l6 2.5 2.5 6z",
    target: "M10 2v4M10 14v4M2 10h4M14 10h4M10 10m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0"
  };
  function icon(name3) {
    const space = "http://www.w3.org/2000/svg";
    const made = document.createElementNS(space, "svg");
    const path2 = document.createElementNS(space, "path");
    path2.setAttribute("d", ICONS[name3]);
    made.setAttribute("viewBox", "0 0 20 20");
    made.setAttribute("class", "lt-icon");
    made.setAttribute("aria-hidden", "true");
    made.append(path2);
    return made;
  }
  function context(canvas, settings) {
    const made = canvas.getContext("2d", settings);
    if (!made) {
      throw new Error("this browser draws on no canvas");
    }
    return made;
  }
  function data(id) {
    return JSON.parse(document.getElementById(id)?.textContent ?? "null");
  }
  function select(attributes, options2, chosen, change) {
    const made = element("select", attributes, ...options2.map(([value2, text]) => element("option", { value: value2, text, selected: value2 === chosen })));
    made.addEventListener("change", () => change(made.value));
    return made;
  }
  function download(name3, text, type) {
    const address2 = URL.createObjectURL(new Blob([text], { type }));
    const link = element("a", { href: address2, download: name3 });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address2), 1e3);
  }

  // core/served.js
  function served() {
    const said4 = document.querySelector('meta[name="landtrack-desk"]')?.getAttribute("content");
    return said4 ? JSON.parse(said4) : null;
  }
  function may(own2, way) {
    return Boolean(own2 && (!own2.may || own2.may.includes(way)));
  }

  // core/bytes.js
  var LETTER = 12288;
  function fromBase64(text) {
    if (Uint8Array.fromBase64) {
      return Uint8Array.fromBase64(text);
    }
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let at2 = 0; at2 < letters.length; at2 += 1) {
      bytes[at2] = letters.charCodeAt(at2);
    }
    return bytes;
  }
  function fromLetters(text) {
    const bytes = new Uint8Array((text.length - 1) / 8 * 15);
    let held2 = 0;
    let bits = 0;
    let out = 0;
    for (let at2 = 1; at2 < text.length; at2 += 1) {
      held2 = (held2 << 15 | text.charCodeAt(at2) - LETTER) & 4194303;
      bits += 15;
      while (bits >= 8) {
        bits -= 8;
        bytes[out++] = held2 >> bits & 255;
      }
    }
    return bytes.subarray(0, bytes.length - (text.charCodeAt(0) - LETTER));
  }
  function unsigned(bytes, out) {
    let at2 = 0;
    for (let place = 0; place < out.length; place += 1) {
      let byte = bytes[at2++];
      let value2 = byte & 127;
      let factor2 = 128;
      while (byte > 127) {
        byte = bytes[at2++];
        value2 += (byte & 127) * factor2;
        factor2 *= 128;
      }
      out[place] = value2;
    }
    return out;
  }
  function all(bytes) {
    let count = 0;
    for (const byte of bytes) {
      count += byte < 128 ? 1 : 0;
    }
    return unsigned(bytes, new Float64Array(count));
  }
  function fold(value2) {
    return value2 < 0 ? -2 * value2 - 1 : 2 * value2;
  }
  function unfold(value2) {
    return value2 % 2 ? -(value2 + 1) / 2 : value2 / 2;
  }
  function steps(bytes, out) {
    let at2 = out.length;
    let sum = 0;
    for (let place = 0; place < out.length; place += 1) {
      let byte = bytes[at2++];
      let value2 = bytes[place] + (byte & 127) * 256;
      let factor2 = 128 * 256;
      while (byte > 127) {
        byte = bytes[at2++];
        value2 += (byte & 127) * factor2;
        factor2 *= 128;
      }
      sum += value2 % 2 ? -(value2 + 1) / 2 : value2 / 2;
      out[place] = sum;
    }
    return out;
  }
  function floats(bytes, count) {
    const together2 = new Uint8Array(8 * count);
    for (let place = 0; place < 8; place += 1) {
      for (let at2 = 0; at2 < count; at2 += 1) {
        together2[8 * at2 + place] = bytes[place * count + at2];
      }
    }
    return new Float64Array(together2.buffer);
  }
  function parts(bytes) {
    const runs = [];
    let at2 = 0;
    while (at2 < bytes.length) {
      let length2 = 0;
      let factor2 = 1;
      let byte;
      do {
        byte = bytes[at2++];
        length2 += (byte & 127) * factor2;
        factor2 *= 128;
      } while (byte > 127);
      runs.push(bytes.subarray(at2, at2 + length2));
      at2 += length2;
    }
    return runs;
  }

  // core/failure.js
  var Failure = class extends Error {
    /** @param {string} message @param {string} key @param {Record<string, unknown>} values @param {unknown} [cause] */
    constructor(message, key, values2, cause) {
      super(message, { cause });
      this.name = new.target.name;
      this.key = key;
      this.values = values2;
    }
  };

  // core/source.js
  var BlockError = class extends Failure {
    /** @param {string} block its name @param {string} why @param {string} key what a person is told @param {unknown} [cause] */
    constructor(block, why2, key, cause) {
      super(`${block}: ${why2}`, key, { block }, cause);
      this.block = block;
    }
  };
  async function inflated(block, packed) {
    try {
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    } catch (error) {
      throw new BlockError(block, "cannot be unpacked", "map.not_whole", error);
    }
  }
  var PageBlocks = class {
    /** @param {(id: string) => string | null | undefined} read gives the text of an element */
    constructor(read4 = (id) => document.getElementById(id)?.textContent) {
      this.read = read4;
    }
    /** @param {string} name @returns {Promise<Uint8Array>} */
    async load(name3) {
      const text = this.read(`block:${name3}`);
      if (typeof text !== "string") {
        throw new BlockError(name3, "is not in the page", "map.not_whole");
      }
      return inflated(name3, fromBase64(text));
    }
  };
  var FolderBlocks = class {
    /**
     * @param {string} folder its address
     * @param {(address: string) => Promise<void>} run runs a script, which delivers its blocks
     */
    constructor(folder, run = runScript) {
      this.folder = folder;
      this.run = run;
      this.waiting = /* @__PURE__ */ new Map();
      this.kept = /* @__PURE__ */ new Map();
    }
    /** Called by the scripts of the folder. @param {Record<string, string>} blocks */
    deliver(blocks) {
      for (const [name3, text] of Object.entries(blocks)) {
        this.kept.set(name3, text);
      }
    }
    /** @param {string} name @returns {Promise<Uint8Array>} */
    async load(name3) {
      if (!this.kept.has(name3)) {
        await this.fetched(name3);
      }
      const text = this.kept.get(name3);
      this.kept.delete(name3);
      if (text === void 0) {
        throw new BlockError(name3, `is not in ${this.folder}`, "map.no_blocks");
      }
      return inflated(name3, fromLetters(text));
    }
    // A script of one block may be run again; one of several is run once, unless it could not be.
    /** @param {string} name */
    async fetched(name3) {
      const file = fileOf(name3);
      const known3 = this.waiting.get(file) || this.run(`${encodeURI(this.folder)}/${file}.js`);
      this.waiting.set(file, known3);
      try {
        await known3;
      } catch (error) {
        this.waiting.delete(file);
        throw new BlockError(name3, `${this.folder}/${file}.js cannot be read`, "map.no_blocks", error);
      }
      if (/-\d+$/.test(file)) {
        this.waiting.delete(file);
      }
    }
  };
  function fileOf(name3) {
    const [kind, group2, last] = name3.split("/");
    return /^\d+$/.test(last) ? `${kind}-${group2}-${last}` : `${kind}-${group2}`;
  }
  function runScript(address2) {
    return new Promise((done, failed) => {
      const script = element("script", { src: address2 });
      script.addEventListener("load", () => {
        script.remove();
        done();
      });
      script.addEventListener("error", () => failed(new Error(`${address2} cannot be read`)));
      document.head.append(script);
    });
  }

  // core/words.js
  var DAY = 864e5;
  var lang = "";
  var entries = {};
  function setup(words2, chosen) {
    entries = words2;
    lang = Object.hasOwn(words2, chosen) ? chosen : Object.keys(words2)[0];
  }
  function add(words2) {
    for (const [each2, more] of Object.entries(words2)) {
      Object.assign(entries[each2], more);
    }
  }
  function current() {
    return lang;
  }
  function say(key, values2) {
    const sentence = entries[lang][key];
    if (sentence === void 0) {
      throw new Error(`no words for ${key}`);
    }
    return values2 ? byNumber(sentence, values2).replace(/\{(\w+)\}/g, (whole2, name3) => Object.hasOwn(values2, name3) ? String(values2[name3]) : whole2) : sentence;
  }
  function byNumber(sentence, values2) {
    return sentence.replace(/\{(\w+)\|([^|{}]*)\|([^|{}]*)\}/g, (_, name3, one, more) => String(values2[name3]) === "1" ? one : more);
  }
  function pick(titled) {
    return titled[lang];
  }
  function grouped(digits) {
    return digits.replace(/\B(?=(\d{3})+$)/g, ",");
  }
  function figure(number2, decimals) {
    const digits = String(number2).replace("-", "").padStart(decimals + 1, "0");
    const whole2 = grouped(digits.slice(0, digits.length - decimals));
    return (number2 < 0 ? "-" : "") + whole2 + (decimals ? `.${digits.slice(-decimals)}` : "");
  }
  function plain(number2, decimals, thousands) {
    const text = figure(number2, decimals);
    const short = decimals ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
    return thousands ? short : short.replace(/,/g, "");
  }
  function amount(value2, decimals, unit) {
    if (!Number.isFinite(value2)) {
      return say("map.not_known");
    }
    const text = figure(rounded(exact(value2), decimals), decimals);
    return unit ? `${text} ${say(`unit.${unit}`)}`.trimEnd() : text;
  }
  function read2(text) {
    return Number((/-?[\d,]+(\.\d+)?/.exec(text) || ["NaN"])[0].replace(/,/g, ""));
  }
  var MOST_DIGITS = 17;
  var DIGITS = { m2: 0, m: 1, share: 1, CNY: 0, "CNY/m2": 1, "1": 3, "%": 2, kV: 0, mm: 0, d: 0 };
  var KEEPS = {
    ">=": (sign) => sign >= 0,
    ">": (sign) => sign > 0,
    "<=": (sign) => sign <= 0,
    "<": (sign) => sign < 0,
    "==": (sign) => sign === 0
  };
  function exact(value2, shift = 0) {
    const [mantissa, power = "0"] = String(value2).split("e");
    const [whole2, decimals = ""] = mantissa.split(".");
    const scale = decimals.length - Number(power) - shift;
    const number2 = BigInt(whole2 + decimals);
    return scale < 0 ? { number: number2 * 10n ** BigInt(-scale), scale: 0 } : { number: number2, scale };
  }
  function rounded({ number: number2, scale }, digits) {
    if (scale <= digits) {
      return number2 * 10n ** BigInt(digits - scale);
    }
    const step = 10n ** BigInt(scale - digits);
    const size2 = number2 < 0n ? -number2 : number2;
    const twice = 2n * (size2 % step);
    const up = twice > step || twice === step && size2 / step % 2n === 1n;
    const made = size2 / step + (up ? 1n : 0n);
    return number2 < 0n ? -made : made;
  }
  function compared(one, digits, { number: number2, scale }) {
    const left = one * 10n ** BigInt(Math.max(0, scale - digits));
    const right = number2 * 10n ** BigInt(Math.max(0, digits - scale));
    return left < right ? -1 : Number(left > right);
  }
  function beside(value2, unit, limit, meets2) {
    if (!Number.isFinite(value2)) {
      return say("map.not_known");
    }
    const shift = unit === "%" || unit === "share" ? 2 : 0;
    const own2 = exact(value2, shift);
    let digits = DIGITS[unit] ?? 2;
    if (limit) {
      const bound = (each2) => exact(Number((each2 * 10 ** shift).toPrecision(10)));
      const low = bound(limit.threshold);
      const high = limit.upper === null || limit.upper === void 0 ? low : bound(limit.upper);
      const kept2 = () => {
        const shown2 = rounded(own2, digits);
        return limit.relation === "between" ? compared(shown2, digits, low) >= 0 && compared(shown2, digits, high) <= 0 : KEEPS[limit.relation](compared(shown2, digits, low));
      };
      while (digits < MOST_DIGITS && kept2() !== meets2) {
        digits += 1;
      }
    }
    const text = figure(rounded(own2, digits), digits);
    return shift ? `${text}%` : `${text} ${say(`unit.${unit}`)}`.trimEnd();
  }
  var NEAR = 1e-6;
  var MOST_OF_SHARE = 6;
  function portion(value2) {
    const own2 = exact(value2, 2);
    const all3 = Math.abs(value2 - 1) < NEAR;
    let digits = DIGITS.share;
    const whole2 = () => !all3 && rounded(own2, digits) === 100n * 10n ** BigInt(digits);
    while (digits < MOST_OF_SHARE && (whole2() || value2 > 0 && rounded(own2, digits) === 0n)) {
      digits += 1;
    }
    return `${figure(rounded(own2, digits), digits)}%`;
  }
  function day(number2) {
    return new Date(number2 * DAY).toISOString().slice(0, 10);
  }
  function today() {
    const now = /* @__PURE__ */ new Date();
    return Math.round(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) / DAY);
  }
  var TELLERS = {
    $say: ({ $say: key, $with: values2 }, put2) => say(key, values2 && eachPut(values2, put2)),
    $pick: ({ $pick: titled }) => pick(titled),
    $figure: ({ $figure: shown2, $decimals: decimals, $in: unit }, _put, numbers) => {
      const text = typeof shown2 === "string" ? shown2 : figure(numbers[shown2], decimals);
      return unit === "%" ? `${text}%` : unit ? `${text} ${say(`unit.${unit}`)}`.trimEnd() : text;
    },
    $unit: ({ $unit: unit }) => unit && unit !== "%" ? say(`unit.${unit}`) : unit,
    $day: ({ $day: at2 }, _put, numbers) => day(numbers[at2]),
    $name: ({ $name: at2 }, _put, numbers, names) => names[numbers[at2]],
    $join: ({ $join: by, $parts: parts2 }, put2) => parts2.map(put2).join(say(by)),
    $line: ({ $line: parts2 }, put2) => parts2.map(put2).join("").trimEnd()
  };
  function eachPut(values2, put2) {
    return Object.fromEntries(Object.entries(values2).map(([key, each2]) => [key, put2(each2)]));
  }
  function tell(said4, numbers, names) {
    const put2 = (each2) => tell(each2, numbers, names);
    if (Array.isArray(said4)) {
      return said4.map(put2);
    }
    if (!said4 || typeof said4 !== "object") {
      return said4;
    }
    const kind = Object.keys(said4)[0];
    return Object.hasOwn(TELLERS, kind) ? TELLERS[kind](
      /** @type {Message} */
      /** @type {unknown} */
      said4,
      put2,
      numbers,
      names
    ) : eachPut(said4, put2);
  }

  // geo/plane.js
  var RADIUS = 6378137;
  var EDGE = Math.PI * RADIUS;
  var fitted = { name: "" };
  function setup2(told4) {
    fitted = told4;
  }
  function name() {
    return fitted.name;
  }
  function page({ lat, lng }) {
    const limited = Math.max(-89.9, Math.min(89.9, lat)) * Math.PI / 180;
    return [lng * Math.PI / 180 * RADIUS, Math.asinh(Math.tan(limited)) * RADIUS];
  }
  function latLng(point) {
    const { lat, lng } = degrees(point);
    return L.latLng(lat, lng);
  }
  function degrees([x, y]) {
    return { lat: Math.atan(Math.sinh(y / RADIUS)) * 180 / Math.PI, lng: x / RADIUS * 180 / Math.PI };
  }
  function evaluate({ box, terms }, [x, y]) {
    const [west, south, east, north2] = box;
    const u = (2 * x - west - east) / (east - west);
    const v = (2 * y - south - north2) / (north2 - south);
    if (!(Math.abs(u) <= 1 && Math.abs(v) <= 1)) {
      return null;
    }
    const count = terms[0].length;
    const tu = [1, u];
    const tv = [1, v];
    for (let n = 2; n < count; n += 1) {
      tu.push(2 * u * tu[n - 1] - tu[n - 2]);
      tv.push(2 * v * tv[n - 1] - tv[n - 2]);
    }
    const sumOf2 = (each2) => {
      let sum = 0;
      for (let i = 0; i < count; i += 1) {
        let row = 0;
        for (let j = 0; j < count; j += 1) {
          row += each2[i][j] * tv[j];
        }
        sum += row * tu[i];
      }
      return sum;
    };
    return [sumOf2(terms[0]), sumOf2(terms[1])];
  }
  function toPark(point) {
    return fitted.forward ? evaluate(fitted.forward, point) : null;
  }
  function reach() {
    return fitted.forward ? fitted.forward.box : null;
  }
  function fromPark(point) {
    return fitted.back ? evaluate(fitted.back, point) : null;
  }
  function ringsToPark(rings) {
    const moved4 = rings.map((ring) => ring.map(toPark));
    return moved4.every((ring) => ring.every((point) => point !== null)) ? (
      /** @type {Ring[]} */
      moved4
    ) : null;
  }

  // layers/boxes.js
  var CM = 100;
  function pointsOf(coordinates2) {
    return isPoint(coordinates2) ? [coordinates2] : coordinates2.flatMap(pointsOf);
  }
  function isPoint(coordinates2) {
    return typeof coordinates2[0] === "number";
  }
  function boxesOf(count, features) {
    const boxes = new Int32Array(4 * count);
    for (let row = 0; row < count; row += 1) {
      boxes.set([0, 0, -1, -1], 4 * row);
    }
    for (const { properties, geometry } of features) {
      const at2 = 4 * properties.r;
      for (const [lng, lat] of pointsOf(geometry.coordinates)) {
        const [x, y] = page({ lat, lng }).map((each2) => Math.round(each2 * CM));
        const fresh4 = boxes[at2] > boxes[at2 + 2];
        boxes[at2] = fresh4 ? x : Math.min(boxes[at2], x);
        boxes[at2 + 1] = fresh4 ? y : Math.min(boxes[at2 + 1], y);
        boxes[at2 + 2] = fresh4 ? x : Math.max(boxes[at2 + 2], x);
        boxes[at2 + 3] = fresh4 ? y : Math.max(boxes[at2 + 3], y);
      }
    }
    return boxes;
  }
  function metresPerPixel(map2) {
    return 2 * EDGE / (256 * 2 ** map2.getZoom());
  }
  function boundsOf(rows, row) {
    const [west, south, east, north2] = boxAt(rows, row);
    return east < west ? null : L.latLngBounds(latLng([west / CM, south / CM]), latLng([east / CM, north2 / CM]));
  }
  function boxAt(rows, row) {
    const [west, south, east, north2] = rows.boxes.subarray(4 * row, 4 * row + 4);
    return [west, south, east, north2];
  }
  function boxOf(bounds) {
    const [west, south] = page(bounds.getSouthWest());
    const [east, north2] = page(bounds.getNorthEast());
    return [Math.round(west * CM), Math.round(south * CM), Math.round(east * CM), Math.round(north2 * CM)];
  }
  function rowsIn(rows, box) {
    const [west, south, east, north2] = box;
    const found5 = [];
    const { boxes } = rows;
    for (let row = 0, at2 = 0; row < rows.count; row += 1, at2 += 4) {
      if (boxes[at2] <= east && boxes[at2 + 2] >= west && boxes[at2 + 1] <= north2 && boxes[at2 + 3] >= south && boxes[at2 + 2] >= boxes[at2]) {
        found5.push(row);
      }
    }
    return found5;
  }

  // layers/split.js
  function at(map2) {
    return map2.landtrackSplit === void 0 ? null : map2.landtrackSplit;
  }

  // layers/draw.js
  var TILE = 8;
  var patterns = /* @__PURE__ */ new Map();
  function hatchTile(hatch2, colour2) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = TILE;
    const ctx = context(tile);
    ctx.strokeStyle = ctx.fillStyle = colour2;
    ctx.lineWidth = 1.4;
    ctx.beginPath();
    if (hatch2 === "dots") {
      ctx.arc(TILE / 2, TILE / 2, 1.1, 0, 2 * Math.PI);
      ctx.fill();
      return tile;
    }
    for (const shift of [-TILE, 0, TILE]) {
      ctx.moveTo(shift, TILE);
      ctx.lineTo(shift + TILE, 0);
      if (hatch2 === "cross") {
        ctx.moveTo(shift, 0);
        ctx.lineTo(shift + TILE, TILE);
      }
    }
    ctx.stroke();
    return tile;
  }
  function pattern(ctx, hatch2, colour2) {
    const key = hatch2 + colour2;
    if (!patterns.has(key)) {
      patterns.set(key, ctx.createPattern(hatchTile(hatch2, colour2), "repeat"));
    }
    return patterns.get(key);
  }
  function fillPath(ctx, look2, rule) {
    if (look2.fillOpacity > 0) {
      ctx.globalAlpha = look2.fillOpacity;
      ctx.fillStyle = look2.fill;
      ctx.fill(rule);
    }
    if (look2.hatch !== "none") {
      ctx.globalAlpha = look2.fillOpacity > 0.5 ? 0.28 : 0.55;
      ctx.fillStyle = pattern(ctx, look2.hatch, look2.stroke);
      ctx.fill(rule);
    }
  }
  function strokePath(ctx, look2) {
    ctx.lineJoin = "round";
    ctx.globalAlpha = look2.opacity;
    if (look2.casing) {
      ctx.lineCap = "round";
      ctx.setLineDash([]);
      ctx.lineWidth = look2.casingWeight;
      ctx.strokeStyle = look2.casing;
      ctx.stroke();
    }
    ctx.lineCap = look2.dash.length ? "butt" : "round";
    ctx.setLineDash(look2.dash);
    ctx.lineWidth = look2.weight;
    ctx.strokeStyle = look2.stroke;
    ctx.stroke();
    ctx.setLineDash([]);
  }
  function paint(ctx, look2, filled, rule = "evenodd") {
    if (filled) {
      fillPath(ctx, look2, rule);
    }
    strokePath(ctx, look2);
    ctx.globalAlpha = 1;
  }
  var corners = {
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
    triangle: [[0, -1.15], [1.1, 0.85], [-1.1, 0.85]]
  };
  function traceSymbol(ctx, look2, x, y) {
    const r = look2.radius;
    ctx.beginPath();
    if (look2.symbol === "circle") {
      ctx.arc(x, y, r, 0, 2 * Math.PI);
      return;
    }
    corners[look2.symbol].forEach(([dx, dy], at2) => {
      ctx[at2 ? "lineTo" : "moveTo"](x + dx * r, y + dy * r);
    });
    ctx.closePath();
  }
  var FULL_ZOOM = 14;
  var THINNER = 0.72;
  var THINNEST = 0.25;
  var thinned = /* @__PURE__ */ new WeakMap();
  function lookAt(look2, zoom) {
    if (zoom >= FULL_ZOOM) {
      return look2;
    }
    const known3 = thinned.get(look2);
    if (known3 && known3.zoom === zoom) {
      return known3.look;
    }
    const factor2 = Math.max(THINNEST, THINNER ** (FULL_ZOOM - zoom));
    const thin = { ...look2, casing: null, weight: look2.weight * factor2 };
    thinned.set(look2, { zoom, look: thin });
    return thin;
  }
  var FAR = 1e5;
  function paintWithin(ctx, x, look2, filled) {
    const strip = new Path2D();
    strip.rect(x, -FAR, FAR, 2 * FAR);
    ctx.save();
    ctx.clip(strip);
    paint(ctx, look2, filled);
    ctx.restore();
  }
  var Renderer = class extends L.Canvas {
    /** @override @param {CanvasRenderingContext2D} ctx @param {Drawn} layer */
    _fillStroke(ctx, layer2) {
      const look2 = layer2.options.look;
      if (look2) {
        const { fill = false, other = null } = layer2.options;
        const seen2 = (each2) => fill ? each2 : lookAt(each2, this._map.getZoom());
        const split = other ? at(this._map) : null;
        if (other === null || split === null) {
          paint(ctx, seen2(look2), fill);
          return;
        }
        const { x } = this._map.containerPointToLayerPoint([split, 0]);
        paintWithin(ctx, x - FAR, seen2(other), fill);
        paintWithin(ctx, x, seen2(look2), fill);
      } else {
        super._fillStroke(ctx, layer2);
      }
    }
    /** At rest the canvas lies on whole pixels; in between it would be blurred. @override @param {L.LatLng} center @param {number} zoom */
    _updateTransform(center, zoom) {
      if (this._bounds && zoom === this._zoom && center.equals(this._center)) {
        L.DomUtil.setPosition(this._container, this._bounds.min ?? L.point(0, 0));
      } else {
        super._updateTransform(center, zoom);
      }
    }
    /** @override @param {Drawn} layer */
    _updateCircle(layer2) {
      if (!layer2.options.look) {
        super._updateCircle(layer2);
      } else if (this._drawing && !layer2._empty()) {
        traceSymbol(this._ctx, layer2.options.look, layer2._point.x, layer2._point.y);
        this._fillStroke(this._ctx, layer2);
      }
    }
  };
  var swatches = {
    /** @param {CanvasRenderingContext2D} ctx @param {Look} look @param {number} width @param {number} height */
    point(ctx, look2, width, height) {
      traceSymbol(ctx, { ...look2, radius: Math.min(look2.radius, 6.5) }, width / 2, height / 2);
      paint(ctx, look2, true);
    },
    /** @param {CanvasRenderingContext2D} ctx @param {Look} look @param {number} width @param {number} height */
    line(ctx, look2, width, height) {
      ctx.beginPath();
      ctx.moveTo(2, height / 2);
      ctx.lineTo(width - 2, height / 2);
      paint(ctx, look2, false);
    },
    /** @param {CanvasRenderingContext2D} ctx @param {Look} look @param {number} width @param {number} height */
    polygon(ctx, look2, width, height) {
      ctx.beginPath();
      ctx.rect(3.5, 2.5, width - 7, height - 5);
      paint(ctx, { ...look2, casing: "" }, true);
    }
  };
  function swatch(shape, look2) {
    const [width, height] = [30, 18];
    const scale = Math.max(window.devicePixelRatio || 1, 1);
    const canvas = element("canvas", {
      class: "lt-swatch",
      width: width * scale,
      height: height * scale,
      "aria-hidden": "true"
    });
    const ctx = context(canvas);
    ctx.scale(scale, scale);
    swatches[shape](ctx, look2, width, height);
    return canvas;
  }

  // geo/measure.js
  var NO_AREA = 1;
  var TOUCH = 1e-6;
  function signedArea(ring) {
    let twice = 0;
    const [ox, oy] = ring[0];
    for (let at2 = 0; at2 < ring.length; at2 += 1) {
      const [ax, ay] = ring[at2];
      const [bx, by] = ring[(at2 + 1) % ring.length];
      twice += (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
    }
    return twice / 2;
  }
  function length(line, closed) {
    let sum = 0;
    for (let at2 = 1; at2 < line.length; at2 += 1) {
      sum += Math.hypot(line[at2][0] - line[at2 - 1][0], line[at2][1] - line[at2 - 1][1]);
    }
    const last = line[line.length - 1];
    return closed ? sum + Math.hypot(line[0][0] - last[0], line[0][1] - last[1]) : sum;
  }
  function inside(rings, point) {
    const [x, y] = point;
    let odd = false;
    for (const ring of rings) {
      for (let at2 = 0, before = ring.length - 1; at2 < ring.length; before = at2, at2 += 1) {
        const [ax, ay] = ring[at2];
        const [bx, by] = ring[before];
        if (ay > y !== by > y && x < (bx - ax) * (y - ay) / (by - ay) + ax) {
          odd = !odd;
        }
      }
    }
    return odd;
  }
  function edges(rings, closed) {
    const found5 = [];
    for (const ring of rings) {
      for (let at2 = closed ? 0 : 1; at2 < ring.length; at2 += 1) {
        found5.push([ring[(at2 + ring.length - 1) % ring.length], ring[at2]]);
      }
    }
    return found5;
  }
  function footOn(a, b, point) {
    const [ax, ay] = a;
    const [bx, by] = b;
    const [x, y] = point;
    const [dx, dy] = [bx - ax, by - ay];
    const square = dx * dx + dy * dy;
    const t = square ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
    return [ax + t * dx, ay + t * dy];
  }
  function distanceTo(piece, point) {
    return Math.min(...outlineOf(piece).map(([a, b]) => {
      const foot = footOn(a, b, point);
      return Math.hypot(foot[0] - point[0], foot[1] - point[1]);
    }));
  }
  function crossing([a, b], [c, d]) {
    const [rx, ry] = [b[0] - a[0], b[1] - a[1]];
    const [sx, sy] = [d[0] - c[0], d[1] - c[1]];
    const cross = rx * sy - ry * sx;
    if (!cross) {
      return null;
    }
    const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross;
    const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross;
    return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? t : null;
  }
  function meetsItself(ring) {
    const open3 = ring.filter(([x, y], at2) => {
      const [nextX, nextY] = ring[(at2 + 1) % ring.length];
      return x !== nextX || y !== nextY;
    });
    const own2 = edges([open3], true);
    return Math.abs(signedArea(ring)) < NO_AREA || own2.some((edge2, at2) => folded(edge2, own2[(at2 + 1) % own2.length])) || crossed(own2, (distance) => distance === 1 || distance === own2.length - 1);
  }
  function folded(before, edge2) {
    return isOn(before, edge2[1]) || isOn(edge2, before[0]);
  }
  function crossed(own2, beside3) {
    const boxes = own2.map((edge2) => boxOf2([edge2]));
    const order3 = own2.map((_, at2) => at2).sort((one, other) => boxes[one][0] - boxes[other][0]);
    let near = [];
    for (const at2 of order3) {
      near = near.filter((other) => boxes[other][2] + TOUCH >= boxes[at2][0]);
      if (near.some((other) => !beside3(Math.abs(other - at2)) && boxes[other][1] <= boxes[at2][3] + TOUCH && boxes[at2][1] <= boxes[other][3] + TOUCH && touch(own2[at2], own2[other]))) {
        return true;
      }
      near.push(at2);
    }
    return false;
  }
  function touch(one, other) {
    return crossing(one, other) !== null || one.some((end) => isOn(other, end)) || other.some((end) => isOn(one, end));
  }
  function isOn([from, to], point) {
    const foot = footOn(from, to, point);
    return Math.hypot(foot[0] - point[0], foot[1] - point[1]) < TOUCH;
  }
  function nearest(rings, pieces2) {
    let best = { distance: Infinity, from: null, to: null };
    const own2 = edges(rings, true);
    for (const piece of pieces2) {
      const first = piece.rings[0][0];
      if (inside(rings, first) || piece.type === 2 && inside(piece.rings, rings[0][0])) {
        return { distance: 0, from: first, to: first };
      }
      for (const other of outlineOf(piece)) {
        best = nearerEdge(own2, other, best);
      }
    }
    return best;
  }
  function outlineOf(piece) {
    return piece.type === 0 ? piece.rings.map(([each2]) => [each2, each2]) : edges(piece.rings, piece.type === 2);
  }
  function nearerEdge(own2, other, best) {
    let nearer = best;
    const take = (from, to) => {
      const distance = Math.hypot(from[0] - to[0], from[1] - to[1]);
      if (distance < nearer.distance) {
        nearer = { distance, from, to };
      }
    };
    for (const edge2 of own2) {
      const t = crossing(edge2, other);
      if (t !== null) {
        const at2 = pieceOf(edge2, t);
        return { distance: 0, from: at2, to: at2 };
      }
      other.forEach((point) => take(footOn(edge2[0], edge2[1], point), point));
      take(edge2[0], footOn(other[0], other[1], edge2[0]));
    }
    return nearer;
  }
  function cuts(edge2, others) {
    const found5 = [0, 1];
    for (const other of others) {
      const t = crossing(edge2, other);
      if (t !== null) {
        found5.push(t);
      }
      for (const end of other) {
        const foot = footOn(edge2[0], edge2[1], end);
        if (Math.hypot(foot[0] - end[0], foot[1] - end[1]) < 1e-6) {
          const along2 = Math.hypot(edge2[1][0] - edge2[0][0], edge2[1][1] - edge2[0][1]);
          found5.push(along2 ? Math.hypot(foot[0] - edge2[0][0], foot[1] - edge2[0][1]) / along2 : 0);
        }
      }
    }
    return found5.sort((one, other) => one - other);
  }
  function pieceOf(edge2, t) {
    return [edge2[0][0] + t * (edge2[1][0] - edge2[0][0]), edge2[0][1] + t * (edge2[1][1] - edge2[0][1])];
  }
  function lengthInside(rings, line) {
    let sum = 0;
    const others = edges(rings, true);
    for (const edge2 of edges([line], false)) {
      const places3 = cuts(edge2, others);
      for (let at2 = 1; at2 < places3.length; at2 += 1) {
        if (inside(rings, pieceOf(edge2, (places3[at2 - 1] + places3[at2]) / 2))) {
          sum += (places3[at2] - places3[at2 - 1]) * length(edge2, false);
        }
      }
    }
    return sum;
  }
  function interior(rings) {
    const ys = rings[0].map(([, y]) => y);
    const low = Math.min(...ys);
    const high = Math.max(...ys);
    for (const part of [0.5, 0.4, 0.6, 0.25, 0.75]) {
      const widest = widestAt(rings, low + part * (high - low) + (high - low) * 1e-7);
      if (widest) {
        return widest;
      }
    }
    return rings[0][0];
  }
  function widestAt(rings, y) {
    const xs = edges(rings, true).filter(([a, b]) => a[1] > y !== b[1] > y).map(([a, b]) => a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])).sort((one, other) => one - other);
    let best = null;
    for (let at2 = 0; at2 + 1 < xs.length; at2 += 2) {
      if (!best || xs[at2 + 1] - xs[at2] > best.width) {
        best = { width: xs[at2 + 1] - xs[at2], point: [(xs[at2] + xs[at2 + 1]) / 2, y] };
      }
    }
    return best && best.width > 0 ? best.point : null;
  }
  function boxOf2(rings) {
    const xs = rings.flat().map(([x]) => x);
    const ys = rings.flat().map(([, y]) => y);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }
  function apart(one, other) {
    return one[0] > other[2] || other[0] > one[2] || one[1] > other[3] || other[1] > one[3];
  }

  // geo/shapes.js
  var CM2 = 100;
  function unpack(bytes, count) {
    const [pieces2, types, rings, points, xs, ys] = parts(bytes);
    const pieceStarts = starts(unsigned(pieces2, new Uint32Array(count)));
    const pieceCount = pieceStarts[count];
    const type = unsigned(types, new Uint8Array(pieceCount));
    const ringStarts = starts(unsigned(rings, new Uint32Array(pieceCount)));
    const pointStarts = starts(unsigned(points, new Uint32Array(ringStarts[pieceCount])));
    const total = pointStarts[pointStarts.length - 1];
    const block = {
      pieceStarts,
      type,
      ringStarts,
      pointStarts,
      x: steps(xs, new Int32Array(total)),
      y: steps(ys, new Int32Array(total))
    };
    for (let piece = 0; piece < pieceCount; piece += 1) {
      if (type[piece] === 2) {
        wind(block, piece);
      }
    }
    return block;
  }
  function wind({ ringStarts, pointStarts, x, y }, piece) {
    for (let ring = ringStarts[piece]; ring < ringStarts[piece + 1]; ring += 1) {
      const [first, end] = [pointStarts[ring], pointStarts[ring + 1]];
      let twice = 0;
      for (let at2 = first, before = end - 1; at2 < end; before = at2, at2 += 1) {
        twice += (x[before] - x[first]) * (y[at2] - y[first]) - (x[at2] - x[first]) * (y[before] - y[first]);
      }
      if (twice > 0 !== (ring === ringStarts[piece])) {
        x.subarray(first, end).reverse();
        y.subarray(first, end).reverse();
      }
    }
  }
  function starts(counts2) {
    const sums2 = new Uint32Array(counts2.length + 1);
    for (let at2 = 0; at2 < counts2.length; at2 += 1) {
      sums2[at2 + 1] = sums2[at2] + counts2[at2];
    }
    return sums2;
  }
  function piecesOf(block, at2) {
    const pieces2 = [];
    for (let piece = block.pieceStarts[at2]; piece < block.pieceStarts[at2 + 1]; piece += 1) {
      const rings = [];
      for (let ring = block.ringStarts[piece]; ring < block.ringStarts[piece + 1]; ring += 1) {
        const points = [];
        for (let point = block.pointStarts[ring]; point < block.pointStarts[ring + 1]; point += 1) {
          points.push([block.x[point] / CM2, block.y[point] / CM2]);
        }
        rings.push(points);
      }
      pieces2.push({ type: block.type[piece], rings });
    }
    return pieces2;
  }

  // layers/brush.js
  function colour(hex, opacity) {
    const [r, g, b] = [1, 3, 5].map((at2) => parseInt(hex.slice(at2, at2 + 2), 16));
    return (Math.round(opacity * 255) << 24 | b << 16 | g << 8 | r) >>> 0;
  }
  function speckColour(look2, shape) {
    return shape === "polygon" && look2.fillOpacity > 0 ? colour(look2.fill, Math.max(look2.fillOpacity, 0.6)) : colour(look2.stroke, 0.85);
  }
  function fillArea(view, block, piece, paint3) {
    const first = block.pointStarts[block.ringStarts[piece]];
    const last = block.pointStarts[block.ringStarts[piece + 1]];
    let low = Infinity;
    let high = -Infinity;
    for (let at2 = first; at2 < last; at2 += 1) {
      low = Math.min(low, block.y[at2]);
      high = Math.max(high, block.y[at2]);
    }
    const top = Math.max(0, Math.ceil(view.py(high) - 0.5));
    const bottom = Math.min(view.height - 1, Math.floor(view.py(low) - 0.5));
    const crossed2 = [];
    for (let row = top; row <= bottom; row += 1) {
      crossed2.length = 0;
      for (let ring = block.ringStarts[piece]; ring < block.ringStarts[piece + 1]; ring += 1) {
        crossRing(view, block, ring, row + 0.5, crossed2);
      }
      crossed2.sort((one, other) => one - other);
      for (let at2 = 0; at2 + 1 < crossed2.length; at2 += 2) {
        const from = Math.max(0, Math.ceil(crossed2[at2] - 0.5));
        const to = Math.min(view.width, Math.ceil(crossed2[at2 + 1] - 0.5));
        if (to > from) {
          view.pixels.fill(paint3, row * view.width + from, row * view.width + to);
        }
      }
    }
  }
  function crossRing(view, block, ring, y, crossed2) {
    const end = block.pointStarts[ring + 1];
    let before = end - 1;
    for (let at2 = block.pointStarts[ring]; at2 < end; before = at2, at2 += 1) {
      const ay = view.py(block.y[at2]);
      const by = view.py(block.y[before]);
      if (ay > y !== by > y) {
        const ax = view.px(block.x[at2]);
        crossed2.push(ax + (y - ay) * (view.px(block.x[before]) - ax) / (by - ay));
      }
    }
  }
  function fillBox(view, boxes, at2, paint3) {
    const left = Math.max(0, Math.round(view.px(boxes[at2])));
    const top = Math.max(0, Math.round(view.py(boxes[at2 + 3])));
    const right = Math.min(view.width, Math.max(left + 1, Math.round(view.px(boxes[at2 + 2]))));
    const bottom = Math.min(view.height, Math.max(top + 1, Math.round(view.py(boxes[at2 + 1]))));
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1) {
        view.pixels[row * view.width + column] = paint3;
      }
    }
  }
  function trace(ctx, view, block, at2, symbol) {
    for (let piece = block.pieceStarts[at2]; piece < block.pieceStarts[at2 + 1]; piece += 1) {
      const type = block.type[piece];
      for (let ring = block.ringStarts[piece]; ring < block.ringStarts[piece + 1]; ring += 1) {
        const [first, end] = [block.pointStarts[ring], block.pointStarts[ring + 1]];
        if (type === 0) {
          symbol(view.px(block.x[first]), view.py(block.y[first]));
        } else {
          tracePoints(ctx, view, block, first, end, type === 2);
        }
      }
    }
  }
  function tracePoints(ctx, view, block, first, end, closed) {
    let [lastX, lastY] = [view.px(block.x[first]), view.py(block.y[first])];
    ctx.moveTo(lastX, lastY);
    for (let at2 = first + 1; at2 < end; at2 += 1) {
      const x = view.px(block.x[at2]);
      const y = view.py(block.y[at2]);
      if (at2 === end - 1 || Math.abs(x - lastX) + Math.abs(y - lastY) > 0.7) {
        ctx.lineTo(x, y);
        [lastX, lastY] = [x, y];
      }
    }
    if (closed) {
      ctx.closePath();
    }
  }
  function paintSome(view, block, rows, look2, shape) {
    const { ctx, scale } = view;
    const logical = { px: (x) => view.px(x) / scale, py: (y) => view.py(y) / scale };
    const symbols = [];
    ctx.save();
    ctx.scale(scale, scale);
    ctx.beginPath();
    for (const at2 of rows) {
      trace(ctx, logical, block, at2, (x, y) => symbols.push([x, y]));
    }
    paint(ctx, shape === "line" ? lookAt(look2, view.zoom) : look2, shape === "polygon", "nonzero");
    for (const [x, y] of symbols) {
      traceSymbol(ctx, look2, x, y);
      paint(ctx, look2, true);
    }
    ctx.restore();
  }

  // layers/packed.js
  var CM3 = 100;
  var PADDING = 0.3;
  var EDGE2 = Math.round(EDGE * CM3);
  var KEPT = 400;
  var BUDGET = 9;
  var AT_ONCE = 150;
  var SPECK = 3;
  var SMALL = 11;
  var PackedLayer = class extends L.Layer {
    /** @param {Table} table @param {L.LayerOptions} options */
    constructor(table2, options2) {
      super(options2);
      L.setOptions(this, options2);
      this.landtrack = table2;
      this._shapes = /* @__PURE__ */ new Map();
      this._run = 0;
      this._view = null;
      this._canvas = element("canvas", { class: "leaflet-zoom-animated lt-packed", "aria-hidden": "true" });
      this.typical = 0;
      this.drawn = 0;
    }
    /** @override */
    onAdd() {
      this._canvas = element("canvas", { class: "leaflet-zoom-animated lt-packed", "aria-hidden": "true" });
      this.getPane()?.append(this._canvas);
      this._view = null;
      this.refresh();
      return this;
    }
    /** @override */
    onRemove() {
      this._run += 1;
      this._canvas.remove();
      return this;
    }
    /** @override @returns {Record<string, L.LeafletEventHandlerFn>} */
    getEvents() {
      return { moveend: this.refresh, resize: this.refresh, zoomanim: (event) => this._animate(
        /** @type {L.ZoomAnimEvent} */
        event
      ), zoom: this._rescale };
    }
    /** @param {L.ZoomAnimEvent} event */
    _animate({ center, zoom }) {
      this._place(zoom, this._map._getNewPixelOrigin(center, zoom));
    }
    _rescale() {
      this._place(this._map.getZoom(), this._map.getPixelOrigin());
    }
    /** Puts the canvas as it was drawn where it belongs at another zoom. @param {number} zoom @param {L.Point} origin */
    _place(zoom, origin) {
      if (this._view) {
        const at2 = this._map.project(this._view.corner, zoom).subtract(origin);
        L.DomUtil.setTransform(this._canvas, at2, this._map.getZoomScale(zoom, this._view.zoom));
      }
    }
    // Draws anew what is seen, some milliseconds a frame, and shows it when it is whole.
    async refresh() {
      const run = ++this._run;
      await this.landtrack.begin();
      if (run !== this._run || !this._map?.landtrackPlaced) {
        return;
      }
      this.typical = this.typical || this._typical();
      const view = this._newView();
      const work = this._draw(view);
      let step = work.next();
      let started = performance.now();
      while (!step.done) {
        if (step.value) {
          await step.value;
        } else if (performance.now() - started > BUDGET) {
          await new Promise(requestAnimationFrame);
          started = performance.now();
        }
        if (run !== this._run) {
          return;
        }
        step = work.next();
      }
      this._show(view);
    }
    _typical() {
      const { boxes, count } = this.landtrack;
      let sum = 0;
      let known3 = 0;
      for (let row = 0, at2 = 0; row < count; row += 1, at2 += 4) {
        if (boxes[at2 + 2] >= boxes[at2]) {
          sum += Math.max(boxes[at2 + 2] - boxes[at2], boxes[at2 + 3] - boxes[at2 + 1]);
          known3 += 1;
        }
      }
      return Math.max(1, known3 ? sum / known3 : 1);
    }
    /** @returns {View} */
    _newView() {
      const map2 = this._map;
      const scale = Math.min(Math.max(window.devicePixelRatio || 1, 1), 2);
      const size2 = map2.getSize();
      const margin = size2.multiplyBy(PADDING).round();
      const zoom = map2.getZoom();
      const corner2 = map2.containerPointToLayerPoint(margin.multiplyBy(-1));
      const world = map2.project(map2.layerPointToLatLng(corner2), zoom);
      const perCm = 256 * 2 ** zoom / (2 * EDGE2) * scale;
      const [left, top] = [world.x * scale, world.y * scale];
      const full = size2.add(margin.multiplyBy(2)).multiplyBy(scale).round();
      const split = at(map2);
      const canvas = element("canvas", { width: full.x, height: full.y });
      return {
        zoom,
        scale,
        corner: map2.layerPointToLatLng(corner2),
        width: full.x,
        height: full.y,
        px: (x) => (x + EDGE2) * perCm - left,
        py: (y) => (EDGE2 - y) * perCm - top,
        perCm,
        canvas,
        ctx: context(canvas, { willReadFrequently: true }),
        pixels: new Uint32Array(0),
        specks: 0,
        split: split === null ? null : (split + margin.x) * scale,
        box: [left / perCm - EDGE2, EDGE2 - (top + full.y) / perCm, (left + full.x) / perCm - EDGE2, EDGE2 - top / perCm]
      };
    }
    /** @param {View} view @returns {Generator<Promise<void> | null, void, void>} */
    *_draw(view) {
      const table2 = this.landtrack;
      const seen2 = [];
      table2.head.blocks.forEach(([, , ...box], number2) => {
        if (box[0] <= view.box[2] && box[2] >= view.box[0] && box[1] <= view.box[3] && box[3] >= view.box[1]) {
          seen2.push(number2);
        }
      });
      const pixels = this.typical * view.perCm / view.scale;
      const shape = table2.head.classes[0].shape;
      const paints = table2.paint.classes.map(({ look: look2 }) => speckColour(look2, shape));
      const bare2 = shape === "polygon" && table2.paint.classes.every(({ look: look2 }) => look2.fillOpacity === 0);
      if (shape === "point" ? seen2.length > 1 : pixels < (shape === "polygon" && !bare2 ? SMALL : SPECK)) {
        yield* this._specks(view, seen2, paints, pixels);
        return;
      }
      for (const number2 of seen2) {
        yield* this._outlines(view, number2, yield* this._wanted(number2));
      }
    }
    /** A block, waited for where it is not unpacked yet. @param {number} number @returns {Generator<Promise<void>, Block, void>} */
    *_wanted(number2) {
      const found5 = this._block(number2);
      if (!(found5 instanceof Promise)) {
        return found5;
      }
      const unpacked = [];
      yield found5.then((block) => {
        unpacked.push(block);
      });
      return unpacked[0];
    }
    /**
     * Which class a row is drawn as at a place of the canvas: left of the divider that of another day.
     * @param {View} view @param {number} row
     */
    _classAt(view, row) {
      const { before, boxes, theme: theme2, paint: { codes } } = this.landtrack;
      const left = before && !theme2 && view.split !== null && view.px((boxes[4 * row] + boxes[4 * row + 2]) / 2) < view.split;
      return left ? before[row] : codes[row];
    }
    /**
     * @param {View} view @param {number[]} seen @param {number[]} paints @param {number} pixels
     * @returns {Generator<Promise<void> | null, void, void>}
     */
    *_specks(view, seen2, paints, pixels) {
      const table2 = this.landtrack;
      const image = view.ctx.createImageData(view.width, view.height);
      view.pixels = new Uint32Array(image.data.buffer);
      for (const number2 of seen2) {
        const [first, count] = table2.head.blocks[number2];
        if (pixels < SPECK) {
          for (let row = first; row < first + count; row += 1) {
            if (table2.visible[row] && this._inView(view, row)) {
              fillBox(view, table2.boxes, 4 * row, paints[this._classAt(view, row)]);
            }
          }
        } else {
          this._fillBlock(view, yield* this._wanted(number2), first, count, paints);
        }
        view.specks += count;
        yield null;
      }
      view.ctx.putImageData(image, 0, 0);
    }
    /** @param {View} view @param {Block} block @param {number} first @param {number} count @param {number[]} paints */
    _fillBlock(view, block, first, count, paints) {
      const { visible, boxes } = this.landtrack;
      for (let at2 = 0; at2 < count; at2 += 1) {
        const row = first + at2;
        if (!visible[row] || !this._inView(view, row)) {
          continue;
        }
        const paint3 = paints[this._classAt(view, row)];
        for (let piece = block.pieceStarts[at2]; piece < block.pieceStarts[at2 + 1]; piece += 1) {
          if (block.type[piece] === 2) {
            fillArea(view, block, piece, paint3);
          } else {
            fillBox(view, boxes, 4 * row, paint3);
          }
        }
      }
    }
    /** @param {View} view @param {number} row */
    _inView(view, row) {
      const { boxes } = this.landtrack;
      const at2 = 4 * row;
      return boxes[at2] <= view.box[2] && boxes[at2 + 2] >= view.box[0] && boxes[at2 + 1] <= view.box[3] && boxes[at2 + 3] >= view.box[1] && boxes[at2 + 2] >= boxes[at2];
    }
    /**
     * Draws one block class by class, so that each class is painted at one go.
     * @param {View} view @param {number} number @param {Block} block @returns {Generator<null, void, void>}
     */
    *_outlines(view, number2, block) {
      const { before, theme: theme2, paint: { codes: classes2 } } = this.landtrack;
      if (!before || theme2 || view.split === null) {
        yield* this._outlinesOf(view, number2, block, classes2);
        return;
      }
      const sides = [[before, 0, view.split], [classes2, view.split, view.width]];
      for (const [side, from, to] of sides) {
        view.ctx.save();
        view.ctx.beginPath();
        view.ctx.rect(from, 0, Math.max(0, to - from), view.height);
        view.ctx.clip();
        yield* this._outlinesOf(view, number2, block, side);
        view.ctx.restore();
      }
    }
    /** @param {View} view @param {number} number @param {Block} block @param {Uint16Array} classes @returns {Generator<null, void, void>} */
    *_outlinesOf(view, number2, block, classes2) {
      const table2 = this.landtrack;
      const [first, count] = table2.head.blocks[number2];
      const byClass = table2.paint.classes.map(() => (
        /** @type {number[]} */
        []
      ));
      for (let at2 = 0; at2 < count; at2 += 1) {
        if (table2.visible[first + at2] && this._inView(view, first + at2)) {
          byClass[classes2[first + at2]].push(at2);
        }
      }
      const order3 = [...byClass.keys()].sort((one, other) => this._rank(one) - this._rank(other));
      for (const place of order3) {
        const { look: look2, shape } = table2.paint.classes[place];
        for (let from = 0; from < byClass[place].length; from += AT_ONCE) {
          paintSome(view, block, byClass[place].slice(from, from + AT_ONCE), look2, shape);
          view.ctx.getImageData(0, 0, 1, 1);
          yield null;
        }
      }
    }
    /** What fails is drawn last, so that no neighbour's outline lies on it. @param {number} place */
    _rank(place) {
      return this.landtrack.paint.classes[place].code === "fail" ? Infinity : place;
    }
    /** @param {View} view */
    _show(view) {
      const canvas = this._canvas;
      canvas.width = view.width;
      canvas.height = view.height;
      canvas.style.width = `${view.width / view.scale}px`;
      canvas.style.height = `${view.height / view.scale}px`;
      context(canvas).drawImage(view.canvas, 0, 0);
      this._view = { zoom: view.zoom, corner: view.corner };
      this._rescale();
      this.drawn += 1;
      performance.mark("landtrack:drawn", { detail: this.landtrack.kind });
      this.fire("landtrack:drawn");
    }
    /**
     * The shapes of a block, or a promise of them; those not used for longest are let go.
     * @param {number} number @returns {Block | Promise<Block>}
     */
    _block(number2) {
      const known3 = this._shapes.get(number2);
      if (known3) {
        this._shapes.delete(number2);
        this._shapes.set(number2, known3);
        return known3;
      }
      const [, count] = this.landtrack.head.blocks[number2];
      const promise = this.landtrack.source.load(`${this.landtrack.kind}/shapes/${number2}`).then((bytes) => {
        const block = unpack(bytes, count);
        this._shapes.set(number2, block);
        return block;
      }, (error) => {
        this._shapes.delete(number2);
        throw error;
      });
      this._shapes.set(number2, promise);
      for (const oldest of this._shapes.keys()) {
        if (this._shapes.size <= KEPT) {
          break;
        }
        this._shapes.delete(oldest);
      }
      return promise;
    }
    /** @param {number} row */
    _blockOf(row) {
      return Math.floor(row / this.landtrack.head.blocks[0][1]);
    }
    /** @param {number} row */
    async shapesOf(row) {
      const number2 = this._blockOf(row);
      return piecesOf(await this._block(number2), row - this.landtrack.head.blocks[number2][0]);
    }
    /** @param {Point} point @param {number} reach @returns {Promise<number[]>} */
    async rowsAt(point, reach2) {
      await this.landtrack.begin();
      const [x, y] = point.map((each2) => each2 * CM3);
      const r = reach2 * CM3;
      const found5 = [];
      for (const [number2, [first, count, ...box]] of this.landtrack.head.blocks.entries()) {
        if (box[0] - r <= x && box[2] + r >= x && box[1] - r <= y && box[3] + r >= y) {
          found5.push(...await this._rowsInBlock(number2, first, count, point, reach2));
        }
      }
      return found5;
    }
    /** @param {number} number @param {number} first @param {number} count @param {Point} point @param {number} reach */
    async _rowsInBlock(number2, first, count, point, reach2) {
      const { boxes, visible } = this.landtrack;
      const [x, y] = point.map((each2) => each2 * CM3);
      const r = reach2 * CM3;
      const rows = [];
      for (let row = first, at2 = 4 * first; row < first + count; row += 1, at2 += 4) {
        if (visible[row] && boxes[at2] - r <= x && boxes[at2 + 2] + r >= x && boxes[at2 + 1] - r <= y && boxes[at2 + 3] + r >= y && boxes[at2 + 2] >= boxes[at2]) {
          rows.push(row);
        }
      }
      if (!rows.length) {
        return [];
      }
      const block = await this._block(number2);
      return rows.filter((row) => piecesOf(block, row - first).some((piece) => this._meets(piece, point, reach2, row)));
    }
    /** @param {Piece} piece @param {Point} point @param {number} reach @param {number} row */
    _meets(piece, point, reach2, row) {
      const { look: look2 } = this.landtrack.classOf(row);
      if (piece.type === 2 && (look2.fillOpacity > 0 || look2.hatch !== "none")) {
        return inside(piece.rings, point);
      }
      return distanceTo(piece, point) <= reach2;
    }
  };

  // layers/panes.js
  function paneOf(map2, name3, height) {
    const known3 = map2.getPane(name3);
    if (known3) {
      return known3;
    }
    const made = map2.createPane(name3);
    made.style.zIndex = String(height);
    made.style.pointerEvents = "none";
    return made;
  }

  // core/numbering.js
  var LONGEST2 = 60;
  function pattern2(typed2) {
    const parts2 = typed2.slice(0, LONGEST2).toLowerCase().match(/\p{L}+|\p{Nd}+/gu) ?? [];
    if (!parts2.some(isNumber)) {
      return null;
    }
    const loose = parts2.map((part) => isNumber(part) ? `0*${part.replace(/^0+(?=\p{Nd})/u, "")}` : part);
    return new RegExp(`(?<!${isNumber(parts2[0] ?? "") ? "\\p{Nd}" : "[a-z]"})${loose.join("[^\\p{L}\\p{Nd}]*")}(?!\\p{Nd})`, "u");
  }
  function isNumber(part) {
    return /^\p{Nd}/u.test(part);
  }

  // core/pinyin.js
  var MOST = 30;
  var PAIRS = ["zh", "ch", "sh"];
  function typed(text) {
    const plain3 = text.toLowerCase().replace(/[\s'’·-]+/g, "").replaceAll("ü", "v");
    return /[a-z]/.test(plain3) && /^[a-z0-9]+$/.test(plain3) && plain3.length <= MOST ? plain3 : "";
  }
  function readings(written) {
    return new Map([...written].filter(Boolean).map((each2) => [each2[0], each2.slice(1).split(" ")]));
  }
  function lengths(sounds, rest) {
    const made = /* @__PURE__ */ new Set();
    for (const sound of sounds) {
      for (const part of [sound, sound[0], ...PAIRS.filter((pair3) => sound.startsWith(pair3))]) {
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
  function moves(sounds, letters) {
    const made = [];
    for (let at2 = 0; at2 < letters.length; at2 += 1) {
      for (const far of lengths(sounds, letters.slice(at2))) {
        made.push(2 ** at2, 2 ** (at2 + far));
      }
    }
    return made;
  }
  function moved(made, before) {
    let after = 0;
    for (let each2 = 0; each2 < made.length; each2 += 2) {
      after |= before & made[each2] ? made[each2 + 1] : 0;
    }
    return after;
  }
  function found(text, starts2, letters, sounds) {
    const last = 2 ** letters.length;
    const known3 = /* @__PURE__ */ new Map();
    const first = /* @__PURE__ */ new Set();
    const others = /* @__PURE__ */ new Set();
    for (let code = 0; letters && code < starts2.length - 1; code += 1) {
      const end = starts2[code + 1];
      let begun = 1;
      let at2 = 0;
      for (let place = starts2[code]; place < end; place += 1) {
        const letter = text[place];
        let made = known3.get(letter);
        if (!made) {
          made = moves(sounds.get(letter) ?? [letter], letters);
          known3.set(letter, made);
        }
        begun = begun && moved(made, begun);
        at2 = moved(made, at2 | 1);
        if (at2 & last) {
          (begun & last ? first : others).add(code);
          break;
        }
      }
    }
    return [first, others];
  }

  // layers/table.js
  var KEPT_CARDS = 64;
  var Table = class _Table {
    /** @param {Head} head @param {DataSource} source where its blocks come from */
    constructor(head, source2) {
      this.head = head;
      this.source = source2;
      this.kind = head.kind;
      this.count = head.count;
      this.drawnBy = null;
      this.columns = {};
      this.texts = {};
      this.visible = new Uint8Array(head.count).fill(1);
      this.classes = new Uint16Array(head.count);
      this.stated = this.classes;
      this.atRun = this.classes;
      this.theme = null;
      this.rules = {};
      this.before = null;
      this.size = null;
      this.boxes = new Int32Array(0);
      this.history = null;
      this.pairs = null;
      this.covered = null;
      this.keys = null;
      this.cards = /* @__PURE__ */ new Map();
      this.lowered = {};
      this.sounds = /* @__PURE__ */ new Map();
      this.changed = null;
      this.asOf = void 0;
      this.turn = Promise.resolve();
      this.begun = null;
      this.ready = null;
      this.read = null;
    }
    /** What it is drawn by. @returns {MapLayer} */
    get layer() {
      if (!this.drawnBy) {
        throw new Error(`${this.kind} is on no map`);
      }
      return this.drawnBy;
    }
    set layer(layer2) {
      this.drawnBy = layer2;
    }
    /** @returns {Cards} */
    get cardHead() {
      if (!this.head.cards) {
        throw new Error(`${this.kind} has no cards`);
      }
      return this.head.cards;
    }
    /** The area or length of a row, NaN where there is none. @param {number} row */
    sizeOf(row) {
      return this.size ? this.size[row] : Number.NaN;
    }
    /** Loads classes and boxes, by which a large layer can be drawn. @returns {Promise<Table>} */
    begin() {
      this.begun = this.begun || this.loadFirst();
      return this.begun;
    }
    async loadFirst() {
      const { head, kind } = this;
      const jobs = [this.source.load(`${kind}/first/class`).then((bytes) => {
        unsigned(bytes, this.classes);
      })];
      if (head.packed) {
        jobs.push(this.source.load(`${kind}/first/boxes`).then((bytes) => this.readBoxes(bytes)));
      }
      await Promise.all(jobs);
      return this;
    }
    /** Loads sizes, numbers and choices too. @returns {Promise<Table>} */
    load() {
      this.ready = this.ready || this.loadColumns();
      return this.ready;
    }
    async loadColumns() {
      await this.begin();
      const { head, kind, count } = this;
      if (head.packed) {
        await this.turn;
      }
      const wanted3 = Object.entries(head.columns).filter(([, column]) => column.type !== "text");
      const jobs = wanted3.map(async ([name3, column]) => {
        const bytes = await this.source.load(column.at);
        const Kind = column.type === "number" ? Float64Array : column.type === "date" ? Int32Array : Uint32Array;
        this.columns[name3] = unsigned(bytes, new Kind(count));
      });
      if (head.size) {
        jobs.push(this.source.load(`${kind}/columns/size`).then((bytes) => {
          this.size = floats(bytes, count);
        }));
      }
      jobs.push(...head.rules.map(async ({ id, at: at2 }) => {
        const [outcomes, values2, margins] = parts(await this.source.load(at2)).map(all);
        this.rules[id] = { outcomes, values: values2, margins };
      }));
      if (head.pairs) {
        jobs.push(this.source.load(`${kind}/columns/plots`).then((bytes) => this.readPairs(bytes)));
      }
      if (head.covered.length) {
        jobs.push(this.source.load(`${kind}/columns/covered`).then((bytes) => {
          this.covered = unsigned(bytes, new Uint32Array(count));
        }));
      }
      if (head.history) {
        jobs.push(this.source.load(`${kind}/columns/history`).then((bytes) => this.readHistory(bytes)));
      }
      if (head.cards) {
        jobs.push(this.source.load(`${kind}/columns/patterns`).then((bytes) => {
          const { words: words2, ...known3 } = JSON.parse(new TextDecoder().decode(bytes));
          Object.assign(this.cardHead, known3);
          add(words2);
        }));
      }
      await Promise.all(jobs);
      return this;
    }
    /** @param {Uint8Array} bytes */
    readBoxes(bytes) {
      const [west, south, width, height] = parts(bytes);
      const w = steps(west, new Int32Array(this.count));
      const s = steps(south, new Int32Array(this.count));
      const e = unsigned(width, new Float64Array(this.count));
      const n = unsigned(height, new Float64Array(this.count));
      const boxes = new Int32Array(4 * this.count);
      for (let row = 0; row < this.count; row += 1) {
        boxes[4 * row] = 100 * w[row];
        boxes[4 * row + 1] = 100 * s[row];
        boxes[4 * row + 2] = 100 * (w[row] + e[row] - 1);
        boxes[4 * row + 3] = 100 * (s[row] + n[row] - 1);
      }
      this.boxes = boxes;
    }
    /** @param {Uint8Array} bytes */
    readHistory(bytes) {
      const [counts2, days2, states2] = parts(bytes).map(all);
      this.history = { starts: this.startsOf(counts2), days: days2, states: states2 };
    }
    /** @param {Uint8Array} bytes */
    readPairs(bytes) {
      const [counts2, plots, areas, texts] = parts(bytes);
      const rows = all(plots);
      this.pairs = {
        starts: this.startsOf(all(counts2)),
        plots: rows,
        areas: floats(areas, rows.length),
        texts: _Table.textColumn(texts, rows.length)
      };
    }
    /** Where the entries of each row begin. @param {ArrayLike<number>} counts */
    startsOf(counts2) {
      const starts2 = new Int32Array(this.count + 1);
      for (let row = 0; row < this.count; row += 1) {
        starts2[row + 1] = starts2[row] + counts2[row];
      }
      return starts2;
    }
    /** Loads keys, names and other texts. @returns {Promise<Table>} */
    loadTexts() {
      this.read = this.read || this.readTexts();
      return this.read;
    }
    async readTexts() {
      await this.load();
      const wanted3 = Object.entries(this.head.columns).filter(([, column]) => column.type === "text");
      await Promise.all(wanted3.map(async ([name3, column]) => {
        this.texts[name3] = _Table.textColumn(await this.source.load(column.at), this.count);
      }));
      if (this.head.sounds) {
        const column = _Table.textColumn(await this.source.load(`${this.kind}/text/sounds`), this.head.sounds);
        this.sounds = readings(Array.from(column.rows, (_, at2) => _Table.textAt(column, at2)));
      }
      if (this.head.history) {
        const bytes = await this.source.load(`${this.kind}/text/history`);
        const days2 = this.source.load(`${this.kind}/text/days`);
        if (this.history) {
          this.history.documents = _Table.textColumn(bytes, this.history.days.length);
          this.history.written = _Table.textColumn(await days2, this.history.days.length);
        }
      }
      return this;
    }
    /** @param {Uint8Array} bytes @param {number} count @returns {TextColumnData} */
    static textColumn(bytes, count) {
      const [lengths2, letters, rows] = parts(bytes);
      const sizes = all(lengths2);
      const starts2 = new Uint32Array(sizes.length + 1);
      for (let at2 = 0; at2 < sizes.length; at2 += 1) {
        starts2[at2 + 1] = starts2[at2] + sizes[at2];
      }
      return { text: new TextDecoder().decode(letters), starts: starts2, rows: steps(rows, new Uint32Array(count)) };
    }
    /** @param {TextColumnData} column @param {number} row */
    static textAt(column, row) {
      const code = column.rows[row];
      return column.text.slice(column.starts[code], column.starts[code + 1]);
    }
    /** @param {string} name @param {number} row */
    text(name3, row) {
      const column = this.texts[name3];
      return column ? _Table.textAt(column, row) : "";
    }
    /** @param {number} row */
    key(row) {
      return this.text(this.head.key, row);
    }
    /** @param {number} row */
    name(row) {
      return this.text("name", row);
    }
    /** The row of a key; -1 where there is none. @param {string} key */
    rowOf(key) {
      if (!this.keys) {
        this.keys = /* @__PURE__ */ new Map();
        for (let row = this.count - 1; row >= 0; row -= 1) {
          this.keys.set(this.key(row), row);
        }
      }
      return this.keys.get(key) ?? -1;
    }
    /** A number of a row, NaN where there is none. @param {string} name @param {number} row */
    number(name3, row) {
      const column = this.head.columns[name3];
      if (column?.type !== "number") {
        return NaN;
      }
      const code = this.columns[name3][row];
      return code ? unfold(code - 1) / 10 ** column.decimals : NaN;
    }
    /** The day of a row since 1970, or null. @param {string} name @param {number} row */
    day(name3, row) {
      const code = this.columns[name3] ? this.columns[name3][row] : 0;
      return code ? unfold(code - 1) : null;
    }
    /** A cell in words, empty where there is no value. @param {string} name @param {number} row */
    cell(name3, row) {
      const column = this.head.columns[name3];
      if (!column) {
        return "";
      }
      if (column.type === "text") {
        return this.text(name3, row);
      }
      const code = this.columns[name3][row];
      if (column.type === "said") {
        return pick(column.words)[code];
      }
      if (!code) {
        return "";
      }
      if (column.type === "date") {
        return day(unfold(code - 1));
      }
      return `${plain(unfold(code - 1), column.decimals, column.grouped)} ${pick(column.unit)}`.trimEnd();
    }
    /** The code of a choice, such as "completed". @param {string} name @param {number} row */
    code(name3, row) {
      const column = this.head.columns[name3];
      return column?.type === "said" ? column.codes[this.columns[name3][row]] : "";
    }
    /** What it is painted by: the class of each row, and the classes. @returns {{codes: Uint16Array, classes: LayerClass[]}} */
    get paint() {
      return this.theme ?? { codes: this.classes, classes: this.head.classes };
    }
    /** @param {number} row */
    classOf(row) {
      return this.head.classes[this.classes[row]];
    }
    /**
     * The rows in whose texts something stands, then those whose texts are read as it, or whose identifier is written otherwise.
     * @param {string} wanted @param {number} most
     * @returns {number[]}
     */
    search(wanted3, most) {
      const query = wanted3.toLowerCase();
      const found5 = /* @__PURE__ */ new Set();
      const columns = this.head.search.filter((name3) => this.texts[name3]);
      for (const name3 of columns) {
        this.lowered[name3] = this.lowered[name3] || _Table.lowered(this.texts[name3].text);
        this.take(this.texts[name3], _Table.holding(this.lowered[name3], this.texts[name3].starts, query, most), most, found5);
      }
      const letters = this.sounds.size ? typed(wanted3) : "";
      const read4 = letters ? columns.map((name3) => found(this.lowered[name3], this.texts[name3].starts, letters, this.sounds)) : [];
      for (const begins of [0, 1]) {
        read4.forEach((codes, at2) => this.take(this.texts[columns[at2]], codes[begins], most, found5));
      }
      this.takeWritten(wanted3, most, found5);
      return [...found5];
    }
    /** The rows whose identifier is what was typed, written otherwise. @param {string} wanted @param {number} most @param {Set<number>} found */
    takeWritten(wanted3, most, found5) {
      const key = this.head.key;
      const written = this.texts[key] && pattern2(wanted3);
      if (!written || found5.size >= most) {
        return;
      }
      const { text, starts: starts2 } = this.texts[key];
      this.lowered[key] = this.lowered[key] || _Table.lowered(text);
      const codes = new Set(Array.from({ length: starts2.length - 1 }, (_, code) => code).filter((code) => written.test(this.lowered[key].slice(starts2[code], starts2[code + 1]))));
      this.take(this.texts[key], codes, most, found5);
    }
    /**
     * The text of a column is scanned as one; a hit across two texts is none.
     * @param {string} text @param {ArrayLike<number>} starts @param {string} query @param {number} most
     */
    static holding(text, starts2, query, most) {
      const codes = /* @__PURE__ */ new Set();
      let from = text.indexOf(query);
      while (from >= 0 && codes.size < most) {
        const code = _Table.codeAt(starts2, from);
        if (from + query.length <= starts2[code + 1]) {
          codes.add(code);
          from = text.indexOf(query, starts2[code + 1]);
        } else {
          from = text.indexOf(query, from + 1);
        }
      }
      return codes;
    }
    /** @param {TextColumnData} column @param {Set<number>} codes of texts that were found @param {number} most @param {Set<number>} found */
    take({ rows }, codes, most, found5) {
      for (let row = 0; codes.size && row < rows.length && found5.size < most; row += 1) {
        if (codes.has(rows[row])) {
          found5.add(row);
        }
      }
    }
    /** Lower case letter by letter, so that every text stays where it is. @param {string} text */
    static lowered(text) {
      const lower = text.toLowerCase();
      if (lower.length === text.length) {
        return lower;
      }
      return text.replace(/./gsu, (letter) => letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter);
    }
    /** @param {ArrayLike<number>} starts @param {number} place */
    static codeAt(starts2, place) {
      let low = 0;
      let high = starts2.length - 1;
      while (low < high - 1) {
        const middle2 = low + high >> 1;
        if (starts2[middle2] <= place) {
          low = middle2;
        } else {
          high = middle2;
        }
      }
      return low;
    }
    /** The block of cards that a row stands in, unpacked. @param {number} row */
    cardsAt(row) {
      const block = Math.floor(row / this.cardHead.size);
      const known3 = this.cards.get(block);
      if (known3) {
        return known3;
      }
      const [oldest] = this.cards.keys();
      if (this.cards.size >= KEPT_CARDS) {
        this.cards.delete(oldest);
      }
      const made = this.source.load(`${this.kind}/cards/${block}`).then((bytes) => this.unpackCards(bytes));
      this.cards.set(block, made);
      return made;
    }
    /** The sections of the card of a row. @param {number} row @returns {Promise<Section[]>} */
    async card(row) {
      const { sections, size: size2, patterns: patterns2, names } = this.cardHead;
      const { sections: unpacked } = await this.cardsAt(row);
      const at2 = row % size2;
      return sections.map(([what, name3], number2) => {
        const { codes, starts: starts2, numbers } = unpacked[number2];
        const own2 = [...numbers.subarray(starts2[at2], starts2[at2 + 1])].map(unfold);
        return (
          /** @type {Section} */
          { what, name: name3, told: tell(patterns2[number2][codes[at2]].said, own2, names) }
        );
      });
    }
    /**
     * How the figures of a row were written, where that is not as they are: by field what is
     * written, what it was taken for, whose amount it is, and whether its unit is stated.
     * @param {number} row @returns {Promise<Record<string, Written>>}
     */
    async written(row) {
      const { written } = await this.cardsAt(row);
      const at2 = row % this.cardHead.size;
      return Object.fromEntries(written.filter(({ how }) => how[at2]).map(({ field: field2, unit, said: said4, project: project2, taken, how }) => [field2, {
        said: _Table.textAt(said4, at2),
        taken: taken[at2],
        unit,
        project: _Table.textAt(project2, at2),
        stated: how[at2] === 1
      }]));
    }
    /** @param {Uint8Array} bytes */
    unpackCards(bytes) {
      const runs = parts(bytes);
      const { patterns: known3, written } = this.cardHead;
      const count = all(runs[0]).length;
      return { sections: this.unpackSections(runs, known3), written: written.map(([field2, unit], number2) => {
        const [said4, project2, taken, how] = runs.slice(2 * known3.length + 4 * number2);
        return {
          field: field2,
          unit,
          said: _Table.textColumn(said4, count),
          project: _Table.textColumn(project2, count),
          taken: floats(taken, count),
          how: all(how)
        };
      }) };
    }
    /** @param {Uint8Array[]} runs @param {Pattern[][]} known */
    unpackSections(runs, known3) {
      return known3.map((patterns2, number2) => {
        const codes = all(runs[2 * number2]);
        const starts2 = new Uint32Array(codes.length + 1);
        codes.forEach((code, row) => {
          starts2[row + 1] = starts2[row] + patterns2[code].n;
        });
        return { codes, starts: starts2, numbers: all(runs[2 * number2 + 1]) };
      });
    }
    /**
     * The state of a row on a day: the last entry till then; -1 before the first. Of a layer that is drawn by the states of a
     * track the others do not count: land that was approved stays so when it is taken over.
     * @param {number} row @param {number} day
     */
    stateOn(row, day2) {
      if (!this.history) {
        return -1;
      }
      const { starts: starts2, days: days2, states: states2 } = this.history;
      const { drawn: drawn3, states: known3 } = this.head.history ?? { drawn: false, states: [] };
      let state = -1;
      for (let at2 = starts2[row]; at2 < starts2[row + 1]; at2 += 1) {
        const counts2 = !drawn3 || known3[states2[at2]].class >= 0;
        if (counts2 && (days2[at2] === 0 || unfold(days2[at2] - 1) <= day2)) {
          state = states2[at2];
        }
      }
      return state;
    }
    /**
     * The classes of a day: where a layer is drawn by its states, those; else what it is drawn as
     * now, of what was recorded by then.
     * @param {number} day @param {number} none the class of what was not
     */
    classesOn(day2, none) {
      const { drawn: drawn3, states: states2 } = this.head.history ?? { drawn: false, states: [] };
      const found5 = new Uint16Array(this.count);
      for (let row = 0; row < this.count; row += 1) {
        const state = this.stateOn(row, day2);
        const own2 = state < 0 || !drawn3 ? -1 : states2[state].class;
        found5[row] = state < 0 || drawn3 && own2 < 0 ? none : drawn3 ? own2 : this.stated[row];
      }
      return found5;
    }
  };
  function tableOf({ tables }, kind) {
    const table2 = tables.get(kind);
    if (!table2) {
      throw new Error(`there is no layer ${kind}`);
    }
    return table2;
  }

  // layers/layers.js
  var TOLERANCE = 6;
  function all2(map2) {
    map2.landtrackLayers = map2.landtrackLayers || [];
    return map2.landtrackLayers;
  }
  function paneFor(map2, packed) {
    const layers = all2(map2);
    const before = layers[layers.length - 1];
    if (before && !packed && !before.landtrack.head.packed) {
      return before.options.pane ?? "overlayPane";
    }
    const name3 = `lt-${layers.length}`;
    paneOf(map2, name3, 401 + layers.length);
    return name3;
  }
  function rendererFor(map2, pane) {
    map2.landtrackRenderers = map2.landtrackRenderers || {};
    if (!map2.landtrackRenderers[pane]) {
      map2.landtrackRenderers[pane] = new Renderer({ padding: 0.25, tolerance: TOLERANCE, pane });
    }
    return map2.landtrackRenderers[pane];
  }
  function options(canvas, look2, filled) {
    return { renderer: canvas, interactive: false, look: look2, fill: filled, weight: look2.weight };
  }
  function isArea(feature2) {
    return feature2.geometry.type.endsWith("Polygon");
  }
  function featureLayer(map2, id, source2) {
    const { features, ...head } = data(id);
    const rows = new Table(head, source2);
    const pane = paneFor(map2, head.packed);
    const layer2 = head.packed ? new PackedLayer(rows, { pane }) : geoJsonLayer(rows, features?.features ?? [], rendererFor(map2, pane), pane);
    rows.layer = layer2;
    all2(map2).push(layer2);
    return layer2;
  }
  function geoJsonLayer(rows, features, canvas, pane) {
    const look2 = (feature2) => rows.head.classes[feature2.properties.c].look;
    const layer2 = L.geoJSON(
      /** @type {GeoJSON.Feature[]} */
      features,
      {
        pane,
        style: (each2) => {
          const feature2 = (
            /** @type {Shape} */
            each2
          );
          return feature2.geometry.type === "Point" ? {} : options(canvas, look2(feature2), isArea(feature2));
        },
        pointToLayer: (each2, position) => {
          const own2 = look2(
            /** @type {Shape} */
            each2
          );
          return L.circleMarker(position, { ...options(canvas, own2, true), radius: own2.radius });
        }
      }
    );
    const shapes = /* @__PURE__ */ new Map();
    rows.boxes = boxesOf(rows.count, features);
    for (const shape of drawnIn(layer2)) {
      const { r } = shape.feature.properties;
      shapes.set(r, [...shapes.get(r) || [], shape]);
    }
    const asked2 = {
      landtrack: rows,
      rowsAt: async (point, _reach, map2) => rowsAt(layer2, point, map2),
      shapesOf: async (row) => (shapes.get(row) || []).flatMap((shape) => piecesOf2(shape.feature.geometry)),
      refresh: () => refresh(layer2, rows, shapes)
    };
    return Object.assign(layer2, asked2);
  }
  function drawnIn(layer2) {
    return (
      /** @type {Drawn[]} */
      layer2.getLayers().filter(({ feature: feature2 }) => feature2)
    );
  }
  function piecesOf2(geometry) {
    const ring = (points) => points.map(([lng, lat]) => page({ lat, lng }));
    const area = (rings) => ({ type: 2, rings: rings.map((each2) => ring(each2.slice(0, -1))) });
    switch (geometry.type) {
      case "Point":
        return [{ type: 0, rings: [ring([geometry.coordinates])] }];
      case "MultiPoint":
        return geometry.coordinates.map((each2) => ({ type: 0, rings: [ring([each2])] }));
      case "LineString":
        return [{ type: 1, rings: [ring(geometry.coordinates)] }];
      case "MultiLineString":
        return geometry.coordinates.map((each2) => ({ type: 1, rings: [ring(each2)] }));
      case "Polygon":
        return [area(geometry.coordinates)];
      case "MultiPolygon":
        return geometry.coordinates.map(area);
    }
  }
  function refresh(layer2, rows, shapes) {
    const looks = rows.paint;
    for (const [row, own2] of shapes) {
      for (const shape of own2) {
        if (Boolean(rows.visible[row]) !== layer2.hasLayer(shape)) {
          layer2[rows.visible[row] ? "addLayer" : "removeLayer"](shape);
        }
        restyle(shape, looks.classes[looks.codes[row]].look, rows.before && !rows.theme ? rows.head.classes[rows.before[row]].look : null);
      }
    }
  }
  function restyle(shape, look2, other) {
    if (shape.options.look === look2 && !other && !shape.options.other) {
      return;
    }
    shape.options.other = other;
    shape.options.look = look2;
    shape.options.weight = look2.weight;
    if (shape._renderer && shape._map) {
      shape.redraw();
    }
  }
  function restack(map2, layer2) {
    for (const other of all2(map2)) {
      if (other !== layer2 && map2.hasLayer(other) && "bringToFront" in other && other.landtrack.head.order > layer2.landtrack.head.order) {
        other.bringToFront();
      }
    }
    map2.fire("landtrack:restack");
  }
  function meets(shape, point) {
    const { look: look2, fill } = shape.options;
    if (fill && look2.fillOpacity === 0 && look2.hatch === "none") {
      return L.Polyline.prototype._containsPoint.call(shape, point, true);
    }
    return shape._containsPoint(point);
  }
  function rowsAt(layer2, position, map2) {
    const point = map2.latLngToLayerPoint(latLng(position));
    return [...new Set(drawnIn(layer2).filter((shape) => meets(shape, point)).map(({ feature: feature2 }) => feature2.properties.r))];
  }
  async function featuresAt(map2, latLng2) {
    const point = page(latLng2);
    const reach2 = TOLERANCE * metresPerPixel(map2);
    const shown2 = all2(map2).filter((layer2) => map2.hasLayer(layer2));
    const found5 = await Promise.all(shown2.map(async (layer2) => {
      const rows = await layer2.rowsAt(point, reach2, map2);
      return rows.map((row) => ({ kind: layer2.landtrack.kind, table: layer2.landtrack, row }));
    }));
    return found5.flat().reverse();
  }

  // geo/areas.js
  function along(edge2, others, point) {
    for (const other of others) {
      const foot = footOn(other[0], other[1], point);
      if (Math.hypot(foot[0] - point[0], foot[1] - point[1]) < 1e-6) {
        const dot = (edge2[1][0] - edge2[0][0]) * (other[1][0] - other[0][0]) + (edge2[1][1] - edge2[0][1]) * (other[1][1] - other[0][1]);
        return dot > 0 ? 1 : -1;
      }
    }
    return 0;
  }
  function bordersInside(own2, others, rings, shared2) {
    let twice = 0;
    for (const edge2 of own2) {
      const places3 = cuts(edge2, others);
      for (let at2 = 1; at2 < places3.length; at2 += 1) {
        const middle2 = pieceOf(edge2, (places3[at2 - 1] + places3[at2]) / 2);
        const side = along(edge2, others, middle2);
        if (side === 0 ? inside(rings, middle2) : shared2 && side > 0) {
          const [ax, ay] = pieceOf(edge2, places3[at2 - 1]);
          const [bx, by] = pieceOf(edge2, places3[at2]);
          twice += ax * by - bx * ay;
        }
      }
    }
    return twice / 2;
  }
  function oriented(rings) {
    return rings.map((ring, at2) => signedArea(ring) > 0 === (at2 === 0) ? ring : [...ring].reverse());
  }
  function sharedArea(one, other) {
    const [ox, oy] = one[0][0];
    const near = (rings) => oriented(moved2(rings, ox, oy));
    const [first, second] = [near(one), near(other)];
    const [own2, others] = [edges(first, true), edges(second, true)];
    return Math.max(0, bordersInside(own2, others, second, true) + bordersInside(others, own2, first, false));
  }
  function moved2(rings, ox, oy) {
    return rings.map((ring) => ring.map(([x, y]) => (
      /** @type {Point} */
      [x - ox, y - oy]
    )));
  }
  function edgesOf(areas) {
    const made = [];
    areas.forEach((rings, area) => {
      for (const ring of rings) {
        ring.forEach(([x, y], at2) => {
          const [u, v] = ring[(at2 + 1) % ring.length];
          if (y !== v) {
            made.push(y < v ? [x, y, u, v, area] : [u, v, x, y, area]);
          }
        });
      }
    });
    return made.sort((one, other) => one[1] - other[1]);
  }
  function heights(edges2) {
    const found5 = new Set(edges2.flatMap((edge2) => [edge2[1], edge2[3]]));
    for (let at2 = 0; at2 < edges2.length; at2 += 1) {
      const [ax, ay, bx, by] = edges2[at2];
      for (let next = at2 + 1; next < edges2.length && edges2[next][1] < by; next += 1) {
        const [cx, cy, dx, dy] = edges2[next];
        const cross = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
        if (cross !== 0) {
          const t = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / cross;
          const u = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / cross;
          if (t > 0 && t < 1 && u > 0 && u < 1) {
            found5.add(ay + t * (by - ay));
          }
        }
      }
    }
    return [...found5].sort((one, other) => one - other);
  }
  function covered(active, y) {
    const crossed2 = active.map(([ax, ay, bx, by, area]) => [ax + (y - ay) * (bx - ax) / (by - ay), area]).sort((one, other) => one[0] - other[0]);
    const open3 = /* @__PURE__ */ new Set();
    let sum = 0;
    let last = 0;
    for (const [x, area] of crossed2) {
      if (open3.has(0) && open3.size > 1) {
        sum += x - last;
      }
      open3[open3.has(area) ? "delete" : "add"](area);
      last = x;
    }
    return sum;
  }
  function groups(areas) {
    const boxes = areas.map((rings) => boxOf2(rings));
    const order3 = areas.map((_, at2) => at2).sort((one, other) => boxes[one][0] - boxes[other][0]);
    const head = areas.map((_, at2) => at2);
    const headOf = (at2) => {
      let own2 = at2;
      while (head[own2] !== own2) {
        head[own2] = head[head[own2]];
        own2 = head[own2];
      }
      return own2;
    };
    let open3 = [];
    for (const at2 of order3) {
      open3 = open3.filter((other) => boxes[other][2] >= boxes[at2][0]);
      for (const other of open3.filter((each2) => !apart(boxes[each2], boxes[at2]))) {
        head[headOf(other)] = headOf(at2);
      }
      open3.push(at2);
    }
    const found5 = /* @__PURE__ */ new Map();
    areas.forEach((rings, at2) => {
      const group2 = found5.get(headOf(at2)) ?? [];
      group2.push(rings);
      found5.set(headOf(at2), group2);
    });
    return [...found5.values()];
  }
  function unionArea(frame, areas) {
    const own2 = boxOf2(frame);
    const near = areas.filter((rings) => !apart(own2, boxOf2(rings)));
    return groups(near).reduce((sum, group2) => sum + groupArea(frame, group2), 0);
  }
  function groupArea(frame, areas) {
    const [ox, oy] = frame[0][0];
    const near = (rings) => moved2(rings, ox, oy);
    const [, south, , north2] = boxOf2(areas.flat().map((ring) => moved2([ring], ox, oy)[0]));
    const edges2 = edgesOf([near(frame), ...areas.map(near)]).filter(([, low, , high]) => low < north2 && high > south);
    const ys = heights(edges2);
    let sum = 0;
    let next = 0;
    let active = [];
    for (let at2 = 1; at2 < ys.length; at2 += 1) {
      const [low, high] = [ys[at2 - 1], ys[at2]];
      while (next < edges2.length && edges2[next][1] <= low) {
        active.push(edges2[next]);
        next += 1;
      }
      active = active.filter((edge2) => edge2[3] > low);
      sum += covered(active, (low + high) / 2) * (high - low);
    }
    return sum;
  }

  // layers/ground.js
  var MOST2 = 3e4;
  var kept = /* @__PURE__ */ new WeakMap();
  function of(table2) {
    const known3 = kept.get(table2) ?? /* @__PURE__ */ new Map();
    kept.set(table2, known3);
    if (known3.size > MOST2) {
      known3.clear();
    }
    return known3;
  }
  function moved3(pieces2) {
    return pieces2.flatMap(({ type, rings }) => {
      const own2 = ringsToPark(rings);
      return own2 ? [{ piece: { type, rings: own2 }, box: boxOf2(own2) }] : [];
    });
  }
  async function grounds(table2, rows) {
    const known3 = of(table2);
    const missing = rows.filter((row) => !known3.has(row));
    if (missing.length) {
      const shapes = await Promise.all(missing.map((row) => table2.layer.shapesOf(row)));
      missing.forEach((row, at2) => known3.set(row, moved3(shapes[at2])));
    }
    return rows.map((row) => known3.get(row) ?? []);
  }

  // layers/within.js
  var CM4 = 100;
  var SLIVER = 0.5;
  var NEARLY_ALL = 1.001;
  var SHORT = 0.05;
  function nothing() {
    return { area: 0, length: 0, count: 0, distance: Infinity, areas: [] };
  }
  function addPiece(told4, own2, { type, rings }) {
    if (type === 2) {
      told4.areas.push(rings);
    } else if (type === 1) {
      told4.length += own2.reduce((sum, area) => sum + rings.reduce((all3, line) => all3 + lengthInside(area, line), 0), 0);
    } else {
      told4.count += own2.some((area) => inside(area, rings[0][0])) ? 1 : 0;
    }
  }
  function gap(one, other) {
    return Math.hypot(
      Math.max(0, one[0] - other[2], other[0] - one[2]),
      Math.max(0, one[1] - other[3], other[1] - one[3])
    );
  }
  function addFeature(told4, own2, within, grounds2) {
    for (const { piece, box } of grounds2) {
      if (!apart(within, box)) {
        addPiece(told4, own2, piece);
      }
      if (gap(within, box) < told4.distance) {
        told4.distance = Math.min(told4.distance, ...own2.map((area) => nearest(area, [piece]).distance));
      }
    }
  }
  async function hits(table2, own2, box, far) {
    await table2.load();
    const wide = [box[0] - far * CM4, box[1] - far * CM4, box[2] + far * CM4, box[3] + far * CM4];
    const within = boxOf2(own2.flat());
    const found5 = /* @__PURE__ */ new Map();
    const rows = rowsIn(table2, wide);
    (await grounds(table2, rows)).forEach((each2, place) => {
      const at2 = table2.classes[rows[place]];
      const told4 = found5.get(at2) || nothing();
      addFeature(told4, own2, within, each2);
      found5.set(at2, told4);
    });
    for (const told4 of found5.values()) {
      told4.area = own2.reduce((sum, area) => sum + unionArea(area, told4.areas), 0);
    }
    return found5;
  }
  async function each(table2, own2, box) {
    await table2.load();
    const within = boxOf2(own2.flat());
    const rows = rowsIn(table2, box);
    const shapes = await grounds(table2, rows);
    const found5 = rows.flatMap((row, place) => {
      const areas = shapes[place].filter((ground2) => ground2.piece.type === 2 && !apart(within, ground2.box)).map(({ piece }) => piece.rings);
      const area = own2.reduce((sum, rings) => sum + unionArea(rings, areas), 0);
      return area > SLIVER ? [{ row, area }] : [];
    });
    return found5.sort((one, other) => other.area - one.area);
  }
  function together(found5, own2) {
    const areas = [...found5.values()].flatMap((told4) => told4.areas);
    return own2.reduce((sum, area) => sum + unionArea(area, areas), 0);
  }
  function areasOf(pieces2) {
    return pieces2.filter(({ type }) => type === 2).flatMap(({ rings }) => {
      const moved4 = ringsToPark(rings);
      return moved4 ? [moved4] : [];
    });
  }
  function isInside({ area, length: length2, count }) {
    return isArea2(area) || isLength(length2) || count > 0;
  }
  function partOf(area, whole2) {
    return area > whole2 && area < whole2 * NEARLY_ALL ? whole2 : area;
  }
  function isArea2(area) {
    return area > SLIVER;
  }
  function isLength(length2) {
    return length2 > SHORT;
  }

  // panels/parts.js
  var MARKS = { pass: "✓", fail: "✗", unknown: "?", stale: "↻", not_applicable: "–" };
  var COVERED = { hit: "●", clear: "○", no_coverage: "?" };
  function badge(code, text) {
    return element(
      "span",
      { class: `lt-badge lt-${code}` },
      element("span", { class: "lt-mark", "aria-hidden": "true", text: MARKS[code] }),
      text
    );
  }
  function section(key, ...children) {
    return element("section", { class: "lt-section", "data-block": key }, element("h3", { text: say(key) }), ...children);
  }
  function pairs(rows) {
    return element("dl", { class: "lt-pairs" }, ...rows.flatMap(([label, value2, beside3]) => [
      element("dt", { text: label }),
      element("dd", {}, value2, beside3 ? element("small", { class: "lt-written", text: beside3 }) : null)
    ]));
  }
  function quiet(key) {
    return element("p", { class: "lt-quiet", text: say(key) });
  }
  function chip(app2, { table: table2, row }) {
    const title = pick(table2.head.title);
    return button(
      { class: "lt-chip", title },
      () => app2.open(table2.kind, row),
      `${title} · ${table2.name(row) || table2.key(row)}`
    );
  }
  function here(app2, others) {
    return others.length ? element(
      "div",
      { class: "lt-here" },
      element("span", { text: say("card.here") }),
      ...others.map((each2) => chip(app2, each2))
    ) : null;
  }
  function heading(app2, { over: over2, title, under: under2, verdict, buttons, ways: ways2, beside: beside3 }) {
    return element(
      "header",
      { class: "lt-card-head" },
      element(
        "div",
        { class: "lt-card-top" },
        element("span", { class: "lt-plot-id", text: over2 }),
        verdict || null,
        button({ class: "lt-close", "aria-label": say("map.close"), title: say("map.close") }, app2.close, "×")
      ),
      element("h2", { tabindex: "-1", text: title }),
      under2 ? element("p", { class: "lt-company", text: under2 }) : null,
      buttons.length ? element("div", { class: "lt-card-buttons" }, ...buttons) : null,
      ways2 || null,
      beside3 || null
    );
  }
  function plain2(key, action) {
    return button({ class: "lt-plain", "data-do": key }, action, say(key));
  }
  function later(key, work) {
    const made = section(key, quiet("card.working"));
    work().then((contents) => made.replaceChildren(...given([made.firstChild, ...contents])));
    return made;
  }
  function measuredHere() {
    return element("p", { class: "lt-quiet", text: say("card.measured_here") });
  }
  function share(text, area, whole2) {
    return say("trial.area", { area: text, share: portion(partOf(area, whole2) / whole2) });
  }
  function hitsText({ area, length: length2, count }, whole2) {
    const parts2 = [];
    if (isArea2(area)) {
      parts2.push(share(amount(partOf(area, whole2), 0, "m2"), area, whole2));
    }
    if (isLength(length2)) {
      parts2.push(say("trial.length", { length: amount(length2, 1, "m") }));
    }
    if (count) {
      parts2.push(say("trial.inside", { count: figure(count, 0) }));
    }
    return parts2;
  }

  // panels/labels.js
  var URGENCY = { fail: 0, unknown: 1, stale: 1, pass: 2 };
  var MOST3 = 400;
  var OUTLINE = {
    stroke: "#111827",
    weight: 2,
    opacity: 1,
    fill: "#111827",
    fillOpacity: 0,
    radius: 9,
    symbol: "circle",
    dash: [],
    hatch: "none",
    casing: "#FFD43B",
    casingWeight: 7
  };
  function marker(table2, row, point, text) {
    const { code } = table2.classOf(row);
    const html = element(
      "div",
      { class: `lt-label lt-${code}` },
      element("b", { text: MARKS[code] }),
      text
    );
    const icon2 = L.divIcon({ className: "lt-label-anchor", html, iconSize: [0, 0] });
    return L.marker(latLng(point), { icon: icon2, interactive: false, keyboard: false });
  }
  function wanted(table2, row, perPixel) {
    const room = (table2.boxes[4 * row + 2] - table2.boxes[4 * row]) / 100 / perPixel;
    const text = table2.key(row);
    const width = 26 + 7.5 * text.length;
    if (room >= width) {
      return { row, text, half: width / 2 };
    }
    return table2.classOf(row).code !== "pass" && room >= 10 ? { row, text: "", half: 13 } : null;
  }
  function candidates(app2, table2) {
    const perPixel = metresPerPixel(app2.map);
    const urgency = (row) => URGENCY[table2.classOf(row).code];
    const rows = rowsIn(table2, boxOf(app2.map.getBounds())).filter((row) => table2.visible[row]);
    return given(rows.map((row) => wanted(table2, row, perPixel))).sort((one, other) => urgency(one.row) - urgency(other.row) || one.row - other.row).slice(0, MOST3);
  }
  function keeper(app2) {
    const { map: map2 } = app2;
    const group2 = L.layerGroup().addTo(map2);
    const points = /* @__PURE__ */ new Map();
    let run = 0;
    async function pointOf(table2, row) {
      if (!points.has(row)) {
        const areas = (await table2.layer.shapesOf(row)).filter(({ type }) => type === 2);
        areas.sort((one, other) => Math.abs(signedArea(other.rings[0])) - Math.abs(signedArea(one.rings[0])));
        points.set(row, areas.length ? interior(areas[0].rings) : null);
      }
      return points.get(row) ?? null;
    }
    return async function place() {
      const own2 = ++run;
      const table2 = app2.tables.get("plots");
      const shown2 = table2 && map2.hasLayer(table2.layer) ? candidates(app2, table2).map((each2) => ({ ...each2, table: table2 })) : [];
      const placed = await Promise.all(shown2.map(async (each2) => ({ ...each2, point: await pointOf(each2.table, each2.row) })));
      if (own2 !== run) {
        return;
      }
      const taken = [];
      group2.clearLayers();
      for (const { table: of2, row, text, half, point } of placed) {
        if (!point) {
          continue;
        }
        const at2 = map2.latLngToLayerPoint(latLng(point));
        const box = L.bounds(at2.subtract([half, 9]), at2.add([half, 9]));
        if (!taken.some((other) => other.overlaps(box))) {
          taken.push(box);
          group2.addLayer(marker(of2, row, point, text));
        }
      }
    };
  }
  function highlighter(map2) {
    const pane = "lt-highlight";
    paneOf(map2, pane, 580);
    const renderer = rendererFor(map2, pane);
    const options2 = { renderer, interactive: false, fill: false, look: OUTLINE, weight: 8, radius: OUTLINE.radius };
    let shown2 = L.layerGroup();
    return (pieces2) => {
      shown2.remove();
      shown2 = L.layerGroup(pieces2.map(({ type, rings }) => {
        const points = rings.map((ring) => ring.map(latLng));
        if (type === 0) {
          return L.circleMarker(points[0][0], options2);
        }
        return type === 2 ? L.polygon(points, options2) : L.polyline(points, options2);
      }));
      shown2.addTo(map2);
    };
  }

  // layers/filters.js
  var INVESTMENT = "fixed_investment_cny";
  var RULE = "rule.";
  var OVERDUE = "overdue";
  var BLOCKING = "blocking";
  var DUE = "clock_due";
  var LATE = [[0, "within"], [30, "to_30"], [90, "to_90"], [Infinity, "more"]];
  var OUTCOMES = ["", "pass", "fail", "unknown", "not_applicable"];
  var NONE = -1;
  var SEVERAL = -2;
  var known = /* @__PURE__ */ new WeakMap();
  var held = /* @__PURE__ */ new WeakMap();
  function dimensions(table2) {
    const lang2 = current();
    const looks = table2.head.classes.length;
    const last = known.get(table2);
    if (last && last.lang === lang2 && last.classes === table2.classes && last.looks === looks) {
      return last.dims;
    }
    const dims = table2.head.filters.map((name3) => name3 === "class" ? classes(table2) : dimension(table2, name3));
    known.set(table2, { lang: lang2, classes: table2.classes, looks, dims });
    return dims;
  }
  function classes(table2) {
    return {
      name: "class",
      label: classLabel(table2),
      codes: table2.classes,
      size: table2.head.classes.length,
      ids: table2.head.classes.map((each2) => each2.code),
      words: table2.head.classes.map((each2) => pick(each2.label) || say("card.whole"))
    };
  }
  function classLabel(table2) {
    const { columns } = table2.head;
    if (table2.kind === "plots") {
      return say("find.verdict");
    }
    const found5 = ["state", "medium", "voltage_kv", "class"].find((name3) => columns[name3]);
    return found5 ? pick(columns[found5].label) : say("find.class");
  }
  function dimension(table2, name3) {
    if (name3.startsWith(RULE)) {
      return ruled(table2, name3.slice(RULE.length));
    }
    if (name3 === OVERDUE) {
      return overdue(table2);
    }
    if (name3 === BLOCKING) {
      return blocking(table2);
    }
    const column = table2.head.columns[name3];
    const label = pick(column.label);
    if (column.type === "date") {
      return { name: name3, label: `${label} ${say("find.year")}`, ...years(table2, name3) };
    }
    const none = say("find.none");
    if (column.type === "said") {
      const words3 = pick(column.words).map((each2) => each2 || none);
      return { name: name3, label, codes: table2.columns[name3], size: words3.length, words: words3, ids: column.codes };
    }
    const text = table2.texts[name3];
    const words2 = [];
    for (let code = 0; code + 1 < text.starts.length; code += 1) {
      words2.push(text.text.slice(text.starts[code], text.starts[code + 1]));
    }
    return { name: name3, label, codes: text.rows, size: words2.length, words: words2.map((each2) => each2 || none), ids: words2 };
  }
  function ruled(table2, id) {
    const rule = table2.head.rules.find((each2) => each2.id === id);
    return {
      name: RULE + id,
      label: rule ? pick(rule.title) : id,
      codes: table2.rules[id].outcomes,
      size: OUTCOMES.length,
      ids: OUTCOMES,
      words: OUTCOMES.map((each2) => say(`outcome.${each2 || "not_judged"}`))
    };
  }
  function overdue(table2) {
    const today3 = today();
    const ids = ["", ...LATE.map(([, id]) => String(id))];
    const codes = Uint8Array.from({ length: table2.count }, (_, row) => {
      const day2 = table2.day(DUE, row);
      return day2 === null ? 0 : LATE.findIndex(([most]) => today3 - day2 <= Number(most)) + 1;
    });
    const words2 = ids.map((id) => say(`find.overdue_${id || "none"}`));
    return { name: OVERDUE, label: say("find.overdue"), codes, size: ids.length, ids, words: words2, steps: true, blank: words2[0] };
  }
  function blocking(table2) {
    const { starts: starts2 } = table2.pairs ?? { starts: new Int32Array(table2.count + 1) };
    const codes = Uint8Array.from({ length: table2.count }, (_, row) => starts2[row + 1] > starts2[row] && !table2.classOf(row).acquired ? 0 : 1);
    const ids = [BLOCKING, "free"];
    return { name: BLOCKING, label: say("find.blocking"), codes, size: ids.length, ids, words: ids.map((id) => say(`find.blocking_${id}`)) };
  }
  function years(table2, name3) {
    const codes = new Uint16Array(table2.count);
    const days2 = table2.columns[name3];
    const ids = [""];
    const ofDay = /* @__PURE__ */ new Map([[0, 0]]);
    for (let row = 0; row < table2.count; row += 1) {
      let code = ofDay.get(days2[row]);
      if (code === void 0) {
        const year = day(table2.day(name3, row) ?? 0).slice(0, 4);
        code = ids.indexOf(year);
        if (code < 0) {
          code = ids.push(year) - 1;
        }
        ofDay.set(days2[row], code);
      }
      codes[row] = code;
    }
    return { codes, size: ids.length, words: ids.map((each2) => each2 || say("find.none")), ids };
  }
  function apply(table2, dims, chosen) {
    const missed = new Int8Array(table2.count).fill(NONE);
    dims.forEach((dim, at2) => {
      const mask = maskOf(dim, chosen[dim.name]);
      if (mask) {
        leaveOut(missed, dim.codes, mask, at2);
      }
    });
    const { visible } = table2;
    for (let row = 0; row < missed.length; row += 1) {
      visible[row] = missed[row] === NONE ? 1 : 0;
    }
    return { counts: dims.map((dim, at2) => countsOf(dim, missed, at2)), total: totals(table2) };
  }
  function leaveOut(missed, codes, mask, at2) {
    for (let row = 0; row < missed.length; row += 1) {
      if (mask[codes[row]] === 0) {
        missed[row] = missed[row] === NONE ? at2 : SEVERAL;
      }
    }
  }
  function countsOf(dim, missed, at2) {
    const { codes, size: size2 } = dim;
    const counts2 = new Uint32Array(size2);
    for (let row = 0; row < missed.length; row += 1) {
      if (missed[row] === NONE || missed[row] === at2) {
        counts2[codes[row]] += 1;
      }
    }
    return counts2;
  }
  function wholes(table2) {
    const amounts = table2.head.amounts?.[INVESTMENT] || {};
    let rowsOf3 = held.get(table2);
    if (!rowsOf3) {
      rowsOf3 = new Map(Object.keys(amounts).map((id) => [id, []]));
      for (let row = 0; rowsOf3.size && row < table2.visible.length; row += 1) {
        rowsOf3.get(table2.text("project_id", row))?.push(row);
      }
      held.set(table2, rowsOf3);
    }
    return [...rowsOf3].map(([id, rows]) => ({ rows, amount: amounts[id] }));
  }
  function totals(table2) {
    const { size: size2, visible } = table2;
    const column = table2.head.columns[INVESTMENT];
    const invested = column?.type === "number" ? table2.columns[INVESTMENT] : null;
    const scale = 10 ** (column?.type === "number" ? column.decimals : 0);
    const whole2 = wholes(table2).filter(({ rows }) => rows.length && rows.every((row) => visible[row]));
    let count = 0;
    for (let row = 0; row < visible.length; row += 1) {
      count += visible[row];
    }
    const single = invested ? investedIn(invested, visible) : { investment: 0, known: 0 };
    return {
      count,
      decimals: column?.type === "number" ? column.decimals : 0,
      size: size2 ? sumOf(size2, visible) : 0,
      investment: whole2.reduce((sum, { amount: amount3 }) => sum + amount3 * scale, single.investment),
      known: whole2.reduce((sum, { rows }) => sum + rows.length, single.known)
    };
  }
  function investedIn(codes, visible) {
    let investment = 0;
    let known3 = 0;
    for (let row = 0; row < codes.length; row += 1) {
      if (visible[row] && codes[row]) {
        known3 += 1;
        investment += unfold(codes[row] - 1);
      }
    }
    return { investment, known: known3 };
  }
  function sumOf(sizes, visible) {
    let sum = 0;
    let lost = 0;
    for (let row = 0; row < sizes.length; row += 1) {
      const value2 = sizes[row];
      if (visible[row] && !Number.isNaN(value2)) {
        const next = sum + value2;
        lost += Math.abs(sum) >= Math.abs(value2) ? sum - next + value2 : value2 - next + sum;
        sum = next;
      }
    }
    return sum + lost;
  }
  function maskOf(dim, ids) {
    if (!ids?.size) {
      return null;
    }
    const mask = new Uint8Array(dim.size);
    dim.ids.forEach((id, code) => {
      mask[code] = ids.has(id) ? 1 : 0;
    });
    return mask;
  }
  var SUMMED = { area_m2: ["find.area", "m2"], length_m: ["find.length", "m"] };

  // layers/themes.js
  var STEPS = 5;
  var WORKED_OUT = /* @__PURE__ */ new Set([OVERDUE, BLOCKING]);
  var KINDS = /* @__PURE__ */ new Set(["plots", "parcels"]);
  function offered(table2) {
    if (!KINDS.has(table2.kind)) {
      return [];
    }
    const { head } = table2;
    const listed = head.filters.filter((name3) => WORKED_OUT.has(name3) || head.columns[name3] && head.columns[name3].type !== "date");
    return [
      ...listed.map((name3) => (
        /** @type {[string, string]} */
        [name3, WORKED_OUT.has(name3) ? say(`find.${name3}`) : pick(head.columns[name3].label)]
      )),
      ...head.rules.filter(({ id }) => isNumeric(table2, id)).map(({ id, title }) => (
        /** @type {[string, string]} */
        [RULE + id, pick(title)]
      ))
    ];
  }
  function isNumeric(table2, id) {
    return Boolean(table2.rules[id]?.values.some((code) => code > 0));
  }
  function look(base, fill, known3) {
    return {
      ...base,
      stroke: known3 ? "#3A3F45" : "#8C8C8C",
      weight: 1.2,
      fill,
      fillOpacity: known3 ? 0.85 : 0.5,
      hatch: known3 ? "none" : "dots",
      dash: known3 ? [] : [2, 3],
      casing: null,
      casingWeight: 0
    };
  }
  function entry(table2, code, label, fill, known3 = true) {
    const [base] = table2.head.classes;
    return { ...base, code, label: { [current()]: label }, count: 0, corridor: null, look: look(base.look, fill, known3) };
  }
  function counted(theme2) {
    for (const code of theme2.codes) {
      theme2.classes[code].count += 1;
    }
    return theme2;
  }
  function theme(table2, id, palette) {
    if (!offered(table2).some(([each2]) => each2 === id)) {
      return null;
    }
    return counted(id.startsWith(RULE) ? byIndex(table2, id.slice(RULE.length), palette) : byValue(table2, id, palette));
  }
  function byValue(table2, name3, palette) {
    const dim = dimensions(table2).find((each2) => each2.name === name3);
    const { codes, ids, words: words2, steps: steps3, blank } = dim ?? { codes: [], ids: [], words: [] };
    const counts2 = new Uint32Array(ids.length);
    for (let row = 0; row < table2.count; row += 1) {
      counts2[codes[row]] += 1;
    }
    const order3 = [...ids.keys()].filter((code) => ids[code] && (steps3 || counts2[code])).sort((one, other) => (steps3 ? 0 : counts2[other] - counts2[one]) || one - other);
    const own2 = steps3 ? order3 : order3.slice(0, palette.categories.length);
    const colours = steps3 ? spread(palette.sequence, own2.length) : palette.categories;
    const classes2 = own2.map((code, at2) => entry(table2, ids[code], words2[code], colours[at2]));
    const others = order3.length > own2.length ? classes2.push(entry(table2, "others", say("map.theme_others"), palette.others)) - 1 : 0;
    const none = classes2.push(entry(table2, "", blank ?? say("map.theme_not_known"), palette.unknown, false)) - 1;
    const place = ids.map((each2, code) => own2.includes(code) ? own2.indexOf(code) : each2 ? others : none);
    return { id: name3, codes: Uint16Array.from({ length: table2.count }, (_, row) => place[codes[row]]), classes: classes2, method: order3.length > own2.length ? say("map.theme_most", { count: own2.length }) : "" };
  }
  function spread(sequence, count) {
    return Array.from({ length: count }, (_, at2) => sequence[count < 2 ? 0 : Math.round(at2 * (sequence.length - 1) / (count - 1))]);
  }
  function quantiles(sorted, steps3) {
    const ends = Array.from({ length: steps3 }, (_, at2) => sorted[Math.ceil((at2 + 1) * sorted.length / steps3) - 1]);
    return [...new Set(ends)];
  }
  function byIndex(table2, id, palette) {
    const { decimals, unit } = table2.head.rules.find((each2) => each2.id === id) ?? { decimals: 0, unit: {} };
    const { values: values2, outcomes } = table2.rules[id];
    const known3 = [...values2].filter((code) => code > 0).map((code) => unfold(code - 1)).sort((one, other) => one - other);
    const ends = quantiles(known3, STEPS);
    const said4 = pick(unit);
    const shown2 = (number2) => figure(number2, decimals);
    const colours = spread(palette.sequence, ends.length);
    const classes2 = ends.map((end, at2) => {
      const from = at2 ? known3.find((each2) => each2 > ends[at2 - 1]) ?? end : known3[0];
      const range = from === end ? shown2(end) : `${shown2(from)} – ${shown2(end)}`;
      return entry(table2, String(at2), `${range}${said4 === "%" ? "%" : said4 && ` ${said4}`}`, colours[at2]);
    });
    const none = classes2.push(entry(table2, "", say("map.theme_not_known"), palette.unknown, false)) - 1;
    const out = classes2.push(entry(table2, "not_applicable", say("outcome.not_applicable"), palette.others, false)) - 1;
    const codes = Uint16Array.from(values2, (code, row) => {
      if (!code) {
        return outcomes[row] === 4 ? out : none;
      }
      const value2 = unfold(code - 1);
      return ends.findIndex((end) => value2 <= end);
    });
    return { id: RULE + id, codes, classes: classes2, method: say("map.theme_quantiles", { classes: ends.length, count: figure(known3.length, 0) }) };
  }

  // panels/swipe.js
  var STEP = 24;
  function divider(app2, day2, redraw) {
    const { map: map2 } = app2;
    const right = element("output", { class: "lt-swipe-right" });
    const made = element("div", {
      class: "lt-swipe",
      role: "slider",
      tabindex: "0",
      "aria-label": say("map.swipe_label", { day: day2 }),
      "aria-valuemin": 0,
      "aria-valuemax": 100
    }, element("output", { class: "lt-swipe-left", text: day2 }), right, element("span", { class: "lt-swipe-grip", "aria-hidden": "true", text: "⇔" }));
    function place(x) {
      const width = map2.getSize().x;
      map2.landtrackSplit = Math.max(0, Math.min(width, x));
      made.style.left = `${map2.landtrackSplit}px`;
      made.setAttribute("aria-valuenow", String(Math.round(map2.landtrackSplit / width * 100)));
    }
    const tell3 = () => {
      right.textContent = app2.asOf === void 0 ? say("map.as_stated") : day(app2.asOf);
    };
    const moved4 = (x) => {
      place(x);
      redraw();
    };
    const drag = (event) => moved4(event.clientX - map2.getContainer().getBoundingClientRect().left);
    made.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      made.setPointerCapture(event.pointerId);
      made.addEventListener("pointermove", drag);
    });
    made.addEventListener("pointerup", (event) => {
      made.removeEventListener("pointermove", drag);
      drag(event);
    });
    made.addEventListener("keydown", (event) => {
      const way = event.key === "ArrowLeft" ? -STEP : event.key === "ArrowRight" ? STEP : 0;
      if (way) {
        event.preventDefault();
        moved4((map2.landtrackSplit ?? 0) + way);
      }
    });
    map2.on("landtrack:asof", tell3);
    tell3();
    map2.getContainer().parentElement?.append(made);
    const { paddingTopLeft: [left], paddingBottomRight: [free2] } = app2.margins();
    place((left + map2.getSize().x - free2) / 2);
    return {
      remove() {
        map2.off("landtrack:asof", tell3);
        delete map2.landtrackSplit;
        made.remove();
      }
    };
  }

  // panels/times.js
  var UNRECORDED = {
    code: "not_recorded",
    count: 0,
    shape: "polygon",
    acquired: false,
    look: {
      stroke: "#8C8C8C",
      weight: 1,
      opacity: 1,
      fill: "#FFFFFF",
      fillOpacity: 0.4,
      radius: 4,
      symbol: "circle",
      dash: [2, 3],
      hatch: "none",
      casing: "",
      casingWeight: 0
    }
  };
  function historic(app2) {
    return [...app2.tables.values()].filter((table2) => table2.history && !table2.head.cards && days(table2).length > 1).sort((one, other) => Number(other.head.history?.drawn) - Number(one.head.history?.drawn));
  }
  function days(table2) {
    if (!table2.changed) {
      const known3 = [...table2.history?.days ?? []].filter((each2) => each2 > 0).map((each2) => unfold(each2 - 1));
      table2.changed = [...new Set(known3)].sort((one, other) => one - other);
    }
    return table2.changed;
  }
  function allDays(tables) {
    return [...new Set(tables.flatMap(days))].sort((one, other) => one - other);
  }
  function unrecorded(app2, table2) {
    const { classes: classes2 } = table2.head;
    const at2 = classes2.findIndex((each2) => each2.code === UNRECORDED.code);
    if (at2 >= 0) {
      return at2;
    }
    const label = Object.fromEntries(app2.page.langs.map((lang2) => [lang2, app2.page.words[lang2]["map.not_recorded"]]));
    classes2.push({ ...UNRECORDED, label });
    return classes2.length - 1;
  }
  function show(app2, day2) {
    app2.asOf = day2 === null ? void 0 : day2;
    for (const table2 of historic(app2)) {
      table2.classes = day2 === null ? table2.stated : table2.classesOn(day2, unrecorded(app2, table2));
      table2.asOf = day2 === null ? void 0 : day2;
      app2.refilter(table2);
    }
    app2.map.fire("landtrack:asof", { day: day2 });
  }
  function divide(app2, day2) {
    const tables = historic(app2);
    app2.swipe?.remove();
    app2.swipe = day2 === null ? null : { day: day2, ...divider(app2, day(day2), () => tables.forEach((table2) => table2.layer.refresh())) };
    for (const table2 of tables) {
      table2.before = day2 === null ? null : table2.classesOn(day2, unrecorded(app2, table2));
      table2.layer.refresh();
    }
    app2.map.fire("landtrack:divide");
  }
  function lastUpTo(changes, day2) {
    return changes.filter((each2) => each2 <= day2).at(-1) ?? changes[0];
  }
  function panel(app2) {
    const tables = historic(app2);
    if (!tables.length) {
      return null;
    }
    const changes = allDays(tables);
    const told4 = element("output", { class: "lt-day", for: "lt-time" });
    const range = element("input", {
      type: "range",
      id: "lt-time",
      min: 0,
      max: changes.length,
      step: 1,
      value: changes.length,
      "aria-label": say("map.time")
    });
    const other = select(
      { id: "lt-other-day" },
      changes.map((day2) => [String(day2), day(day2)]),
      String(app2.swipe ? lastUpTo(changes, app2.swipe.day) : changes[0]),
      (day2) => {
        if (app2.swipe) {
          app2.divide(Number(day2));
        }
      }
    );
    let before = null;
    const toggle = button({ class: "lt-plain", id: "lt-toggle-day", "aria-pressed": "false" }, () => {
      const swapped = before === null;
      if (before === null) {
        before = { day: app2.asOf === void 0 ? null : app2.asOf };
        app2.showDay(Number(other.value));
      } else {
        const { day: day2 } = before;
        app2.showDay(day2);
        before = null;
      }
      toggle.setAttribute("aria-pressed", String(swapped));
    }, say("map.toggle_day"));
    const wiper = button({ class: "lt-plain", id: "lt-swipe-day", "aria-pressed": String(Boolean(app2.swipe)) }, () => app2.divide(app2.swipe ? null : Number(other.value)), say("map.swipe_day"));
    function tellDivided() {
      wiper.setAttribute("aria-pressed", String(Boolean(app2.swipe)));
      if (app2.swipe) {
        other.value = String(lastUpTo(changes, app2.swipe.day));
      }
    }
    function tell3() {
      const shown2 = app2.asOf;
      range.value = String(shown2 === void 0 ? changes.length : changes.filter((day2) => day2 <= shown2).length - 1);
      const text = shown2 === void 0 ? say("map.as_stated") : day(shown2);
      told4.textContent = text;
      range.setAttribute("aria-valuetext", text);
    }
    range.addEventListener("input", () => {
      before = null;
      toggle.setAttribute("aria-pressed", "false");
      app2.showDay(Number(range.value) === changes.length ? null : changes[Number(range.value)]);
    });
    app2.onUi("landtrack:asof", tell3);
    app2.onUi("landtrack:divide", tellDivided);
    tell3();
    return element(
      "section",
      { class: "lt-time" },
      element("label", { for: "lt-time", text: say("map.time") }),
      told4,
      range,
      element(
        "div",
        { class: "lt-two-days" },
        element("label", { for: "lt-other-day", text: say("map.other_day") }),
        other,
        toggle,
        wiper
      )
    );
  }

  // panels/legend.js
  function classRow(each2, count) {
    return element(
      "li",
      { class: "lt-class" },
      swatch(each2.shape, each2.look),
      element("span", { class: "lt-class-name", text: pick(each2.label) }),
      element("span", { class: "lt-count", text: figure(count, 0) })
    );
  }
  function toggler(title, list2) {
    const made = button({
      class: "lt-fold",
      "aria-expanded": "true",
      "aria-label": say("legend.toggle", { name: title })
    }, () => {
      list2.hidden = !list2.hidden;
      made.setAttribute("aria-expanded", String(!list2.hidden));
    });
    return made;
  }
  function switchLayer(map2, kind, on) {
    const layer2 = all2(map2).find((each2) => each2.landtrack.kind === kind);
    if (!layer2) {
      return;
    }
    if (on) {
      layer2.addTo(map2);
      restack(map2, layer2);
    } else {
      layer2.remove();
    }
    map2.fire("landtrack:switch", { kind, on });
  }
  function follow(map2) {
    map2.on("overlayadd overlayremove", (event) => {
      const { type, layer: layer2 } = (
        /** @type {{type: string, layer: L.Layer | MapLayer}} */
        event
      );
      if (!("landtrack" in layer2)) {
        return;
      }
      const on = type === "overlayadd";
      if (on) {
        restack(map2, layer2);
      }
      map2.fire("landtrack:switch", { kind: layer2.landtrack.kind, on });
    });
  }
  function counted2(table2) {
    const counts2 = new Uint32Array(table2.head.classes.length);
    for (const code of table2.classes) {
      counts2[code] += 1;
    }
    return counts2;
  }
  function colouring(app2, table2) {
    const choices2 = offered(table2);
    if (!choices2.length) {
      return null;
    }
    const id = `lt-theme-${table2.kind}`;
    const own2 = classLabel(table2);
    const made = select({ id }, [["", own2], ...choices2], table2.theme?.id ?? "", (value2) => app2.colour(table2.kind, value2));
    app2.onUi("landtrack:theme", () => {
      made.value = table2.theme?.id ?? "";
    });
    return element("div", { class: "lt-kind lt-theme" }, element("label", { for: id, text: say("map.theme") }), made);
  }
  function layerRow(app2, table2) {
    const { map: map2 } = app2;
    const { head } = table2;
    const title = pick(head.title);
    const box = element("input", {
      type: "checkbox",
      id: `lt-show-${head.kind}`,
      checked: head.count > 0 && map2.hasLayer(table2.layer),
      disabled: head.count === 0
    });
    box.addEventListener("change", () => switchLayer(map2, head.kind, box.checked));
    app2.onUi("landtrack:switch", () => {
      box.checked = head.count > 0 && map2.hasLayer(table2.layer);
    });
    const divided = head.classes.some((each2) => pick(each2.label));
    const top = element(
      "div",
      { class: "lt-layer-head" },
      box,
      divided ? null : swatch(head.classes[0].shape, head.classes[0].look),
      element("label", { for: box.id, class: "lt-layer-name", text: title }),
      element("span", { class: "lt-count", text: head.count ? figure(head.count, 0) : say("map.no_features") })
    );
    const row = element("div", { class: "lt-layer", "data-kind": head.kind }, top);
    if (divided && head.count) {
      const list2 = element("ul", { class: "lt-classes" });
      const method = element("p", { class: "lt-quiet lt-method" });
      const fill = () => {
        const { theme: theme2 } = table2;
        method.textContent = theme2?.method ?? "";
        if (theme2) {
          list2.replaceChildren(...theme2.classes.filter(({ count }) => count).map((each2) => classRow(each2, each2.count)));
          return;
        }
        const counts2 = table2.asOf === void 0 ? head.classes.map((each2) => each2.count) : counted2(table2);
        list2.replaceChildren(...head.classes.map((each2, at2) => ({ each: each2, count: counts2[at2] })).filter(({ each: each2, count }) => count || each2.count || head.kind === "plots").map(({ each: each2, count }) => classRow(each2, count)));
      };
      fill();
      app2.onUi("landtrack:asof", fill);
      app2.onUi("landtrack:live", fill);
      app2.onUi("landtrack:theme", fill);
      top.append(toggler(title, list2));
      row.append(...given([colouring(app2, table2)]), list2, method);
    }
    return row;
  }
  function group(app2, { title, kinds }) {
    return element(
      "section",
      { class: "lt-group" },
      element("h3", { text: pick(title) }),
      ...kinds.map((kind) => layerRow(app2, tableOf(app2, kind)))
    );
  }
  function basemaps(app2) {
    const offered3 = app2.page.basemaps;
    if (!offered3.length) {
      return null;
    }
    const choices2 = offered3.map((each2, at2) => [String(at2), pick(each2.title)]);
    const choice = select(
      { id: "lt-basemap" },
      [["", say("map.no_basemap")], ...choices2],
      app2.basemap === null ? "" : String(app2.basemap),
      (at2) => app2.showBasemap(at2 === "" ? null : Number(at2))
    );
    return element(
      "div",
      { class: "lt-kind lt-basemap" },
      element("label", { for: "lt-basemap", text: say("map.basemap") }),
      choice,
      element("p", { class: "lt-quiet", text: say("map.basemap_loads") })
    );
  }
  function panel2(app2) {
    const slider = element("div");
    const fill = () => slider.replaceChildren(...given([panel(app2)]));
    fill();
    app2.onUi("landtrack:live", fill);
    return element(
      "div",
      { class: "lt-legend", id: "lt-tab-legend", role: "tabpanel" },
      element("h2", { text: say("map.heading") }),
      basemaps(app2),
      slider,
      ...app2.page.groups.map((each2) => group(app2, each2))
    );
  }

  // panels/share.js
  function show2(app2) {
    const { view } = app2.parts(true);
    const text = write(app2.parts(false));
    try {
      history.replaceState({ view }, "", text ? `#${text}` : location.pathname + location.search);
    } catch {
      location.hash = text;
    }
  }
  async function copy(app2) {
    const address2 = `${location.href.split("#")[0]}#${write(app2.parts(true))}`;
    try {
      await navigator.clipboard.writeText(address2);
    } catch {
      copyByHand(address2);
    }
    app2.say(say("tool.copied"));
    return address2;
  }
  function copyByHand(text) {
    const area = element("textarea", { class: "lt-copy", readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  // core/keeping.js
  var MOST4 = 200;
  var LONGEST_NAME = 80;
  var ChangedError = class extends Failure {
    /** @param {string} name @param {KeptTrial | null} theirs */
    constructor(name3, theirs) {
      super(`${name3}: changed meanwhile`, "trial.changed", { name: name3 });
      this.theirs = theirs;
    }
  };
  function cleanName(text) {
    const seen2 = text.normalize("NFC").replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "").trim();
    return [...seen2].slice(0, LONGEST_NAME).join("").trim();
  }
  function isTexts(value2) {
    return typeof value2 === "object" && value2 !== null && Object.values(value2).every((each2) => typeof each2 === "string");
  }
  function isKept(each2) {
    return typeof each2 === "object" && each2 !== null && [each2.name, each2.day, each2.crs, each2.mark].every((text) => typeof text === "string" && text !== "") && isTexts(each2.figures) && isTexts(each2.chosen) && Array.isArray(each2.ring) && each2.ring.length > 2 && each2.ring.every((point) => Array.isArray(point) && point.length === 2 && point.every(Number.isFinite));
  }
  function fresh() {
    return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  var BrowserKeeper = class {
    /** @param {() => Storage} storage may refuse @param {string} key under which they lie */
    constructor(storage, key) {
      this.storage = storage;
      this.key = key;
      this.where = this.usable() ? (
        /** @type {const} */
        "browser"
      ) : (
        /** @type {const} */
        "nowhere"
      );
    }
    /** Whether this browser keeps anything for this page: one from the disk it may refuse. */
    usable() {
      try {
        const own2 = this.storage();
        own2.setItem(`${this.key}:try`, "1");
        own2.removeItem(`${this.key}:try`);
        return true;
      } catch {
        return false;
      }
    }
    /** @returns {KeptTrial[]} */
    read() {
      try {
        const held2 = JSON.parse(this.storage().getItem(this.key) ?? "[]");
        return Array.isArray(held2) ? held2.filter(isKept) : [];
      } catch {
        return [];
      }
    }
    /** @param {KeptTrial[]} trials */
    write(trials) {
      if (trials.length > MOST4) {
        throw new Failure("too many trial plots", "trial.too_many", { most: MOST4 });
      }
      try {
        this.storage().setItem(this.key, JSON.stringify(trials));
      } catch (error) {
        throw new Failure("the browser keeps no more", this.where === "nowhere" ? "trial.nowhere" : "trial.full", {}, error);
      }
    }
    /** What is there, where it is what was seen. @param {KeptTrial[]} all @param {string} name @param {string} seen */
    insist(all3, name3, seen2) {
      const theirs = all3.find((each2) => each2.name === name3) ?? null;
      if ((theirs?.mark ?? "") !== seen2) {
        throw new ChangedError(name3, theirs);
      }
    }
    /** @returns {Promise<KeptTrial[]>} */
    async list() {
      return this.read().sort((one, other) => one.name.localeCompare(other.name));
    }
    /** @param {Trials["new"]} trial @param {string} seen @returns {Promise<KeptTrial>} */
    async keep(trial, seen2) {
      const all3 = this.read();
      this.insist(all3, trial.name, seen2);
      const kept2 = { ...trial, mark: fresh() };
      this.write([...all3.filter(({ name: name3 }) => name3 !== trial.name), kept2]);
      return kept2;
    }
    /** @param {string} name @param {string} to @param {string} seen @returns {Promise<KeptTrial>} */
    async rename(name3, to, seen2) {
      const all3 = this.read();
      this.insist(all3, name3, seen2);
      const own2 = all3.find((each2) => each2.name === name3);
      if (!own2 || all3.some((each2) => each2.name === to)) {
        throw new Failure(`${to} is there`, "trial.name_taken", { name: to });
      }
      const kept2 = { ...own2, name: to, mark: fresh() };
      this.write([...all3.filter((each2) => each2 !== own2), kept2]);
      return kept2;
    }
    /** @param {string} name @param {string} seen */
    async remove(name3, seen2) {
      const all3 = this.read();
      this.insist(all3, name3, seen2);
      this.write(all3.filter((each2) => each2.name !== name3));
    }
  };
  var PlaceKeeper = class {
    /** @param {string} place its address in the desk @param {typeof fetch} [get] */
    constructor(place, get = (...asked2) => fetch(...asked2)) {
      this.place = place;
      this.address = `${place}/trials`;
      this.get = get;
      this.where = /** @type {const} */
      "place";
    }
    /**
     * What the desk answers.
     * @template {keyof Trials["answers"]} T
     * @param {T} what @param {Trials["asked"][T]} [asked]
     * @returns {Promise<Trials["answers"][T]>}
     */
    async ask(what, asked2) {
      const how = asked2 === void 0 ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked2) };
      const [answer, said4] = await this.answered(what === "list" ? this.address : `${this.address}/${what}`, how);
      if (answer.ok) {
        return said4;
      }
      if ("theirs" in said4) {
        throw new ChangedError(said4.name, said4.theirs);
      }
      throw new Failure(said4.cause, "trial.refused", said4);
    }
    /** @param {string} address @param {RequestInit} how */
    async answered(address2, how) {
      try {
        const answer = await this.get(address2, how);
        return (
          /** @type {const} */
          [answer, await answer.json()]
        );
      } catch (error) {
        throw new Failure("the desk does not answer", "trial.no_desk", {}, error);
      }
    }
    /** @returns {Promise<KeptTrial[]>} */
    list() {
      return this.ask("list");
    }
    /** @param {Trials["new"]} trial @param {string} seen @returns {Promise<KeptTrial>} */
    keep(trial, seen2) {
      return this.ask("keep", { trial, seen: seen2 });
    }
    /** @param {string} name @param {string} to @param {string} seen @returns {Promise<KeptTrial>} */
    rename(name3, to, seen2) {
      return this.ask("rename", { name: name3, to, seen: seen2 });
    }
    /** @param {string} name @param {string} seen */
    async remove(name3, seen2) {
      await this.ask("remove", { name: name3, seen: seen2 });
    }
    // --- files ------------------------------------------------------------------------------------
    /** Has the outlines of a file read. @param {File} file @param {string} crs where it does not say @returns {Promise<number>} the job */
    async bring(file, crs) {
      const body = new FormData();
      body.append("crs", crs);
      body.append("files", file);
      const [answer, said4] = await this.answered(`${this.address}/bring`, { method: "POST", body });
      if (!answer.ok) {
        throw new Failure(said4.cause, "trial.refused", said4);
      }
      return said4.job;
    }
    /** @param {number} job @returns {Promise<Brought>} */
    async brought(job) {
      const [, said4] = await this.answered(`${this.address}/brought/${job}`, {});
      return said4;
    }
    /** Puts a file among those of the place, by the door of all that are brought. @param {string} name @param {string} text */
    async put(name3, text) {
      const body = new FormData();
      body.append("files", new File([text], name3, { type: "application/geo+json" }));
      const answer = await this.get(`${this.place}/files`, { method: "POST", body }).catch((error) => {
        throw new Failure("the desk does not answer", "trial.no_desk", {}, error);
      });
      if (!answer.ok) {
        const why2 = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector('[role="alert"]');
        throw new Failure(`${name3} is refused`, "trial.refused", { cause: why2?.textContent?.replace(/\s+/g, " ").trim() ?? "", mend: "" });
      }
    }
  };

  // core/visits.js
  var MOST5 = 200;
  var MOST_PICTURES = 300;
  var MOST_SIGNS = 56e6;
  var [BASE, STORE] = ["landtrack-visits", "notes"];
  function asked(request) {
    return new Promise((done, fail) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
  }
  var BrowserShelf = class {
    /** @param {() => IDBFactory} factory may refuse */
    constructor(factory) {
      this.factory = factory;
    }
    /** @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} work */
    async within(mode, work) {
      const opening = this.factory().open(BASE, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
      const base = await asked(opening);
      try {
        const turn = base.transaction(STORE, mode);
        const ended = new Promise((done, fail) => {
          turn.oncomplete = done;
          turn.onabort = () => fail(turn.error);
        });
        const found5 = await asked(work(turn.objectStore(STORE)));
        await ended;
        return found5;
      } finally {
        base.close();
      }
    }
    /** @returns {Promise<Sighting[]>} */
    list() {
      return this.within("readonly", (store) => store.getAll());
    }
    /** @param {Sighting} sighting */
    async put(sighting) {
      await this.within("readwrite", (store) => store.put(sighting));
    }
    /** @param {string} id */
    async drop(id) {
      await this.within("readwrite", (store) => store.delete(id));
    }
  };
  var PageShelf = class {
    /** @type {Map<string, Sighting>} */
    held = /* @__PURE__ */ new Map();
    async list() {
      return [...this.held.values()];
    }
    /** @param {Sighting} sighting */
    async put(sighting) {
      this.held.set(sighting.id, sighting);
    }
    /** @param {string} id */
    async drop(id) {
      this.held.delete(id);
    }
  };
  function fresh2() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  function fileOf2(place, sightings) {
    const notes = sightings.map(({ place: _, saved: __, order: ___, ...own2 }) => own2);
    return JSON.stringify({ format: "landtrack-visit", version: 1, place, notes });
  }
  function nameOf(at2) {
    return `visit-${at2.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}.json`;
  }
  function isKept2(each2) {
    return typeof each2 === "object" && each2 !== null && [each2.id, each2.place, each2.at, each2.text, each2.by, each2.layer, each2.key].every((text) => typeof text === "string") && Array.isArray(each2.pictures);
  }
  var Visits = class {
    /** @param {Shelf} shelf @param {string} place its id @param {() => void} changed called whenever others wait */
    constructor(shelf, place, changed) {
      this.shelf = shelf;
      this.place = place;
      this.changed = changed;
      this.where = /** @type {"browser" | "nowhere"} */
      "browser";
      this.all = [];
      this.ready = this.begin();
      this.handed = Promise.resolve();
    }
    async begin() {
      try {
        await this.read();
      } catch {
        this.where = "nowhere";
        this.shelf = new PageShelf();
      }
    }
    /** Reads what waits: another window may have written, too. */
    async read() {
      const held2 = await this.shelf.list();
      this.all = held2.filter((each2) => isKept2(each2) && each2.place === this.place).sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
      this.changed();
    }
    /** @param {Omit<Sighting, "id" | "place" | "at" | "saved" | "order">} written */
    async keep(written) {
      await this.ready;
      const all3 = [...this.all, written];
      const pictures = all3.flatMap((each2) => each2.pictures);
      if (all3.length > MOST5 || pictures.length > MOST_PICTURES || pictures.reduce((sum, each2) => sum + each2.length, 0) > MOST_SIGNS) {
        throw new Failure("too much waits", "visit.too_many", {});
      }
      try {
        await this.shelf.put({ ...written, id: fresh2(), place: this.place, at: `${(/* @__PURE__ */ new Date()).toISOString().slice(0, 19)}Z`, saved: false, order: Math.max(Date.now(), 1 + (this.all.at(-1)?.order ?? 0)) });
      } catch (error) {
        throw new Failure("the browser keeps no more", "visit.full", {}, error);
      }
      await this.read();
    }
    /** @param {string[]} ids */
    async drop(ids) {
      for (const id of ids) {
        await this.shelf.drop(id);
      }
      await this.read();
    }
    /** All that waits as a file; they stay, and it is remembered of each. */
    async save() {
      await this.ready;
      const text = fileOf2(this.place, this.all);
      for (const each2 of this.all) {
        await this.shelf.put({ ...each2, saved: true });
      }
      await this.read();
      return text;
    }
    /** Hands on what waits, once for whoever asks meanwhile; what was taken is not kept any more. @param {(text: string) => Promise<string[]>} take gives the ids that were taken */
    handOn(take) {
      const own2 = this.handed.catch(() => {
      }).then(() => this.handOnOnce(take));
      this.handed = own2;
      own2.catch(() => {
      });
      return own2;
    }
    /** @param {(text: string) => Promise<string[]>} take */
    async handOnOnce(take) {
      await this.ready;
      if (this.all.length) {
        await this.drop(await take(fileOf2(this.place, this.all)));
      }
    }
  };

  // layers/near.js
  var CM5 = 100;
  var LEAST = 0.01;
  var FIRST_REACH = 200;
  var LAST_REACH = 6e4;
  function around(box, metres) {
    return [box[0] - metres * CM5, box[1] - metres * CM5, box[2] + metres * CM5, box[3] + metres * CM5];
  }
  async function piecesNear(table2, box, metres, wanted3) {
    const rows = rowsIn(table2, around(box, metres)).filter(wanted3);
    return Promise.all(rows.map(async (row) => ({ row, pieces: await table2.layer.shapesOf(row) })));
  }
  function ground(rings) {
    return ringsToPark(rings) || rings;
  }
  function grounded(pieces2) {
    return pieces2.map(({ type, rings }) => ({ type, rings: ground(rings) }));
  }
  async function nearest2(table2, plot2, box, wanted3) {
    const own2 = ground(plot2.flatMap((piece) => piece.rings));
    for (let reach2 = FIRST_REACH; reach2 <= LAST_REACH; reach2 *= 3) {
      let best = null;
      for (const { row, pieces: pieces2 } of await piecesNear(table2, box, reach2, wanted3)) {
        const { distance, from, to } = nearest(own2, grounded(pieces2));
        if (from && to && (!best || distance < best.distance)) {
          best = { distance, from, to, row, pieces: pieces2 };
        }
      }
      if (best && best.distance <= reach2) {
        return best;
      }
    }
    return null;
  }
  function claimedTwice(near) {
    const areas = near.map(({ pieces: pieces2 }) => pieces2.filter(({ type }) => type === 2));
    const pairs2 = [];
    areas.forEach((one, at2) => areas.slice(at2 + 1).forEach((other) => {
      const shared2 = areasOf(one).some((own2) => areasOf(other).some((its) => sharedArea(own2, its) > LEAST));
      if (shared2) {
        pairs2.push([one, other]);
      }
    }));
    return pairs2;
  }
  async function corridors(table2, plot2, box) {
    if (!table2.head.corridors) {
      return [];
    }
    await table2.loadTexts();
    const { unknownWithin, gone } = table2.head.corridors;
    const widest = Math.max(unknownWithin, ...table2.head.classes.map(({ corridor: corridor3 }) => corridor3 ? corridor3.clear + (corridor3.axis || 0) : 0));
    const own2 = ground(plot2.flatMap((piece) => piece.rings));
    const near = await piecesNear(table2, box, 2 * widest, (row) => !gone.includes(table2.code("state", row)));
    return near.map(({ row, pieces: pieces2 }) => {
      const corridor3 = table2.classOf(row).corridor;
      const { distance } = nearest(own2, grounded(pieces2));
      return {
        pieces: pieces2,
        distance,
        at: table2.classes[row],
        key: table2.key(row),
        axis: corridor3 ? corridor3.axis : null,
        wide: corridor3 ? corridor3.clear + (corridor3.axis || 0) : null
      };
    }).filter(({ wide, distance }) => distance <= (wide === null ? unknownWithin : wide));
  }

  // layers/judge.js
  var CM6 = 100;
  var COMPARE = {
    ">=": (value2, limit) => value2 >= limit,
    ">": (value2, limit) => value2 > limit,
    "<=": (value2, limit) => value2 <= limit,
    "<": (value2, limit) => value2 < limit,
    "==": (value2, limit) => value2 === limit
  };
  var FAR2 = 500;
  var OCCUPIED = ["plots", "parcels", "farmland"];
  var PageJudge = class {
    /** @param {Page} page its rules, and which layers it knows in parts only @param {Map<string, Table>} tables */
    constructor({ rules, measured: measured2, partial }, tables) {
      this.rules = rules;
      this.measured = measured2;
      this.partial = partial;
      this.tables = tables;
    }
    /** @param {Trial} trial @returns {Promise<Surroundings>} */
    async surroundings(trial) {
      const box = boxOf3(trial.outline);
      const meetings = await this.occupied(trial, box);
      meetings.push(...this.measured.filter((kind) => !this.tables.has(kind)).map((kind) => unknown(kind)));
      let covered2 = null;
      for (const table2 of this.tables.values()) {
        if (table2.kind === "plots") {
          continue;
        }
        const found5 = await hits(table2, [[trial.ring]], box, FAR2);
        if (table2.kind === "buildings" && this.complete(table2)) {
          covered2 = together(found5, [[trial.ring]]);
        }
        const met2 = [...found5].filter(([, hits3]) => isMet(hits3)).map(([at2, { area, length: length2, count, distance }]) => (
          /** @type {Meeting} */
          { what: "class", kind: table2.kind, at: at2, hits: { area, length: length2, count, distance } }
        ));
        meetings.push(...met2.length ? met2 : [this.nothingNear(table2)], ...await cleared(table2, trial, box));
      }
      return { meetings, covered: covered2 };
    }
    // Where a layer is not known to be complete, nothing found is not nothing there.
    /** @param {Table} table */
    complete(table2) {
      return table2.count > 0 && !this.partial.includes(table2.kind);
    }
    /** @param {Table} table @returns {Meeting} */
    nothingNear(table2) {
      return this.complete(table2) ? { what: "far", kind: table2.kind, metres: FAR2 } : unknown(table2.kind);
    }
    /**
     * What is occupied already, feature by feature: plots, parcels, protected farmland.
     * @param {Trial} trial @param {Box} box
     */
    async occupied(trial, box) {
      const meetings = [];
      for (const kind of OCCUPIED) {
        const table2 = this.tables.get(kind);
        const met2 = [];
        if (table2?.count) {
          await table2.loadTexts();
          for (const { row, area } of await each(table2, [[trial.ring]], box)) {
            met2.push({ what: "feature", kind, key: table2.key(row), name: table2.name(row), area });
          }
        }
        if (!met2.length && kind === "plots") {
          met2.push(table2 && this.complete(table2) ? { what: "free", kind } : unknown(kind));
        }
        meetings.push(...met2);
      }
      return meetings;
    }
    /** @param {Record<string, number>} values @param {Record<string, string>} chosen @returns {Promise<Verdict[]>} */
    async verdicts(values2, chosen) {
      return this.rules.map((rule) => judged(rule, values2, chosen));
    }
  };
  function unknown(kind) {
    return { what: "unknown", kind };
  }
  function isMet(hits3) {
    return isInside(hits3) || Number.isFinite(hits3.distance);
  }
  function boxOf3(outline) {
    const xs = outline.map(([x]) => x * CM6);
    const ys = outline.map(([, y]) => y * CM6);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }
  async function cleared(table2, { outline }, box) {
    const lines = table2.count ? await corridors(table2, [{ type: 2, rings: [outline] }], box) : [];
    return lines.map((line) => ({ what: "corridor", kind: table2.kind, line }));
  }
  function lookup({ table: table2 }, by) {
    return by === "industry" ? `industry-${table2?.classification}` : `${by}-${table2?.pack}`;
  }
  function limitOf(rule, chosen) {
    if (!rule.table) {
      return rule.threshold === null ? "not_in_page" : stated(rule.threshold, rule);
    }
    const key = rule.table.by.map((by) => chosen[lookup(rule, by)]);
    if (key.some((each2) => !each2)) {
      return "choose";
    }
    const row = rule.table.rows.find((each2) => each2.key.every((part, at2) => part === key[at2]));
    return !row || row.threshold === null ? "no_limit" : stated(row.threshold, row);
  }
  function stated(threshold, { upper, verified }) {
    return { threshold, upper, verified };
  }
  function keeps(relation, value2, { threshold, upper }) {
    return relation === "between" ? value2 >= threshold && upper !== null && value2 <= upper : COMPARE[relation](value2, threshold);
  }
  function judged(rule, values2, chosen = {}) {
    if (rule.kind !== "index" || rule.relation !== "between" && !Object.hasOwn(COMPARE, rule.relation)) {
      return { rule: rule.id, code: "unknown", missing: "not_in_page" };
    }
    const limit = limitOf(rule, chosen);
    if (typeof limit === "string") {
      return { rule: rule.id, code: "unknown", missing: limit };
    }
    const above = values2[rule.numerator];
    const below = rule.denominator ? values2[rule.denominator] : 1;
    if (!Number.isFinite(above) || !Number.isFinite(below) || below <= 0) {
      return { rule: rule.id, code: "unknown", missing: "missing" };
    }
    const value2 = above / below;
    return { rule: rule.id, code: keeps(rule.relation, value2, limit) ? "pass" : "fail", value: value2, limit };
  }

  // panels/facts.js
  var HEADED = /* @__PURE__ */ new Set(["name", "land_area_m2"]);
  function asWritten({ said: said4, taken, unit, project: project2, stated: stated2 }) {
    if (Number.isNaN(taken)) {
      return say("card.not_taken", { said: said4 });
    }
    const text = stated2 ? said4 : say("card.unit_assumed", { said: said4, unit: say(`unit.${unit}`) });
    const told4 = say("card.as_taken", { said: text, taken: beside(taken, unit, null, true) });
    return project2 ? say("card.of_project", { value: told4, project: project2 }) : told4;
  }
  function ofProject(table2, row, field2) {
    const project2 = table2.text("project_id", row);
    const amount3 = table2.head.amounts?.[field2]?.[project2];
    const unit = field2.endsWith("_cny") ? "CNY" : "m2";
    return amount3 === void 0 ? "" : say("card.of_project", { value: beside(amount3, unit, null, true), project: project2 });
  }
  function figures(table2, row, told4, written) {
    const fields2 = pick(table2.cardHead.fields);
    return told4.map(([label, value2]) => {
      const field2 = fields2[label];
      return [
        label,
        field2 && value2 === say("map.not_known") && ofProject(table2, row, field2) || value2,
        field2 && written[field2] ? asWritten(written[field2]) : ""
      ];
    });
  }
  function documents(table2, row) {
    const told4 = [];
    let open3 = false;
    for (const [name3, column] of shown(table2, "documents")) {
      const value2 = table2.cell(name3, row);
      if (column.type === "date" && open3 && value2) {
        const last = told4[told4.length - 1];
        last[1] = say("card.dated", { document: last[1], date: value2 });
      } else if (value2) {
        told4.push([pick(column.label), value2]);
      }
      open3 = column.type !== "date" && Boolean(value2);
    }
    return told4;
  }
  function shown(table2, block) {
    return Object.entries(table2.head.columns).filter(([, column]) => column.show === block);
  }
  function facts(table2, row, written = {}) {
    return shown(table2, "facts").filter(([name3]) => !HEADED.has(name3)).map(([name3, column]) => (
      /** @type {[string, string, string]} */
      [
        pick(column.label),
        table2.cell(name3, row) || ofProject(table2, row, name3),
        written[name3] ? asWritten(written[name3]) : ""
      ]
    )).filter(([, value2, beside3]) => value2 || beside3);
  }
  function unshown(table2, written) {
    return Object.entries(written).filter(([name3]) => table2.head.columns[name3]?.show !== "facts").map(([name3, each2]) => [pick(table2.head.columns[name3].label), asWritten(each2)]);
  }

  // panels/sections.js
  function findingsOf(sections) {
    return sections.flatMap((each2) => each2.what === "finding" && each2.told ? [{ rule: each2.name, finding: each2.told }] : []);
  }
  function layersOf(sections) {
    return sections.flatMap((each2) => each2.what === "layer" ? [each2.told] : []);
  }
  function figuresOf(sections) {
    return sections.flatMap((each2) => each2.what === "figures" ? each2.told : []);
  }
  function issuesOf(sections) {
    return sections.flatMap((each2) => each2.what === "issues" ? each2.told : []);
  }

  // panels/csv.js
  function cell(text) {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+$/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  }
  function raw(table2, name3, row) {
    const column = table2.head.columns[name3];
    if (column.type !== "number") {
      return table2.cell(name3, row);
    }
    const number2 = table2.number(name3, row);
    return Number.isNaN(number2) ? "" : String(number2);
  }
  var OF_RULE = [
    ["card.value", "value"],
    ["card.limit", "limit"],
    ["card.margin", "margin"],
    ["card.outcome", "outcome"],
    ["find.reason", "reason"],
    ["find.fix", "fix"]
  ];
  function rounded2(size2) {
    return Number.isNaN(size2) ? "" : String(Number(size2.toFixed(2)));
  }
  async function judged2(table2, rows) {
    const said4 = /* @__PURE__ */ new Map();
    for (const row of rows) {
      said4.set(row, Object.fromEntries(findingsOf(await table2.card(row)).map(({ rule, finding }) => [rule, finding])));
    }
    const used = table2.head.rules.filter(({ id }) => [...said4.values()].some((each2) => each2[id]));
    return {
      heads: used.flatMap(({ title }) => OF_RULE.map(([key]) => say("find.of_rule", { rule: pick(title), what: say(key) }))),
      // a plus in front would make a formula of a margin
      cells: (row) => used.flatMap(({ id }) => OF_RULE.map(([, name3]) => said4.get(row)?.[id]?.[name3].replace(/^\+/, "") ?? ""))
    };
  }
  async function csv(table2) {
    const { columns, key } = table2.head;
    const names = [key, ...Object.keys(columns).filter((name3) => name3 !== key)];
    const unit = (name3) => {
      const said4 = columns[name3].unit ? pick(columns[name3].unit) : "";
      return said4 ? ` (${said4})` : "";
    };
    const head = [...names.map((name3) => pick(columns[name3].label) + unit(name3)), classLabel(table2)];
    if (table2.size) {
      const [label, of2] = SUMMED[table2.head.size];
      head.push(`${say(label)} (${say(`unit.${of2}`)})`);
    }
    const kept2 = Array.from({ length: table2.count }, (_, row) => row).filter((row) => table2.visible[row]);
    const rules = table2.head.rules.length ? await judged2(table2, kept2) : null;
    head.push(...rules?.heads ?? []);
    const written = (table2.head.cards?.written ?? []).map(([field2]) => field2);
    head.push(...written.map((name3) => say("find.as_written", { field: pick(columns[name3].label) })));
    const lines = [head.map(cell).join(",")];
    for (const row of kept2) {
      const values2 = [...names.map((name3) => raw(table2, name3, row)), pick(table2.classOf(row).label)];
      if (table2.size) {
        values2.push(rounded2(table2.sizeOf(row)));
      }
      values2.push(...rules?.cells(row) ?? []);
      const said4 = written.length ? await table2.written(row) : {};
      values2.push(...written.map((name3) => said4[name3] ? asWritten(said4[name3]) : ""));
      lines.push(values2.map(cell).join(","));
    }
    return `\uFEFF${lines.join("\r\n")}\r
`;
  }

  // panels/find.js
  var SORT = "class";
  var MOST_LISTED = 100;
  function value(app2, table2, dim, code, count) {
    const id = `lt-filter-${dim.name}-${code}`;
    const chosen = app2.filterOf(table2.kind)[dim.name] || /* @__PURE__ */ new Set();
    const box = element("input", { type: "checkbox", id, checked: chosen.has(dim.ids[code]) });
    box.addEventListener("change", () => app2.filter(table2.kind, dim.name, dim.ids[code], box.checked));
    const look2 = dim.name === "class" ? table2.head.classes[code] : null;
    return element(
      "li",
      {},
      box,
      look2 ? swatch(look2.shape, look2.look) : null,
      element("label", { for: id, text: dim.words[code] }),
      element("span", { class: "lt-count", "data-code": code, text: figure(count, 0) })
    );
  }
  function filterBlock(app2, table2, dim, counts2) {
    const chosen = app2.filterOf(table2.kind)[dim.name];
    const order3 = [...dim.ids.keys()];
    if (dim.name !== "class") {
      order3.sort((one, other) => dim.words[one].localeCompare(dim.words[other], current()));
    }
    const used = order3.filter((code) => counts2[code] || chosen?.has(dim.ids[code]) || dim.name === "class");
    return element(
      "details",
      { class: "lt-filter", "data-dim": dim.name, open: dim.name === "class" || Boolean(chosen?.size) },
      element("summary", { text: dim.label }),
      element("ul", {}, ...used.map((code) => value(app2, table2, dim, code, counts2[code])))
    );
  }
  function sums(table2, total) {
    const told4 = [[say("find.count"), say("find.of", {
      count: figure(total.count, 0),
      all: figure(table2.count, 0)
    })]];
    if (table2.size) {
      const [label, unit] = SUMMED[table2.head.size];
      told4.push([say(label), amount(total.size, 0, unit)]);
    }
    if (table2.head.columns[INVESTMENT]) {
      const sum = amount(total.investment / 10 ** total.decimals, 0, "CNY");
      told4.push([say("find.investment"), total.known ? say("find.known", {
        sum,
        known: figure(total.known, 0),
        count: figure(total.count, 0)
      }) : say("map.not_known")]);
    }
    return element("div", { role: "status" }, element("dl", { class: "lt-pairs lt-sums" }, ...told4.flatMap(([label, text]) => [
      element("dt", { text: label }),
      element("dd", { text })
    ])));
  }
  var SORTS = {
    key: (table2) => (row) => table2.key(row),
    name: (table2) => (row) => table2.name(row),
    size: (table2) => (row) => table2.size ? -table2.sizeOf(row) : 0,
    investment: (table2) => (row) => {
      const sum = table2.number(INVESTMENT, row);
      return Number.isNaN(sum) ? Infinity : -sum;
    },
    class: (table2) => (row) => table2.kind === "plots" ? ["fail", "stale", "unknown", "not_judged", "pass"].indexOf(table2.classOf(row).code) : table2.classes[row]
  };
  function sortsBy(table2, sort) {
    const [what, ...id] = sort.split(":");
    return id.length ? (what === "value" || what === "margin") && table2.head.rules.some((rule) => rule.id === id.join(":")) : Object.hasOwn(SORTS, sort);
  }
  function sorter(table2, sort) {
    const [what, ...id] = sort.split(":");
    const rule = table2.rules[id.join(":")];
    if (!rule) {
      return (SORTS[sort] ?? SORTS.key)(table2);
    }
    const number2 = (code) => code ? unfold(code - 1) : Infinity;
    return what === "margin" ? (row) => Math.abs(number2(rule.margins[row])) : (row) => number2(rule.values[row]);
  }
  var orders = /* @__PURE__ */ new WeakMap();
  function order(app2, table2) {
    const found5 = app2.results.get(table2.kind);
    const known3 = orders.get(table2);
    if (known3 && known3.found === found5 && known3.sort === app2.sort && known3.classes === table2.classes) {
      return known3.rows;
    }
    const kept2 = Array.from({ length: table2.count }, (_, row) => row).filter((row) => table2.visible[row]);
    const rows = firstRows(table2, kept2, app2.sort, Infinity);
    orders.set(table2, { found: found5, sort: app2.sort, classes: table2.classes, rows });
    return rows;
  }
  function firstRows(table2, rows, sort, most) {
    const keyOf = sorter(table2, sort);
    const collator = new Intl.Collator(current(), { numeric: true });
    const compare = (one, other) => (typeof one[0] === "string" || typeof other[0] === "string" ? collator.compare(String(one[0]), String(other[0])) : one[0] - other[0]) || one[1] - other[1];
    const keyed = (row) => (
      /** @type {[string | number, number]} */
      [keyOf(row), row]
    );
    if (rows.length <= 4 * most) {
      return rows.map(keyed).sort(compare).slice(0, most).map(([, row]) => row);
    }
    let best = [];
    let worst = null;
    for (const row of rows) {
      const each2 = keyed(row);
      if (!worst || compare(each2, worst) < 0) {
        best.push(each2);
        if (best.length >= 2 * most) {
          best = best.sort(compare).slice(0, most);
          worst = best[most - 1];
        }
      }
    }
    return best.sort(compare).slice(0, most).map(([, row]) => row);
  }
  function item(app2, table2, row) {
    const { code, label } = table2.classOf(row);
    const size2 = table2.size ? amount(table2.sizeOf(row), 0, SUMMED[table2.head.size][1]) : "";
    const mark = table2.kind === "plots" ? badge(code, pick(label)) : element("small", { text: pick(label) });
    return element("li", {}, button(
      { class: "lt-item", "data-key": table2.key(row) },
      () => app2.open(table2.kind, row, { zoom: true }),
      element("b", { text: table2.key(row) }),
      mark,
      element("span", { class: "lt-item-name", text: table2.name(row) }),
      element("span", { class: "lt-item-size", text: size2 })
    ));
  }
  function list(app2, table2, sort) {
    const seen2 = rowsIn(table2, boxOf(app2.viewBounds())).filter((row) => table2.visible[row]);
    const rows = firstRows(table2, seen2, sort, MOST_LISTED);
    const told4 = say("find.listed", { shown: figure(rows.length, 0), count: figure(seen2.length, 0) });
    return [
      element("p", { class: "lt-quiet lt-listed", role: "status", text: seen2.length ? told4 : say("find.nothing_here") }),
      element("ol", { class: "lt-list" }, ...rows.map((row) => item(app2, table2, row)))
    ];
  }
  function sortChoice(app2, table2, change) {
    const offered3 = [["key", pick(table2.head.columns[table2.head.key].label)]];
    if (table2.head.columns.name) {
      offered3.push(["name", pick(table2.head.columns.name.label)]);
    }
    offered3.push(["class", classLabel(table2)]);
    if (table2.size) {
      offered3.push(["size", say(SUMMED[table2.head.size][0])]);
    }
    if (table2.head.columns[INVESTMENT]) {
      offered3.push(["investment", say("find.investment")]);
    }
    for (const { id, title } of table2.head.rules.filter((each2) => table2.rules[each2.id]?.values.some((code) => code > 0))) {
      offered3.push([`value:${id}`, pick(title)], [`margin:${id}`, say("find.nearest", { rule: pick(title) })]);
    }
    return select({ id: "lt-sort", "aria-label": say("find.sort") }, offered3, app2.sort, change);
  }
  function panel3(app2) {
    const filters = element("div", { class: "lt-filters" });
    const summed = element("div");
    const listed = element("div");
    const tools = element("div", { class: "lt-list-tools" });
    let table2;
    function relist() {
      if (table2 && !body.hidden && body.isConnected) {
        listed.replaceChildren(...list(app2, table2, app2.sort));
      }
    }
    async function refresh2() {
      const own2 = app2.tables.get(app2.kind);
      table2 = own2;
      kind.value = app2.kind;
      if (!own2) {
        return;
      }
      await own2.loadTexts();
      if (own2 !== app2.tables.get(app2.kind)) {
        return;
      }
      const open3 = [...filters.querySelectorAll("details")].filter((each2) => each2.open).map((each2) => each2.dataset.dim);
      const { dims, counts: counts2, total } = app2.filtered(own2);
      filters.replaceChildren(...dims.map((dim, at2) => filterBlock(app2, own2, dim, counts2[at2])));
      for (const each2 of filters.querySelectorAll("details")) {
        each2.open = each2.open || open3.includes(each2.dataset.dim);
      }
      const any = Object.values(app2.filterOf(own2.kind)).some((each2) => each2.size);
      if (any) {
        filters.append(button({ class: "lt-plain lt-clear" }, () => app2.clearFilters(own2.kind), say("find.clear")));
      }
      summed.replaceChildren(sums(own2, total));
      const named = `${app2.page.id}-${own2.kind}.csv`;
      tools.replaceChildren(
        element("label", { for: "lt-sort", text: say("find.sort") }),
        sortChoice(app2, own2, app2.sortBy),
        button({ class: "lt-plain lt-csv" }, async () => download(named, await csv(own2), "text/csv;charset=utf-8"), say("find.csv"))
      );
      relist();
    }
    const kinds = [...app2.tables.values()].filter((each2) => each2.count).sort((one, other) => one.head.place - other.head.place).map((each2) => (
      /** @type {[string, string]} */
      [each2.kind, pick(each2.head.title)]
    ));
    const kind = select({ id: "lt-kind" }, kinds, app2.kind, (chosen) => app2.list(chosen));
    const body = element(
      "div",
      { class: "lt-find", id: "lt-tab-find", role: "tabpanel" },
      kinds.length ? element(
        "div",
        { class: "lt-kind" },
        element("label", { for: "lt-kind", text: say("find.layer") }),
        kind
      ) : element("p", { class: "lt-quiet", text: say("map.no_features") }),
      filters,
      summed,
      tools,
      listed
    );
    return { body, refresh: refresh2, relist };
  }

  // layers/parcels.js
  var TRACE = 0.01;
  var FIGURE = 0.5;
  function shared(one, other) {
    return one.reduce((sum, area) => sum + unionArea(area, other), 0);
  }
  async function linesOf(plots, row) {
    const sections = await plots.card(row);
    return sections.flatMap((section4) => section4.what === "layer" && section4.name === "parcels" ? section4.told.classes.flatMap(({ lines }) => lines) : []);
  }
  async function another(parcels, row, plot2, box) {
    for (const other of rowsIn(parcels, box)) {
      if (other !== row && parcels.atRun[other] === parcels.atRun[row] && shared(plot2, areasOf(await parcels.layer.shapesOf(other))) > TRACE) {
        return true;
      }
    }
    return false;
  }
  async function pair(plots, at2, parcels, row, plot2, measured2) {
    const { code } = parcels.head.classes[parcels.atRun[row]];
    const line = (await linesOf(plots, at2)).find(([, , , measure, category]) => measure === "overlap_m2" && category === code);
    if (!line) {
      return null;
    }
    if (await another(parcels, row, plot2, boxAt(plots, at2))) {
      return measured2 > (parcels.head.sliver ?? 0) ? { at: at2, area: measured2, text: amount(measured2, 0, "m2"), stored: false } : null;
    }
    const stored = read2(line[5]);
    return { at: at2, area: Math.min(Math.max(measured2, stored - FIGURE), stored + FIGURE), text: line[5], stored: true };
  }
  function inPage({ starts: starts2, plots, areas, texts }, row) {
    return [...plots.subarray(starts2[row], starts2[row + 1])].map((at2, place) => ({ at: at2, area: areas[starts2[row] + place], text: Table.textAt(texts, starts2[row] + place), stored: true }));
  }
  async function worked(plots, parcels, row, own2) {
    const found5 = [];
    for (const at2 of rowsIn(plots, boxAt(parcels, row))) {
      const plot2 = areasOf(await plots.layer.shapesOf(at2));
      const measured2 = shared(own2, plot2);
      const told4 = measured2 > TRACE ? await pair(plots, at2, parcels, row, plot2, measured2) : null;
      if (told4) {
        found5.push(told4);
      }
    }
    return found5;
  }
  async function plotsOn(app2, parcels, row, own2) {
    const plots = tableOf(app2, "plots");
    await plots.loadTexts();
    const found5 = parcels.pairs ? inPage(parcels.pairs, row) : await worked(plots, parcels, row, own2);
    return found5.sort((one, other) => other.area - one.area);
  }
  function underInPage({ starts: starts2, plots, areas, texts }, row) {
    const found5 = [];
    for (let parcel2 = 0; parcel2 + 1 < starts2.length; parcel2 += 1) {
      for (let place = starts2[parcel2]; place < starts2[parcel2 + 1]; place += 1) {
        if (plots[place] === row) {
          found5.push({ at: parcel2, area: areas[place], text: Table.textAt(texts, place), stored: true });
        }
      }
    }
    return found5;
  }
  async function under(app2, plots, row, own2) {
    const parcels = tableOf(app2, "parcels");
    await parcels.loadTexts();
    const box = boxAt(plots, row);
    const areas = [];
    const worked2 = [];
    for (const at2 of rowsIn(parcels, box)) {
      const each2 = areasOf(await parcels.layer.shapesOf(at2));
      areas.push(...each2);
      const area = shared(each2, own2);
      if (area > (parcels.head.sliver || TRACE)) {
        worked2.push({ at: at2, area, text: amount(area, 0, "m2"), stored: false });
      }
    }
    const found5 = parcels.pairs ? underInPage(parcels.pairs, row) : worked2;
    return {
      found: found5.sort((one, other) => other.area - one.area),
      covered: own2.reduce((sum, rings) => sum + unionArea(rings, areas), 0)
    };
  }
  function known2(app2, parcels, row, kind) {
    const place = parcels.head.covered.indexOf(kind);
    if (place >= 0) {
      return Boolean((parcels.covered?.[row] ?? 0) >> place & 1);
    }
    return Boolean(app2.tables.get(kind)?.count) && !app2.page.partial.includes(kind);
  }

  // panels/beside.js
  function beside2(app2, table2, row) {
    const rows = order(app2, table2);
    const at2 = rows.indexOf(row);
    if (at2 < 0 || rows.length < 2) {
      return null;
    }
    const way = (key, to) => button({ class: "lt-plain", "data-do": key, disabled: to === void 0 }, async () => {
      if (to !== void 0) {
        await app2.open(table2.kind, to, { zoom: true });
        app2.ui.card.querySelector(`[data-do="${key}"]:enabled`)?.focus({ preventScroll: true });
      }
    }, say(key));
    return element(
      "nav",
      { class: "lt-beside", "aria-label": say("card.beside") },
      way("card.before", rows[at2 - 1]),
      element("span", { text: say("find.of", { count: figure(at2 + 1, 0), all: figure(rows.length, 0) }) }),
      way("card.behind", rows[at2 + 1])
    );
  }

  // panels/reasons.js
  var NEAREST = /* @__PURE__ */ new Set(["nearest_m", "nearest_road_m", "nearest_width_m", "frontage_m"]);
  var DOUBLE = "double_claim_m2";
  var WITHOUT = /* @__PURE__ */ new Set(["not_acquired_m2", "no_parcel_m2"]);
  var WITHIN = /* @__PURE__ */ new Set(["overlap_m2", "overlap_share", "acquired_m2", "footprint_m2", "covered_m2", "floor_area_known_m2", "count", "length_m"]);
  function ofHit(app2, kind, measure, category) {
    const table2 = app2.tables.get(kind);
    if (!table2?.count) {
      return null;
    }
    const how = measure === DOUBLE ? "double" : NEAREST.has(measure) ? "nearest" : WITHOUT.has(measure) ? "without" : WITHIN.has(measure) ? "within" : null;
    return how && { how, kind, measure, category };
  }
  function ofRule(app2, id, outcome) {
    if (outcome === "not_applicable") {
      return null;
    }
    const rule = app2.page.rules.find((each2) => each2.id === id);
    const built = rule && ["floor_area_m2", "covered_area_m2"].includes(rule.numerator);
    if (built && app2.tables.get("buildings")?.count) {
      return { how: "buildings", kind: "buildings", measure: rule.numerator, category: "" };
    }
    return outcome === "unknown" ? null : { how: "ground", kind: "plots", measure: id, category: "" };
  }
  function ofCorridor(app2, kind) {
    const table2 = app2.tables.get(kind);
    return table2?.count && table2.head.corridors ? { how: "corridor", kind, measure: "corridor", category: "" } : null;
  }
  function shower(app2, row, reason) {
    const label = say("card.show_on_map");
    return button(
      { class: "lt-show", title: label, "aria-label": `${label}: ${reason.what}`, "data-measure": reason.measure, "data-kind": reason.kind },
      () => app2.showReason(row, reason),
      icon("target")
    );
  }
  function counts(table2, reason) {
    return (row) => {
      const each2 = table2.classOf(row);
      if (reason.measure === "not_acquired_m2" || reason.measure === "acquired_m2") {
        return each2.acquired;
      }
      return !reason.category || each2.code === reason.category;
    };
  }
  function backToPage(point) {
    return fromPark(point) || point;
  }
  async function found2(app2, row, reason) {
    const plots = tableOf(app2, "plots");
    const table2 = tableOf(app2, reason.kind);
    await table2.load();
    const plot2 = await plots.layer.shapesOf(row);
    const box = boxAt(plots, row);
    if (reason.how === "ground") {
      return { how: "ground", plot: plot2, others: [] };
    }
    const wanted3 = counts(table2, reason);
    if (reason.how === "nearest") {
      const best = await nearest2(table2, plot2, box, wanted3);
      return best && {
        how: "nearest",
        plot: plot2,
        others: best.pieces,
        from: backToPage(best.from),
        to: backToPage(best.to),
        distance: best.distance
      };
    }
    if (reason.how === "corridor") {
      return corridor(table2, plot2, box);
    }
    const near = await piecesNear(table2, box, 0, wanted3);
    const others = near.flatMap(({ pieces: pieces2 }) => pieces2);
    return reason.how === "double" ? { how: "double", plot: plot2, others, pairs: claimedTwice(near) } : { how: reason.how, plot: plot2, others };
  }
  async function corridor(table2, plot2, box) {
    const lines = await corridors(table2, plot2, box);
    return lines.length ? {
      how: "corridor",
      plot: plot2,
      others: lines.flatMap(({ pieces: pieces2 }) => pieces2),
      lines,
      said: lines.map((line) => widthSaid(table2, line)).join("; ")
    } : null;
  }
  function widthSaid(table2, { key, at: at2, wide, axis }) {
    const line = [key, pick(table2.head.classes[at2].label)].filter(Boolean).join(" · ");
    if (wide === null) {
      return say("card.width_unknown", { line });
    }
    const width = amount(wide, 0, "m");
    return say(axis === null ? "card.width_at_least" : "card.width", { line, width });
  }

  // panels/findings.js
  function findingRows(finding, shows) {
    const note = [finding.fix, finding.reason, finding.note].filter(Boolean).join(" · ");
    const main = element(
      "tr",
      { class: `lt-finding lt-row-${finding.code}` },
      element(
        "th",
        { scope: "row" },
        element("span", { class: "lt-index-name" }, finding.name, shows ? " " : null, shows),
        element("small", { text: say("card.clause", { clause: finding.clause }) })
      ),
      element("td", { class: "lt-value", text: finding.value }),
      element("td", { text: finding.limit }),
      element("td", { text: finding.margin }),
      element("td", {}, badge(finding.code, finding.outcome))
    );
    return note ? [main, element(
      "tr",
      { class: `lt-note lt-row-${finding.code}` },
      element("td", { colspan: "5", text: note })
    )] : [main];
  }
  function shower2(app2, row, finding, rule) {
    const reason = ofRule(app2, rule, finding.code);
    const figure2 = ["pass", "fail"].includes(finding.code) ? ` ${finding.value} (${finding.limit})` : "";
    const what = [finding.name + figure2, finding.fix, finding.reason].filter(Boolean).join(" · ");
    return reason && shower(app2, row, { ...reason, what });
  }
  function findingTable(rows) {
    const heads = ["index", "value", "limit", "margin", "outcome"];
    return element(
      "table",
      { class: "lt-indices" },
      element("thead", {}, element(
        "tr",
        {},
        ...heads.map((key) => element("th", { scope: "col", text: say(`card.${key}`) }))
      )),
      element("tbody", {}, ...rows)
    );
  }
  function whole(app2, id, count) {
    const findings2 = app2.page.wholes[id];
    return findings2 ? section(
      "card.indices",
      element("p", { class: "lt-whole-project", text: say("card.whole_project", { project: id, count: figure(count, 0) }) }),
      findingTable(pick(findings2).flatMap((each2) => findingRows(each2, null)))
    ) : null;
  }
  function indices(app2, row, sections) {
    const findings2 = findingsOf(sections);
    if (!findings2.length) {
      return section("card.indices", quiet("card.no_rules"));
    }
    return section("card.indices", findingTable(
      findings2.flatMap(({ rule, finding }) => findingRows(finding, shower2(app2, row, finding, rule)))
    ));
  }
  function said(app2, row, kind, [what, value2, feature2, measure, category]) {
    const reason = ofHit(app2, kind, measure, category);
    const shower3 = reason ? shower(app2, row, { ...reason, what: [what, value2, feature2].filter(Boolean).join(" ") }) : null;
    return element(
      "li",
      {},
      element("span", { class: "lt-what", text: what }),
      value2 ? element("span", { class: "lt-said" }, value2, shower3) : shower3,
      feature2 ? element("span", { class: "lt-by", text: feature2 }) : null
    );
  }
  function layerClass(app2, row, kind, each2, several) {
    const label = each2.label || (several ? say("card.whole") : "");
    return element(
      "div",
      { class: each2.label ? "lt-part" : "lt-part lt-whole" },
      label ? element("h5", { text: label }) : null,
      element("ul", {}, ...each2.lines.map((line) => said(app2, row, kind, line)))
    );
  }
  function layer(app2, row, told4) {
    const parts2 = told4.classes.filter((one) => one.lines.length);
    const several = parts2.some((one) => one.label);
    return element(
      "div",
      { class: `lt-said-layer lt-cover-${told4.coverage}`, "data-kind": told4.kind },
      element(
        "h4",
        {},
        element("span", { text: told4.title }),
        element(
          "span",
          { class: `lt-cover lt-cover-${told4.coverage}` },
          element("span", { "aria-hidden": "true", text: `${COVERED[told4.coverage]} ` }),
          told4.said
        )
      ),
      ...parts2.map((one) => layerClass(app2, row, told4.kind, one, several)),
      corridor2(app2, row, told4.kind)
    );
  }
  function corridor2(app2, row, kind) {
    const reason = ofCorridor(app2, kind);
    const what = say("card.corridor");
    return reason ? element("div", { class: "lt-part lt-whole" }, element("ul", {}, element(
      "li",
      {},
      element("span", { class: "lt-what", text: what }),
      shower(app2, row, { ...reason, what })
    ))) : null;
  }
  function issues(rows) {
    return section("card.issues", rows.length ? element("ul", { class: "lt-issues" }, ...rows.map((each2) => element(
      "li",
      { class: `lt-issue lt-${each2.severity}` },
      element("strong", { text: each2.severityText }),
      element("span", { class: "lt-issue-title", text: each2.title }),
      element("span", { class: "lt-mend", text: each2.mend }),
      element("small", { text: each2.who })
    ))) : quiet("card.no_issues"));
  }

  // core/notes.js
  var LONGEST3 = 2e3;
  var LONGEST_NAME2 = 60;
  var MOST_PICTURES2 = 6;
  var JSON_WANTED = { accept: "application/json" };
  var Notes = class {
    /** @param {string} place its address in the desk @param {typeof fetch} [get] */
    constructor(place, get = (...asked2) => fetch(...asked2)) {
      this.address = `${place}/notes`;
      this.get = get;
    }
    /** Where a picture is. @param {string} file */
    picture(file) {
      return `${this.address}/pictures/${file}`;
    }
    /** What the desk answers. @param {string} path @param {RequestInit} how */
    async ask(path2, how) {
      const [ok, said4] = await this.answered(path2, how);
      if (!ok) {
        throw new Failure(said4.cause, "trial.refused", said4);
      }
      return said4;
    }
    /** @param {string} path @param {RequestInit} how */
    async answered(path2, how) {
      try {
        const answer = await this.get(`${this.address}${path2}`, { headers: JSON_WANTED, ...how });
        return (
          /** @type {const} */
          [answer.ok, await answer.json()]
        );
      } catch (error) {
        throw new Failure("the desk does not answer", "pin.no_desk", {}, error);
      }
    }
    /** @returns {Promise<PinnedNote[]>} */
    list() {
      return this.ask("/list", {});
    }
    /** Adds a note. @param {WrittenNote} note @returns {Promise<{id: string}>} */
    add({ text, by, lat, lng, layer: layer2, key, pictures }) {
      const body = new FormData();
      for (const [name3, value2] of Object.entries({ text, by, lat, lng, layer: layer2, key })) {
        body.append(name3, value2 === null ? "" : String(value2));
      }
      pictures.forEach((each2, at2) => body.append("pictures", each2, `picture-${at2 + 1}`));
      return this.ask("", { method: "POST", body });
    }
    /** Hands on the file of a visit. @param {string} text @param {string} name @returns {Promise<string[]>} the ids that the desk has now */
    async visit(text, name3) {
      const body = new FormData();
      body.append("files", new Blob([text], { type: "application/json" }), name3);
      return (await this.ask("/visit", { method: "POST", body })).taken;
    }
    /** Accepts, rejects, resolves or reopens a note as it was seen. @param {string} what @param {string} mark @param {string} by */
    async change(what, mark, by) {
      await this.ask("/change", { method: "POST", body: new URLSearchParams({ [what]: mark, by }) });
    }
  };
  var BY = "landtrack-name";
  function name2() {
    try {
      return localStorage.getItem(BY) ?? "";
    } catch {
      return "";
    }
  }
  function keepName(text) {
    try {
      localStorage.setItem(BY, text);
    } catch {
    }
  }

  // geo/outline.js
  var MOST_STEPS = 500;
  var PER_METRE = 1e3;
  var MOST_CORNERS = 2e3;
  function rounded3([x, y]) {
    return [Math.round(x * PER_METRE) / PER_METRE, Math.round(y * PER_METRE) / PER_METRE];
  }
  var Outline = class {
    /** @param {boolean} closed whether its last corner leads to its first @param {Ring} [points] */
    constructor(closed, points = []) {
      this.closed = closed;
      this.now = { points: points.map(rounded3), chosen: -1 };
      this.past = [];
      this.future = [];
    }
    /** Its corners, which nobody changes: after a step there are others. */
    get points() {
      return this.now.points;
    }
    get chosen() {
      return this.now.chosen;
    }
    /** How few corners it may have. */
    get least() {
      return this.closed ? 3 : 2;
    }
    get full() {
      return this.points.length >= MOST_CORNERS;
    }
    /** Begins a step: what follows until the next one is taken back at one go. */
    keep() {
      this.past = [...this.past.slice(1 - MOST_STEPS), this.now];
      this.future = [];
    }
    /** @param {number} at */
    choose(at2) {
      this.now = { points: this.points, chosen: at2 >= 0 && at2 < this.points.length ? at2 : -1 };
    }
    /** Puts a corner behind another one and chooses it. @param {number} at its place @param {Point} point */
    insert(at2, point) {
      this.now = { points: [...this.points.slice(0, at2), rounded3(point), ...this.points.slice(at2)], chosen: at2 };
    }
    /** @param {number} at @param {Point} point */
    move(at2, point) {
      this.now = { points: this.points.map((each2, place) => place === at2 ? rounded3(point) : each2), chosen: at2 };
    }
    /** Takes a corner away and chooses the one before it. @param {number} at */
    remove(at2) {
      const points = this.points.filter((_, place) => place !== at2);
      this.now = { points, chosen: points.length ? (at2 + points.length - 1) % points.length : -1 };
    }
    /** @returns {boolean} whether there was a step to take back */
    undo() {
      const before = this.past.at(-1);
      if (!before) {
        return false;
      }
      this.past = this.past.slice(0, -1);
      this.future = [...this.future, this.now];
      this.now = before;
      return true;
    }
    /** @returns {boolean} whether there was a step to do again */
    redo() {
      const next = this.future.at(-1);
      if (!next) {
        return false;
      }
      this.future = this.future.slice(0, -1);
      this.past = [...this.past, this.now];
      this.now = next;
      return true;
    }
    /** The middles of its edges, each at the place that a corner there would have. @returns {{at: number, point: Point}[]} */
    middles() {
      const { points } = this;
      const count = this.closed && points.length > 2 ? points.length : points.length - 1;
      return Array.from({ length: Math.max(0, count) }, (_, at2) => {
        const [a, b] = [points[at2], points[(at2 + 1) % points.length]];
        return { at: at2 + 1, point: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
      });
    }
  };

  // geo/snapping.js
  function nearestOn(pieces2, point, reach2) {
    return corner(pieces2, point, reach2) ?? edge(pieces2, point, reach2);
  }
  function order2(one, other) {
    return one.what === other.what ? one.distance - other.distance : one.what === "corner" ? -1 : 1;
  }
  function apart2(one, other) {
    return Math.hypot(one[0] - other[0], one[1] - other[1]);
  }
  function corner(pieces2, point, reach2) {
    let best = null;
    for (const each2 of pieces2.flatMap(({ rings }) => rings.flat())) {
      const distance = apart2(each2, point);
      if (distance <= (best?.distance ?? reach2)) {
        best = { what: "corner", point: each2, distance };
      }
    }
    return best;
  }
  function edge(pieces2, point, reach2) {
    let best = null;
    for (const { type, rings } of pieces2) {
      for (const [from, to] of type === 0 ? [] : edges(rings, type === 2)) {
        const foot = footOn(from, to, point);
        const distance = apart2(foot, point);
        if (distance <= (best?.distance ?? reach2)) {
          best = { what: "edge", point: foot, distance };
        }
      }
    }
    return best;
  }

  // layers/snaps.js
  var CM7 = 100;
  var KINDS2 = ["plots", "parcels", "roads"];
  var STRETCHED = 6;
  async function found3(table2, point, box, reach2) {
    const rows = rowsIn(table2, box).filter((row) => table2.visible[row]);
    const own2 = await grounds(table2, rows);
    return rows.flatMap((row, at2) => {
      const near = own2[at2].filter(({ box: [west, south, east, north2] }) => west - reach2 <= point[0] && east + reach2 >= point[0] && south - reach2 <= point[1] && north2 + reach2 >= point[1]);
      const best = nearestOn(near.map(({ piece }) => piece), point, reach2);
      return best ? [{ ...best, table: table2, row }] : [];
    });
  }
  async function onto(app2, point, reach2) {
    const page2 = fromPark(point);
    if (!page2) {
      return null;
    }
    const [x, y] = page2.map((each2) => each2 * CM7);
    const wide = reach2 * CM7 * STRETCHED;
    const all3 = [];
    for (const kind of KINDS2) {
      const table2 = app2.tables.get(kind);
      if (table2?.count && app2.map.hasLayer(table2.layer)) {
        all3.push(...await found3(table2, point, [x - wide, y - wide, x + wide, y + wide], reach2));
      }
    }
    return all3.sort(order2)[0] ?? null;
  }

  // panels/handles.js
  var INK = "#111827";
  var DRAWN = { color: INK, weight: 2.5, dashArray: "6 4", fillColor: "#FFD43B", fillOpacity: 0.25, interactive: false };
  var CORNER = { radius: 5, color: INK, weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false };
  var CHOSEN = { radius: 7, color: INK, weight: 3, fillColor: "#FFD43B", fillOpacity: 1, interactive: false };
  var MIDDLE = { radius: 3.5, color: INK, weight: 1.5, fillColor: "#fff", fillOpacity: 0.7, opacity: 0.7, interactive: false };
  var ONTO = { radius: 11, color: "#b3006b", weight: 3, fill: false, interactive: false };
  var ROOM = 36;
  var places = /* @__PURE__ */ new WeakMap();
  function placeOf(point) {
    const known3 = places.get(point);
    if (known3 !== void 0) {
      return known3;
    }
    const page2 = fromPark(point);
    const made = page2 && latLng(page2);
    places.set(point, made);
    return made;
  }
  var Handles = class {
    /** @param {L.Map} map @param {L.PathOptions} own where it is drawn @param {boolean} area */
    constructor(map2, own2, area) {
      this.map = map2;
      this.own = own2;
      this.shape = (area ? L.polygon([], { ...DRAWN, ...own2 }) : L.polyline([], { ...DRAWN, ...own2 })).addTo(map2);
      this.marks = L.layerGroup().addTo(map2);
      this.corners = [];
      this.middleMarks = [];
      this.ring = L.circleMarker([0, 0], { ...ONTO, ...own2 });
    }
    /** Where a point of the working CRS is in the map on the screen; null where that does not reach. @param {Point} point */
    onScreen(point) {
      const latLng2 = placeOf(point);
      return latLng2 ? this.map.latLngToContainerPoint(latLng2) : null;
    }
    /** The middles of the edges that are long enough for one. @param {Outline} outline */
    middles(outline) {
      const { points } = outline;
      return outline.middles().filter(({ at: at2 }) => {
        const [from, to] = [this.onScreen(points[at2 - 1]), this.onScreen(points[at2 % points.length])];
        return from && to && from.distanceTo(to) >= ROOM;
      });
    }
    /**
     * Puts circles where they belong; those that are there are moved, not made anew.
     * @param {L.CircleMarker[]} circles @param {L.CircleMarkerOptions} look @param {(L.LatLng | null)[]} wanted
     */
    place(circles, look2, wanted3) {
      const there = wanted3.filter((each2) => each2 !== null);
      while (circles.length > there.length) {
        this.marks.removeLayer(
          /** @type {L.CircleMarker} */
          circles.pop()
        );
      }
      there.forEach((latLng2, at2) => {
        if (!circles[at2]) {
          circles.push(L.circleMarker(latLng2, { ...look2, ...this.own }));
          this.marks.addLayer(circles[at2]);
        } else if (!circles[at2].getLatLng().equals(latLng2, 0)) {
          circles[at2].setLatLng(latLng2);
        }
      });
    }
    /** @param {Outline} outline @param {{taking: boolean, onto: Onto | null}} how */
    show(outline, { taking, onto: onto2 }) {
      const latLngs = outline.points.map(placeOf);
      this.shape.setLatLngs(latLngs.filter((each2) => each2 !== null));
      this.place(this.middleMarks, MIDDLE, taking ? [] : this.middles(outline).map(({ point }) => placeOf(point)));
      this.place(this.corners, CORNER, latLngs);
      this.corners.forEach((mark, at2) => {
        const look2 = at2 === outline.chosen ? CHOSEN : CORNER;
        if (mark.options.radius !== look2.radius) {
          mark.setRadius(look2.radius);
          mark.setStyle(look2);
        }
      });
      const ring = onto2 && placeOf(onto2.point);
      if (ring) {
        this.ring.setLatLng(ring).addTo(this.map);
      } else {
        this.ring.remove();
      }
    }
    remove() {
      this.shape.remove();
      this.marks.remove();
      this.ring.remove();
    }
  };

  // panels/drawing.js
  var GRASP = 10;
  var FINGER = 22;
  var STILL = 3;
  var SNAP_PIXELS = 10;
  var SNAP_METRES = 5;
  var SOUGHT_METRES = 50;
  var STEP2 = 1;
  var ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  function onTop(map2) {
    paneOf(map2, "lt-drawing", 595);
    map2.landtrackDrawing = map2.landtrackDrawing ?? L.svg({ pane: "lt-drawing", padding: 0.5 });
    return { pane: "lt-drawing", renderer: map2.landtrackDrawing };
  }
  function inPark(latLng2) {
    return toPark(page(latLng2));
  }
  function isElsewhere({ target, key }) {
    if (!(target instanceof Element) || document.querySelector("dialog[open]")) {
      return true;
    }
    return target.matches("input:not([type=checkbox]), select, textarea") || key === "Enter" && target.matches("button, a, summary, input");
  }
  var Drawing = class {
    /**
     * @param {App} app
     * @param {{
     *   area: boolean, ring?: Ring, taking?: boolean, snapping?: boolean, changed: (moving: boolean) => void, said: (key: string) => void,
     * }} how `ring` are the corners that it begins with; `changed` is called after each step, also while a corner is
     * moved; `said` with what a person is told, a key of the text catalog
     */
    constructor(app2, { area, ring = [], taking = true, snapping = true, changed, said: said4 }) {
      this.app = app2;
      this.map = app2.map;
      this.area = area;
      this.changed = changed;
      this.said = said4;
      this.outline = new Outline(area, ring);
      this.snapping = snapping;
      this.taking = taking;
      this.onto = null;
      this.press = null;
      this.swallow = false;
      this.waiting = 0;
      this.turn = Promise.resolve();
      this.handles = new Handles(app2.map, onTop(app2.map), area);
      this.heard = new AbortController();
      this.listen();
    }
    get ring() {
      return this.outline.points;
    }
    /** Whether it has as many corners as an area or a line has. */
    get enough() {
      return this.ring.length >= this.outline.least;
    }
    // --- steps ------------------------------------------------------------------------------------
    /** @param {boolean} moving whether more of the same comes */
    show(moving) {
      if (this.heard.signal.aborted) {
        return;
      }
      this.handles.show(this.outline, { taking: this.taking, onto: this.onto });
      this.changed(moving);
    }
    /** Puts a corner behind the last one, or behind that which is chosen. @param {Point} point */
    add(point) {
      if (this.outline.full) {
        this.said("tool.full");
        return;
      }
      this.outline.keep();
      this.outline.insert(this.taking || this.outline.chosen < 0 ? this.ring.length : this.outline.chosen + 1, point);
      if (this.taking) {
        this.outline.choose(-1);
      }
      this.show(false);
    }
    /** Puts a corner into the middle of the edge behind the chosen one. */
    halve() {
      const middle2 = this.outline.middles().find(({ at: at2 }) => at2 === this.outline.chosen + 1);
      if (middle2) {
        this.onto = null;
        this.add(middle2.point);
      }
    }
    /** @param {number} at @param {Point} point */
    moveTo(at2, point) {
      this.onto = null;
      this.outline.keep();
      this.outline.move(at2, point);
      this.show(false);
    }
    removeChosen() {
      const { chosen } = this.outline;
      if (chosen < 0) {
        return;
      }
      if (!this.taking && this.ring.length <= this.outline.least) {
        this.said("tool.least");
        return;
      }
      this.onto = null;
      this.outline.keep();
      this.outline.remove(chosen);
      this.show(false);
    }
    /** Chooses the next corner, or the one before. @param {number} by 1 or -1 */
    chooseNext(by) {
      const count = this.ring.length;
      const { chosen } = this.outline;
      this.choose(chosen < 0 ? by > 0 ? 0 : count - 1 : (chosen + by + count) % count);
      const corner2 = this.ring[this.outline.chosen];
      const page2 = corner2 && fromPark(corner2);
      if (page2) {
        this.map.panInside(latLng(page2), this.app.margins());
      }
    }
    /** @param {number} at -1 for none */
    choose(at2) {
      this.onto = null;
      this.outline.choose(at2);
      this.show(false);
    }
    /** Puts the chosen corner onto the nearest of what is there. */
    async seek() {
      const { chosen } = this.outline;
      const found5 = chosen < 0 ? null : await onto(this.app, this.ring[chosen], SOUGHT_METRES);
      if (found5 && this.outline.chosen === chosen) {
        this.moveTo(chosen, found5.point);
        this.onto = found5;
        this.show(false);
      } else {
        this.said("tool.nothing_near");
      }
    }
    undo() {
      this.onto = null;
      if (this.outline.undo()) {
        this.show(false);
      }
    }
    redo() {
      this.onto = null;
      if (this.outline.redo()) {
        this.show(false);
      }
    }
    /** Ends taking corners, once those that were clicked are placed. */
    finish() {
      this.turn = this.turn.then(() => {
        if (this.taking && this.enough) {
          this.taking = false;
          this.onto = null;
          this.still();
          this.show(false);
        }
      });
      return this.turn;
    }
    /** Takes it off the map. */
    remove() {
      this.heard.abort();
      this.map.off("click", this.clicked, this);
      this.map.off("dblclick", this.finish, this);
      this.map.off("zoomend", this.redraw, this);
      this.letGo();
      this.still();
      this.map.getContainer().classList.remove("lt-shaping");
      this.handles.remove();
    }
    // --- mouse, pen and finger --------------------------------------------------------------------
    listen() {
      const { map: map2 } = this;
      const container = map2.getContainer();
      const { signal } = this.heard;
      map2.on("click", this.clicked, this);
      map2.on("dblclick", this.finish, this);
      map2.on("zoomend", this.redraw, this);
      container.addEventListener("pointerdown", (event) => this.pressed(event), { capture: true, signal });
      document.addEventListener("pointermove", (event) => this.dragged(event), { signal });
      document.addEventListener("pointerup", (event) => this.released(event), { signal });
      document.addEventListener("pointercancel", (event) => this.released(event), { signal });
      document.addEventListener("keydown", (event) => this.keyed(event), { capture: true, signal });
      container.classList.add("lt-shaping");
      if (this.taking) {
        map2.doubleClickZoom.disable();
        container.classList.add("lt-drawing");
      }
    }
    /** Clicks are for the map again. */
    still() {
      this.map.getContainer().classList.remove("lt-drawing");
      setTimeout(() => this.map.doubleClickZoom.enable(), 300);
    }
    redraw() {
      this.handles.show(this.outline, { taking: this.taking, onto: this.onto });
    }
    /** Where a corner is in the map on the screen. @param {Point} point */
    onScreen(point) {
      return this.handles.onScreen(point);
    }
    /** What is grasped at a place of the screen, the nearest. @param {L.Point} place @param {number} reach @returns {Grasp | null} */
    graspAt(place, reach2) {
      const near = (all3) => {
        const found5 = all3.map(({ at: at2, point }) => ({ at: at2, off: this.onScreen(point)?.distanceTo(place) ?? Infinity }));
        return found5.filter(({ off }) => off <= reach2).sort((one, other) => one.off - other.off)[0];
      };
      const corner2 = near(this.ring.map((point, at2) => ({ at: at2, point })));
      const middle2 = corner2 || this.taking || this.outline.full ? null : near(this.handles.middles(this.outline));
      return corner2 ? { at: corner2.at, corner: true } : middle2 ? { at: middle2.at, corner: false } : null;
    }
    /** @param {PointerEvent} event */
    pressed(event) {
      this.swallow = false;
      const elsewhere = event.target instanceof Element && event.target.closest(".leaflet-control, .leaflet-popup");
      if (this.press || event.button !== 0 || elsewhere) {
        return;
      }
      const place = this.map.mouseEventToContainerPoint(event);
      const grasp = this.graspAt(place, event.pointerType === "touch" ? FINGER : GRASP);
      if (!grasp) {
        return;
      }
      const point = grasp.corner ? this.ring[grasp.at] : this.outline.middles()[grasp.at - 1].point;
      this.press = { id: event.pointerId, grasp, from: place, off: place.subtract(this.onScreen(point) ?? place), moved: false };
      this.map.dragging.disable();
    }
    /** @param {PointerEvent} event */
    dragged(event) {
      const { press } = this;
      if (!press || event.pointerId !== press.id) {
        return;
      }
      const place = this.map.mouseEventToContainerPoint(event);
      if (!press.moved) {
        if (place.distanceTo(press.from) < STILL) {
          return;
        }
        press.moved = true;
        this.outline.keep();
        if (!press.grasp.corner) {
          this.outline.insert(press.grasp.at, this.outline.middles()[press.grasp.at - 1].point);
        }
      }
      const own2 = ++this.waiting;
      requestAnimationFrame(() => {
        if (own2 === this.waiting) {
          this.follow(press, place, true);
        }
      });
    }
    /**
     * Lets the corner that is held follow. @param {Press} press @param {L.Point} place @param {boolean} moving
     */
    follow(press, place, moving) {
      const own2 = ++this.waiting;
      this.turn = this.turn.then(async () => {
        const point = inPark(this.map.containerPointToLatLng(place.subtract(press.off)));
        if (!point) {
          this.said("tool.not_here");
          return;
        }
        const found5 = await this.snapped(point);
        if (own2 === this.waiting || !moving) {
          this.onto = found5;
          this.outline.move(press.grasp.at, found5?.point ?? point);
          this.show(moving);
        }
      });
    }
    /** @param {PointerEvent} event */
    released(event) {
      const { press } = this;
      if (!press || event.pointerId !== press.id) {
        return;
      }
      this.letGo();
      if (press.moved) {
        this.swallow = true;
        this.follow(press, this.map.mouseEventToContainerPoint(event), false);
      } else if (!this.taking) {
        this.swallow = true;
        this.picked(press.grasp);
      } else if (press.grasp.at === 0 && this.closes(press)) {
        this.swallow = true;
        this.finish();
      }
    }
    /** A corner that was clicked is chosen; the middle of an edge becomes one. @param {Grasp} grasp */
    picked({ at: at2, corner: corner2 }) {
      this.onto = null;
      if (corner2) {
        this.choose(at2);
        return;
      }
      const { point } = this.outline.middles()[at2 - 1];
      this.outline.keep();
      this.outline.insert(at2, point);
      this.show(false);
    }
    /** Whether a click on the first corner closes the outline: a corner near to it may be meant. @param {Press} press */
    closes({ from }) {
      const first = this.onScreen(this.ring[0]);
      return this.area && this.enough && first !== null && from.distanceTo(first) <= Math.min(GRASP, SNAP_METRES * this.perMetre());
    }
    letGo() {
      if (this.press) {
        this.press = null;
        this.map.dragging.enable();
      }
    }
    /** @param {L.LeafletMouseEvent} event */
    clicked({ latlng, originalEvent }) {
      if (this.swallow || originalEvent && originalEvent.detail > 1) {
        this.swallow = false;
        return;
      }
      if (!this.taking) {
        this.choose(-1);
        return;
      }
      this.turn = this.turn.then(async () => {
        const point = inPark(latlng);
        if (!point) {
          this.said("tool.not_here");
          return;
        }
        this.onto = await this.snapped(point);
        this.add(this.onto?.point ?? point);
      });
    }
    /** Pixels of a metre on the ground. */
    perMetre() {
      const centre = this.map.getCenter();
      const one = inPark(centre);
      const other = inPark(this.map.containerPointToLatLng(this.map.latLngToContainerPoint(centre).add([100, 0])));
      return one && other ? 100 / Math.hypot(other[0] - one[0], other[1] - one[1]) : 1;
    }
    /** What a point lies on, as near as a hand means it. @param {Point} point */
    async snapped(point) {
      return this.snapping ? onto(this.app, point, Math.min(SNAP_METRES, SNAP_PIXELS / this.perMetre())) : null;
    }
    // --- keys -------------------------------------------------------------------------------------
    /** @param {KeyboardEvent} event */
    keyed(event) {
      if (isElsewhere(event) || event.altKey || this.press?.moved && event.key !== "Escape") {
        return;
      }
      if (this.did(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    }
    /** Does what a key asks for, where it asks for something. @param {KeyboardEvent} event */
    did({ key, ctrlKey, metaKey, shiftKey }) {
      const { chosen } = this.outline;
      if (ctrlKey || metaKey) {
        const typed2 = key.toLowerCase();
        if (typed2 === "z" || typed2 === "y") {
          this[typed2 === "y" || shiftKey ? "redo" : "undo"]();
          return true;
        }
      }
      if (Object.hasOwn(ARROWS, key) && chosen >= 0) {
        const far = STEP2 * (shiftKey ? 10 : ctrlKey ? 0.1 : 1);
        const [x, y] = this.ring[chosen];
        this.moveTo(chosen, [x + far * ARROWS[key][0], y + far * ARROWS[key][1]]);
        return true;
      }
      return this.didPlain(key);
    }
    /** What is held goes back to where it was, what is chosen is chosen no more; else Escape is for the page. */
    leave() {
      if (this.press) {
        const { moved: moved4 } = this.press;
        this.letGo();
        this.waiting += 1;
        this.turn = this.turn.then(() => {
          if (moved4) {
            this.undo();
          }
        });
        return true;
      }
      const chosen = this.outline.chosen >= 0;
      if (chosen) {
        this.choose(-1);
      }
      return chosen;
    }
    /** @param {string} key */
    didPlain(key) {
      if (key === "Escape") {
        return this.leave();
      }
      if (key === "Enter" && this.taking) {
        this.finish();
      } else if (key === "Backspace" && this.taking && this.outline.chosen < 0) {
        this.undo();
      } else if ((key === "Delete" || key === "Backspace") && this.outline.chosen >= 0) {
        this.removeChosen();
      } else if (key === "Insert" && this.outline.chosen >= 0) {
        this.halve();
      } else {
        return false;
      }
      return true;
    }
  };

  // panels/screen.js
  var NARROW = 760;
  var GAP = 24;
  var UNCOVERED = 0.44;
  function isNarrow() {
    return window.innerWidth <= NARROW;
  }
  function free({ map: map2, ui }) {
    const [width, height] = [map2.getSize().x, map2.getSize().y];
    if (isNarrow()) {
      return L.bounds([GAP, ui.panel.offsetHeight + GAP], [width - 2 * GAP, height * UNCOVERED]);
    }
    const right = ui.card.hidden ? 3 * GAP : ui.card.offsetWidth + 3 * GAP;
    return L.bounds([ui.tool.getBoundingClientRect().right + GAP, GAP], [width - right, height - 2 * GAP]);
  }
  function bring(app2, at2, zoom) {
    const { map: map2 } = app2;
    map2.setView(at2, zoom, { animate: false });
    map2.panBy(map2.latLngToContainerPoint(at2).subtract(free(app2).getCenter()).round(), { animate: false });
  }

  // panels/spot.js
  var LOOK = { radius: 8, color: "#111827", weight: 3, fillColor: "#FFD43B", fillOpacity: 0.9, interactive: false };
  var MOST6 = 12;
  function labelOf({ table: table2, row }) {
    const name3 = table2.name(row);
    return [pick(table2.head.title), table2.key(row), name3 === table2.key(row) ? "" : name3].filter(Boolean).join(" · ");
  }
  var Spot = class {
    /**
     * Hears clicks on the map until it is removed.
     * @param {App} app @param {Found | null} of the feature that is meant at first
     * @param {(at: L.LatLng | null) => void} [moved] called when it is elsewhere
     */
    constructor(app2, of2, moved4 = () => {
    }) {
      this.app = app2;
      this.moved = moved4;
      this.latLng = null;
      this.accuracy = null;
      this.offered = of2 ? [of2] : [];
      this.chosen = of2 ? 0 : -1;
      this.mark = L.circleMarker([0, 0], { ...onTop(app2.map), ...LOOK });
      this.around = L.circle([0, 0], { ...onTop(app2.map), radius: 1, color: "#1f5f8b", weight: 1.5, fillOpacity: 0.12, interactive: false });
      this.told = element("p", { class: "lt-told", role: "status" });
      this.choice = element("div");
      this.shown = [this.told, element("div", { class: "lt-row" }, button({ class: "lt-plain", "data-do": "middle" }, () => this.put(app2.map.containerPointToLatLng(free(app2).getCenter())), say("pin.middle"))), this.choice];
      this.clicked = ({ latlng }) => this.put(latlng);
      app2.map.on("click", this.clicked);
      this.tell();
    }
    /** @param {L.LatLng} latLng @param {number | null} [accuracy] */
    async put(latLng2, accuracy = null) {
      this.latLng = latLng2;
      this.accuracy = accuracy;
      this.mark.setLatLng(latLng2).addTo(this.app.map);
      this.around.remove();
      if (accuracy) {
        this.around.setLatLng(latLng2).setRadius(accuracy).addTo(this.app.map);
      }
      this.moved(latLng2);
      const found5 = (await featuresAt(this.app.map, latLng2)).filter(({ table: table2, row }) => table2.key(row));
      await Promise.all(found5.map(({ table: table2 }) => table2.loadTexts()));
      if (this.latLng === latLng2) {
        this.offer(found5.slice(0, MOST6), Math.max(found5.findIndex(({ kind }) => kind === "plots"), found5.length ? 0 : -1));
      }
    }
    /** Takes a feature that is named elsewhere. @param {Found} found */
    take(found5) {
      const at2 = this.offered.findIndex(({ kind, row }) => kind === found5.kind && row === found5.row);
      this.offer(at2 < 0 ? [...this.offered, found5] : this.offered, at2 < 0 ? this.offered.length : at2);
    }
    /** @param {Found[]} offered @param {number} chosen */
    offer(offered3, chosen) {
      this.offered = offered3;
      this.chosen = chosen;
      this.tell();
    }
    tell() {
      const { latLng: latLng2, offered: offered3, chosen } = this;
      this.told.textContent = latLng2 ? say("pin.put", { at: `${latLng2.lat.toFixed(6)}, ${latLng2.lng.toFixed(6)}` }) : offered3.length ? "" : say("pin.click");
      if (!offered3.length) {
        this.choice.replaceChildren();
        return;
      }
      const options2 = offered3.map((each2, at2) => [String(at2), labelOf(each2)]);
      this.choice.replaceChildren(element(
        "label",
        { class: "lt-asked" },
        say("pin.about"),
        select({ "data-about": "" }, latLng2 ? [["-1", say("pin.only_point")], ...options2] : options2, String(chosen), (value2) => {
          this.chosen = Number(value2);
        })
      ));
    }
    /** Whether it says where. */
    get known() {
      return this.latLng !== null || this.chosen >= 0;
    }
    /** What a note has of it. */
    read() {
      const own2 = this.offered[this.chosen];
      return {
        lat: this.latLng && Number(this.latLng.lat.toFixed(7)),
        lng: this.latLng && Number(this.latLng.wrap().lng.toFixed(7)),
        accuracy_m: this.latLng && this.accuracy,
        layer: own2?.kind ?? "",
        key: own2 ? own2.table.key(own2.row) : ""
      };
    }
    clear() {
      this.latLng = null;
      this.mark.remove();
      this.around.remove();
      this.moved(null);
      this.offer([], -1);
    }
    remove() {
      this.app.map.off("click", this.clicked);
      this.mark.remove();
      this.around.remove();
    }
  };

  // panels/written.js
  function field(key, input) {
    return element("label", { class: "lt-asked" }, say(key), input);
  }
  function words() {
    const text = element("textarea", { rows: 3, maxlength: LONGEST3, "data-note": "text" });
    const by = element("input", { type: "text", maxlength: LONGEST_NAME2, autocomplete: "name", value: name2(), "data-note": "by" });
    by.addEventListener("change", () => keepName(by.value.trim()));
    return { text, by };
  }
  function wordsOf(error) {
    if (!(error instanceof Failure)) {
      throw error;
    }
    return say(error.key, error.values);
  }
  function lacking(known3, text, count) {
    return !known3 ? "pin.nowhere" : count > MOST_PICTURES2 ? "pin.too_many" : text.trim() || count ? "" : "pin.empty";
  }

  // panels/noting.js
  function tool(app2, pins, of2 = null) {
    const spot2 = new Spot(app2, of2);
    const own2 = words();
    const pictures = element("input", { type: "file", multiple: true, accept: "image/jpeg,image/png,image/webp", "data-note": "pictures" });
    const told4 = element("p", { class: "lt-told", role: "status" });
    const add2 = plain2("pin.add", async () => {
      const files = [...pictures.files ?? []];
      const why2 = lacking(spot2.known, own2.text.value, files.length);
      if (why2) {
        told4.textContent = say(why2, { most: MOST_PICTURES2 });
        return;
      }
      add2.disabled = true;
      try {
        await pins.notes.add({ text: own2.text.value, by: own2.by.value, ...spot2.read(), pictures: files });
        own2.text.value = "";
        pictures.value = "";
        spot2.clear();
        told4.textContent = say("pin.is_kept");
        pins.load();
      } catch (error) {
        told4.textContent = wordsOf(error);
      } finally {
        add2.disabled = false;
      }
    });
    const which = ["all", "open", "none"].map((each2) => [each2, say(`pin.show_${each2}`)]);
    return {
      title: say("tool.note"),
      content: [
        ...spot2.shown,
        field("pin.text", own2.text),
        field("pin.pictures", pictures),
        field("pin.by", own2.by),
        element("div", { class: "lt-row" }, add2),
        told4,
        field("pin.shown", select({}, which, pins.shown, (value2) => pins.show(value2))),
        pins.left ? element("p", { class: "lt-quiet", text: say("pin.more", { count: figure(pins.left, 0) }) }) : "",
        element("p", {}, element("a", { href: pins.notes.address, text: say("pin.list") }))
      ].filter((each2) => typeof each2 !== "string"),
      close: () => spot2.remove(),
      again: () => tool(app2, pins)
    };
  }
  function open(app2, of2 = null) {
    const { pins } = app2;
    if (pins) {
      app2.useTool(() => tool(app2, pins, of2));
    }
  }

  // core/photos.js
  var LONG_SIDE = 1600;
  var QUALITY = 0.8;
  async function small(file) {
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONG_SIDE / Math.max(image.width, image.height));
      const canvas = element("canvas", { width: Math.max(1, Math.round(image.width * scale)), height: Math.max(1, Math.round(image.height * scale)) });
      const onto2 = context(canvas);
      onto2.fillStyle = "#fff";
      onto2.fillRect(0, 0, canvas.width, canvas.height);
      onto2.drawImage(image, 0, 0, canvas.width, canvas.height);
      image.close();
      return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1];
    } catch (error) {
      throw new Failure(`${file.name} is no picture`, "visit.no_picture", { file: file.name }, error);
    }
  }
  function address(data2) {
    return `data:image/jpeg;base64,${data2}`;
  }

  // layers/nearby.js
  var CM8 = 100;
  var FIRST_REACH2 = 200;
  var LAST_REACH2 = 6e4;
  var WAYS = ["north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west"];
  function wayOf(east, north2) {
    return WAYS[Math.round(Math.atan2(east, north2) / (Math.PI / 4) + 8) % 8];
  }
  async function nearby(table2, latLng2, most) {
    const point = page(latLng2);
    const stretch = toPark(point) ? 1 : Math.cos(latLng2.lat * Math.PI / 180);
    const own2 = ground([[point]]);
    const [x, y] = point.map((each2) => Math.round(each2 * CM8));
    const box = [x, y, x, y];
    let found5 = [];
    for (let reach2 = FIRST_REACH2; reach2 <= LAST_REACH2; reach2 *= 3) {
      const near = await piecesNear(table2, box, reach2, () => true);
      found5 = near.flatMap(({ row, pieces: pieces2 }) => {
        const shapes = pieces2.map(({ type, rings }) => ({ type, rings: stretch === 1 ? ground(rings) : rings }));
        const { distance, from, to } = nearest(own2, shapes);
        return from && to ? [{ row, distance: distance * stretch, way: distance ? wayOf(to[0] - from[0], to[1] - from[1]) : "" }] : [];
      }).sort((one, other) => one.distance - other.distance);
      if (found5.filter(({ distance }) => distance <= reach2 * stretch).length >= Math.min(most, table2.count)) {
        break;
      }
    }
    return found5.slice(0, most);
  }

  // panels/asking.js
  function over(title, name3, content2) {
    const before = document.activeElement;
    const made = element(
      "dialog",
      { class: `lt-compare ${name3}`.trim(), "aria-label": title },
      element("header", {}, element("h2", { text: title }), button({ class: "lt-close", "aria-label": say("map.close") }, () => made.close(), "×")),
      ...content2
    );
    made.addEventListener("close", () => {
      made.remove();
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus({ preventScroll: true });
      }
    });
    document.body.append(made);
    made.showModal();
    return made;
  }
  function ask(title, content2, choices2) {
    const made = over(title, "lt-ask", [
      ...content2,
      element(
        "div",
        { class: "lt-row lt-choices" },
        ...choices2.map(([key, action]) => plain2(key, () => {
          made.close();
          action();
        })),
        plain2("trial.cancel", () => made.close())
      )
    ]);
    return made;
  }

  // panels/live.js
  function moment(text) {
    const at2 = new Date(text);
    const two = (number2) => String(number2).padStart(2, "0");
    return `${at2.getFullYear()}-${two(at2.getMonth() + 1)}-${two(at2.getDate())} ${two(at2.getHours())}:${two(at2.getMinutes())}`;
  }
  function told({ news, lost, newer }) {
    if (newer) {
      return [[say("map.live_newer")], false];
    }
    const said4 = lost ? [say("map.live_lost")] : [];
    if (!news) {
      return [said4, !lost];
    }
    if (news.fault) {
      return [[...said4, say("map.live_fault", { cause: pick(news.fault) })], false];
    }
    said4.push(say("map.live_judged", { at: moment(news.at) }));
    if (news.count) {
      const shown2 = news.features.length ? "map.live_since" : "map.live_many";
      said4.push(say(shown2, { count: figure(news.count, 0), at: moment(news.last), event: news.event }));
    }
    if (news.reshaped) {
      said4.push(say("map.live_reshaped"));
    }
    return [said4, !news.count && !lost];
  }
  async function judge(app2) {
    const { served: served2, live } = app2;
    try {
      const answer = await fetch(`${served2?.place}/run`, { method: "POST" });
      if (!answer.ok) {
        throw new TypeError(`${answer.status}`);
      }
      live.judging = { job: new URL(answer.url).pathname, going_on: true };
    } catch {
      app2.say(say("map.live_not_begun"));
    }
    app2.map.fire("landtrack:live");
  }
  function content(app2, renew2) {
    const { live } = app2;
    const [said4, whole2] = told(live);
    const ways2 = live.newer ? button({ class: "lt-plain" }, renew2, say("map.live_show")) : [
      live.judging ? element("a", { href: live.judging.job, text: say(live.judging.going_on ? "map.live_job" : "map.live_not_done") }) : "",
      " ",
      !live.judging?.going_on && !whole2 && !live.lost && may(app2.served, "POST run") ? button({ class: "lt-plain" }, () => judge(app2), say("map.live_judge")) : ""
    ];
    return { said: said4.join(" "), whole: whole2, ways: [ways2].flat() };
  }
  function status(app2, renew2) {
    if (!app2.served) {
      return null;
    }
    const text = element("span", { role: "status" });
    const ways2 = element("span");
    const back = element("a", { class: "lt-to-desk", href: app2.served.place, text: say("map.live_desk") });
    const made = element("p", { class: "lt-live" }, back, " · ", text, " ", ways2);
    const fill = () => {
      const { said: said4, whole: whole2, ways: own2 } = content(app2, renew2);
      made.classList.toggle("lt-live-newer", !whole2);
      if (text.textContent !== said4) {
        text.textContent = said4;
      }
      ways2.replaceChildren(...own2);
    };
    fill();
    app2.onUi("landtrack:live", fill);
    return made;
  }

  // panels/visit.js
  var NEAR2 = 3;
  var ZOOM = 17;
  var PATIENCE = { enableHighAccuracy: true, timeout: 2e4, maximumAge: 0 };
  function why(error) {
    return error instanceof Failure && error.key === "pin.no_desk" ? say("visit.no_desk") : wordsOf(error);
  }
  async function handOn({ visits, pins }) {
    if (pins) {
      await visits.handOn((text) => pins.notes.visit(text, nameOf(/* @__PURE__ */ new Date())));
      pins.load();
    }
  }
  function follow2(app2) {
    const { visits } = app2;
    const now = () => visits.ready.then(() => visits.all.length ? handOn(app2) : void 0).catch(() => {
    });
    if (app2.pins) {
      now();
      window.addEventListener("online", now);
      app2.map.on("landtrack:live", () => {
        if (!app2.live.lost) {
          now();
        }
      });
    }
  }
  function photos() {
    const shown2 = element("div", { class: "lt-pinned-pictures" });
    const told4 = element("p", { class: "lt-told", role: "status" });
    const all3 = [];
    const draw = () => shown2.replaceChildren(...all3.map((data2, at2) => element(
      "span",
      {},
      element("img", { src: address(data2), alt: say("pin.picture", { at: at2 + 1 }) }),
      button({ class: "lt-plain", "aria-label": say("visit.drop_picture", { at: at2 + 1 }) }, () => {
        all3.splice(at2, 1);
        draw();
      }, "×")
    )));
    const input = (more) => {
      const made = element("input", { type: "file", accept: "image/*", ...more });
      made.addEventListener("change", async () => {
        told4.textContent = "";
        for (const file of [...made.files ?? []]) {
          try {
            all3.push(await small(file));
          } catch (error) {
            told4.textContent = wordsOf(error);
          }
        }
        made.value = "";
        draw();
      });
      return made;
    };
    return {
      all: all3,
      draw,
      shown: [field("visit.photo", input({ capture: "environment", "data-note": "photo" })), field("visit.pictures", input({ multiple: true, "data-note": "pictures" })), shown2, told4]
    };
  }
  function standing(app2, spot2) {
    const told4 = element("p", { class: "lt-told", role: "status" });
    const list2 = element("ul", { class: "lt-near" });
    const plots = app2.tables.get("plots");
    let run = 0;
    function item2({ row, distance, way }) {
      const table2 = (
        /** @type {NonNullable<typeof plots>} */
        plots
      );
      const name3 = table2.name(row) === table2.key(row) ? "" : table2.name(row);
      return element(
        "li",
        {},
        button(
          { class: "lt-plain", "data-key": table2.key(row) },
          () => spot2.take({ kind: "plots", table: table2, row }),
          [table2.key(row), name3].filter(Boolean).join(" · ")
        ),
        " ",
        way ? say("visit.away", { distance: amount(distance, distance < 10 ? 1 : 0, "m"), way: say(`visit.${way}`) }) : say("visit.inside")
      );
    }
    async function near(at2) {
      const own2 = ++run;
      const found5 = at2 && plots?.count ? await nearby(plots, at2, NEAR2) : [];
      await plots?.loadTexts();
      if (own2 === run) {
        list2.replaceChildren(...found5.map(item2));
      }
    }
    function locate() {
      if (!window.isSecureContext || !navigator.geolocation) {
        told4.textContent = say("visit.no_position");
        return;
      }
      told4.textContent = say("visit.looking");
      navigator.geolocation.getCurrentPosition(async ({ coords }) => {
        const at2 = L.latLng(coords.latitude, coords.longitude);
        told4.textContent = say("visit.found", { accuracy: amount(coords.accuracy, 0, "m") });
        bring(app2, at2, Math.max(app2.map.getZoom(), ZOOM));
        await spot2.put(at2, Math.round(coords.accuracy * 10) / 10);
      }, ({ code, PERMISSION_DENIED }) => {
        told4.textContent = say(code === PERMISSION_DENIED ? "visit.refused" : "visit.not_found");
      }, PATIENCE);
    }
    return { shown: [element("div", { class: "lt-row" }, plain2("visit.locate", locate)), told4, list2], near };
  }
  function waiting(app2) {
    const { visits } = app2;
    const title = element("h3");
    const where = element("p", { class: "lt-quiet" });
    const list2 = element("ul", { class: "lt-near" });
    const told4 = element("p", { class: "lt-told", role: "status" });
    const save = plain2("visit.save", async () => {
      const name3 = nameOf(/* @__PURE__ */ new Date());
      download(name3, await visits.save(), "application/json");
      told4.textContent = say("visit.is_saved", { file: name3 });
    });
    const hand = plain2("visit.hand_on", async () => {
      hand.disabled = true;
      try {
        await handOn(app2);
        told4.textContent = say("visit.is_handed_on");
      } catch (error) {
        told4.textContent = why(error);
      } finally {
        hand.disabled = false;
      }
    });
    const saved = () => visits.all.filter((each2) => each2.saved);
    const forget = plain2("visit.forget", () => ask(
      say("visit.forget"),
      [element("p", { text: say("visit.forget_why", { count: figure(saved().length, 0) }) })],
      [["visit.remove", () => visits.drop(saved().map(({ id }) => id))]]
    ));
    const item2 = (each2) => element(
      "li",
      {},
      element("b", { text: each2.key || say("pin.at_point") }),
      ` ${each2.text.slice(0, 60)} `,
      element("span", { class: "lt-quiet", text: [moment(each2.at), each2.pictures.length ? say("visit.with_pictures", { count: figure(each2.pictures.length, 0) }) : "", each2.saved ? say("visit.in_file") : ""].filter(Boolean).join(" · ") }),
      " ",
      button({ class: "lt-plain", "aria-label": say("visit.remove_it", { note: each2.text.slice(0, 40) || each2.key }) }, () => ask(
        say("visit.remove"),
        [element("p", { text: say("visit.would_be_lost") })],
        [["visit.remove", () => visits.drop([each2.id])]]
      ), "×")
    );
    const fill = () => {
      const count = visits.all.length;
      title.textContent = say("visit.waiting", { count: figure(count, 0) });
      where.textContent = say(visits.where === "nowhere" ? "visit.nowhere" : app2.pins ? "visit.in_browser_served" : "visit.in_browser");
      list2.replaceChildren(...visits.all.map(item2));
      save.hidden = !count;
      hand.hidden = !count || !app2.pins;
      forget.hidden = !saved().length;
    };
    return { shown: [title, where, list2, element("div", { class: "lt-row" }, hand, save, forget), told4], fill, told: told4 };
  }
  function tool2(app2, of2 = null) {
    const { visits } = app2;
    const own2 = words();
    const taken = photos();
    const spot2 = new Spot(app2, of2, (at2) => place.near(at2));
    const place = standing(app2, spot2);
    const queue = waiting(app2);
    const told4 = element("p", { class: "lt-told", role: "status" });
    const keep2 = plain2("visit.keep", async () => {
      const lacks = lacking(spot2.known, own2.text.value, taken.all.length);
      told4.textContent = lacks ? say(lacks, { most: MOST_PICTURES2 }) : "";
      if (lacks) {
        return;
      }
      keep2.disabled = true;
      try {
        await visits.keep({ text: own2.text.value.trim(), by: own2.by.value.trim(), ...spot2.read(), pictures: [...taken.all] });
        own2.text.value = "";
        taken.all.length = 0;
        taken.draw();
        told4.textContent = say("visit.is_kept");
        navigator.storage?.persist?.().catch(() => {
        });
        if (app2.pins) {
          await handOn(app2);
          told4.textContent = say("visit.is_handed_on");
        }
      } catch (error) {
        told4.textContent = [told4.textContent, why(error)].filter(Boolean).join(" ");
      } finally {
        keep2.disabled = false;
      }
    });
    app2.map.on("landtrack:visits", queue.fill);
    queue.fill();
    visits.ready.then(queue.fill);
    return {
      title: say("tool.visit"),
      content: [...place.shown, ...spot2.shown, field("pin.text", own2.text), ...taken.shown, field("pin.by", own2.by), element("div", { class: "lt-row" }, keep2), told4, ...queue.shown],
      close: () => {
        app2.map.off("landtrack:visits", queue.fill);
        spot2.remove();
      },
      again: () => tool2(app2)
    };
  }

  // panels/noted.js
  function noted(app2, table2, row) {
    const of2 = { kind: table2.kind, table: table2, row };
    return table2.key(row) ? [plain2("tool.note", () => app2.pins ? open(app2, of2) : app2.useTool(() => tool2(app2, of2)))] : [];
  }

  // panels/timeline.js
  function steps2(table2, row) {
    if (table2.history && !table2.head.cards) {
      return states(table2, row);
    }
    const columns = Object.entries(table2.head.columns);
    const recorded = table2.history ? states(table2, row).map((each2) => ({ ...each2, day: each2.day ?? null })) : [];
    const dated = columns.filter(([, column]) => column.type === "date").map(([name3, column]) => {
      const before = columns[columns.findIndex(([each2]) => each2 === name3) - 1];
      const document2 = before && before[1].show === "documents" && before[1].type === "text" ? table2.cell(before[0], row) : "";
      const day2 = table2.day(name3, row);
      return { day: day2, label: pick(column.label), document: document2, written: "", open: day2 === null && isOpen(recorded, column.closes) };
    }).filter(({ day: day2, open: open3 }) => day2 !== null || open3 !== null);
    return [...recorded, ...dated].sort((one, other) => (one.day ?? Infinity) - (other.day ?? Infinity));
  }
  function isOpen(recorded, closes) {
    const last = closes ? recorded.filter(({ track }) => track === closes.track).at(-1) : void 0;
    return last ? last.code === closes?.state ? null : true : false;
  }
  function states(table2, row) {
    const known3 = table2.head.history?.states ?? [];
    if (!table2.history) {
      return [];
    }
    const { starts: starts2, days: days2, states: codes, documents: papers, written } = table2.history;
    const told4 = [];
    for (let at2 = starts2[row]; at2 < starts2[row + 1]; at2 += 1) {
      told4.push({
        day: days2[at2] ? unfold(days2[at2] - 1) : void 0,
        label: pick(known3[codes[at2]].label),
        track: known3[codes[at2]].track,
        code: known3[codes[at2]].code,
        document: papers ? Table.textAt(papers, at2) : "",
        written: written ? dayWritten(Table.textAt(written, at2)) : "",
        open: false
      });
    }
    return told4;
  }
  function dayWritten(text) {
    return text.startsWith("../") ? say("card.by_day", { day: text.slice(3) }) : text;
  }
  function whenSaid({ day: day2, written, open: open3 }) {
    return written || (typeof day2 === "number" ? day(day2) : say(day2 !== null ? "card.undated" : open3 ? "card.not_yet" : "coverage.no_coverage"));
  }
  function timeline(table2, row) {
    const found5 = steps2(table2, row);
    if (!found5.length) {
      return null;
    }
    const told4 = found5.map((step) => ({ ...step, when: whenSaid(step) }));
    const wide = told4.some(({ when }) => when.length > day(0).length);
    return section("card.timeline", element("ol", { class: wide ? "lt-steps lt-wide" : "lt-steps" }, ...told4.map(({ day: day2, label, document: document2, when }) => element(
      "li",
      { class: day2 === null ? "lt-step lt-open" : "lt-step" },
      element("span", { class: "lt-step-day", text: when }),
      element("span", { class: "lt-step-name", text: label }),
      document2 ? element("span", { class: "lt-step-document", text: document2 }) : null
    ))));
  }

  // core/numbers.js
  var ENDS = "[ \\t\\r\\n\\f\\v\\u00a0\\u2002\\u2003\\u2009\\u202f\\u200b\\ufeff]+";
  var EDGES = new RegExp(`^${ENDS}|${ENDS}$`, "g");
  var NUMBER = /^[+-]?(?:(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?$/i;
  var QUANTITY = /^([^0-9.,+-]*?)[ \t\r\n\f\v]*([+-]?[0-9.,]+(?:e[+-]?[0-9]+)?)[ \t\r\n\f\v]*(.*)$/i;
  var BRACKETS = /[()[\]{}\u3010\u3011\u3014\u3015\u3016\u3017\u3008-\u300f<>]/g;
  var OTHERS = /* @__PURE__ */ new Map([["　", " "], ["−", "-"], ["￥", "¥"]]);
  function halfWidth(text) {
    const plain3 = [...text].map((each2) => {
      const code = each2.codePointAt(0) ?? 0;
      if (code >= 65281 && code <= 65374) {
        return String.fromCodePoint(code - 65248);
      }
      return OTHERS.get(each2) ?? each2;
    });
    return plain3.join("").replace(EDGES, "");
  }
  function number(text) {
    const plain3 = halfWidth(text);
    if (!NUMBER.test(plain3)) {
      return NaN;
    }
    const value2 = Number(plain3.replaceAll(",", ""));
    const lost = value2 === 0 && /[1-9]/.test(plain3.toLowerCase().split("e")[0]);
    return lost || !Number.isFinite(value2) ? NaN : value2;
  }
  var literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  var longest = (one, other) => other.length - one.length;
  function widened(known3, text) {
    const powers = Object.keys(known3.power).sort(longest).map(literal).join("|");
    const found5 = new RegExp(`×?\\s*(${powers})\\s*(?=[\\p{L}\\p{N}_㎡])(?!\\p{Nd})`, "gu");
    return text.replace(found5, (whole2, power, at2) => /\p{Nd}$/u.test(text.slice(0, at2 + whole2.indexOf(power))) ? whole2 : known3.power[power]).normalize("NFKC");
  }
  function bared(known3, text) {
    const words2 = known3.introduced.map((each2) => literal(each2) + (/^[a-z]+$/.test(each2) ? "(?=[:\\s])" : ""));
    return text.replace(new RegExp(`^(?:${words2.join("|")})\\s*[:=]?\\s*`), "");
  }
  function spelt(known3, text) {
    const folded2 = [...widened(known3, text).toLowerCase()].map((each2) => known3.letters[each2] || each2).join("");
    const bare2 = bared(known3, folded2.replace(BRACKETS, " ").trim()).replace(/[\s\u200b\ufeff]+/g, "").replaceAll("^", "").replaceAll("**", "").replace(/^[:.,\uff0c;\uff1b\u3002]+|[:.,\uff0c;\uff1b\u3002]+$/g, "");
    return /[0-9]\./.test(bare2) ? bare2 : bare2.replaceAll(".", "");
  }
  function times(known3, stored, text) {
    const own2 = known3.unit[stored] || {};
    if (Object.hasOwn(own2, text)) {
      return own2[text];
    }
    const more = Object.keys(known3.multiplier).filter((each2) => text.startsWith(each2) && Object.hasOwn(own2, text.slice(each2.length))).filter((each2) => !Object.hasOwn(known3.multiplier, text.slice(each2.length)) && !text.includes("/"));
    return more.length ? known3.multiplier[more[0]] * own2[text.slice(more[0].length)] : NaN;
  }
  function amount2(known3, text) {
    const words2 = { ...known3.multiplier, ...known3.money };
    if (!text || Object.hasOwn(words2, text)) {
      return text ? words2[text] : 1;
    }
    const digits = text.match(/^1(,?0)*/);
    const rest = digits && text.slice(digits[0].length);
    return !digits || rest && !Object.hasOwn(words2, rest) ? NaN : Number(digits[0].replaceAll(",", "")) * (rest ? words2[rest] : 1);
  }
  function without(known3, text, word, last) {
    if (!(last ? text.endsWith(word) : text.startsWith(word))) {
      return null;
    }
    const left = last ? text.slice(0, text.length - word.length) : text.slice(word.length);
    const beside3 = last ? left.slice(-1) : left.slice(0, 1);
    return /^[a-z]+$/.test(word) && /[a-z]/.test(beside3) && Number.isNaN(amount2(known3, left)) ? null : left;
  }
  function money(known3, text) {
    const words2 = new Set([...known3.currency].sort((one, other) => other.length - one.length));
    let rest = text;
    for (let found5 = true; found5 && rest; ) {
      found5 = false;
      for (const word of words2) {
        const left = without(known3, rest, word, true) ?? without(known3, rest, word, false);
        if (left !== null) {
          rest = left;
          words2.delete(word);
          found5 = true;
          break;
        }
      }
    }
    return rest === text ? NaN : amount2(known3, rest);
  }
  function factor(known3, stored, text) {
    const plain3 = spelt(known3, text);
    const own2 = times(known3, stored, plain3);
    return Number.isNaN(own2) && stored === "CNY" ? money(known3, plain3) : own2;
  }
  var product = (value2, by) => by === 1 ? value2 : Number((value2 * by).toPrecision(15));
  function read3(known3, text, stored) {
    const found5 = halfWidth(text).match(QUANTITY);
    if (!found5) {
      return NaN;
    }
    const [before, written, unit] = found5.slice(1).map((each2) => each2.replace(EDGES, ""));
    const sign = before.toLowerCase();
    if (sign && !(stored === "CNY" && known3.before.includes(sign))) {
      return NaN;
    }
    return product(number(written), unit ? factor(known3, stored, unit) : 1);
  }

  // panels/corners.js
  var DECIMALS = 3;
  function small2(key, action, sign) {
    const name3 = say(key);
    return button({ class: "lt-plain", "data-do": key, ...sign ? { "aria-label": name3, title: name3 } : {} }, action, sign ?? name3);
  }
  function coordinate(key, id) {
    const input = element("input", { type: "text", id, inputmode: "decimal", autocomplete: "off" });
    return { input, shown: element("span", { class: "lt-coordinate" }, element("label", { for: id, text: say(key) }), input) };
  }
  async function ontoText({ what, table: table2, row }) {
    await table2.loadTexts();
    const feature2 = [.../* @__PURE__ */ new Set([say(`kind.${table2.kind}`), table2.key(row), table2.name(row)])].filter(Boolean).join(" · ");
    return say(`tool.onto_${what}`, { feature: feature2 });
  }
  function middle(app2) {
    return toPark(page(app2.viewBounds().getCenter()));
  }
  function controls(app2, drawing) {
    const told4 = element("p", { class: "lt-told", role: "status" });
    const place = element("output", { class: "lt-corner" });
    const [east, north2] = [coordinate("tool.east", "lt-east"), coordinate("tool.north", "lt-north")];
    const snap = element("input", { type: "checkbox", id: "lt-snap" });
    let run = 0;
    function typed2() {
      const values2 = [east, north2].map(({ input }) => number(input.value));
      [east, north2].forEach(({ input }, at2) => {
        input.setAttribute("aria-invalid", String(Number.isNaN(values2[at2])));
      });
      return values2.some(Number.isNaN) ? null : [values2[0], values2[1]];
    }
    function reached(point) {
      if (point && fromPark(point)) {
        return point;
      }
      say2(say(point ? "tool.not_here" : "tool.no_coordinate", { crs: name() }));
      return null;
    }
    function say2(text) {
      run += 1;
      told4.textContent = text;
    }
    const moved4 = () => {
      const own2 = drawing();
      const point = own2.outline.chosen >= 0 ? reached(typed2()) : null;
      if (point) {
        own2.moveTo(own2.outline.chosen, point);
      }
    };
    const put2 = () => {
      const empty = [east, north2].every(({ input }) => input.value.trim() === "");
      const point = reached(empty ? middle(app2) : typed2());
      if (point) {
        drawing().add(point);
        east.input.value = "";
        north2.input.value = "";
        east.input.focus();
      }
    };
    [east, north2].forEach(({ input }) => {
      input.addEventListener("change", moved4);
      input.addEventListener("keydown", ({ key }) => {
        if (key === "Enter" && drawing().taking && drawing().outline.chosen < 0) {
          put2();
        }
      });
    });
    snap.addEventListener("change", () => {
      drawing().snapping = snap.checked;
    });
    const buttons = {
      undo: small2("tool.undo", () => drawing().undo()),
      redo: small2("tool.redo", () => drawing().redo()),
      before: small2("tool.previous_corner", () => drawing().chooseNext(-1), "‹"),
      next: small2("tool.next_corner", () => drawing().chooseNext(1), "›"),
      put: small2("tool.put", put2),
      halve: small2("tool.halve", () => drawing().halve()),
      seek: small2("tool.seek", () => {
        drawing().seek();
      }),
      drop: small2("tool.drop", () => drawing().removeChosen())
    };
    const shown2 = [
      element(
        "div",
        { class: "lt-row" },
        buttons.undo,
        buttons.redo,
        element("span", { class: "lt-switch" }, snap, element("label", { for: "lt-snap", text: say("tool.snap") }))
      ),
      element(
        "details",
        { class: "lt-corners" },
        element("summary", { text: say("tool.corners") }),
        element("div", { class: "lt-row" }, buttons.before, place, buttons.next),
        element("div", { class: "lt-row" }, east.shown, north2.shown),
        element("div", { class: "lt-row" }, buttons.put, buttons.halve, buttons.seek, buttons.drop),
        element("p", { class: "lt-quiet", text: say("tool.keys") })
      )
    ];
    function show4(moving) {
      const { outline, taking, onto: onto2, snapping } = drawing();
      const { chosen, points } = outline;
      const one = chosen >= 0;
      place.textContent = one ? say("tool.corner", { at: chosen + 1, count: points.length }) : say("tool.count", { count: points.length });
      snap.checked = snapping;
      if (one) {
        [east, north2].forEach(({ input }, at2) => {
          input.value = points[chosen][at2].toFixed(DECIMALS);
          input.removeAttribute("aria-invalid");
        });
      } else if (![east, north2].some(({ input }) => input === document.activeElement)) {
        [east, north2].forEach(({ input }) => {
          input.value = "";
        });
      }
      [east, north2].forEach(({ input }) => {
        input.disabled = !one && !taking;
      });
      buttons.put.hidden = one || !taking;
      buttons.halve.disabled = !one || outline.full || !outline.closed && chosen === points.length - 1;
      buttons.seek.disabled = !one;
      buttons.drop.disabled = !one;
      buttons.undo.disabled = !outline.past.length;
      buttons.redo.disabled = !outline.future.length;
      buttons.before.disabled = !points.length;
      buttons.next.disabled = !points.length;
      if (!moving) {
        tellOnto(onto2);
      }
    }
    async function tellOnto(onto2) {
      say2("");
      const own2 = run;
      const text = onto2 ? await ontoText(onto2) : "";
      if (own2 === run && text) {
        told4.textContent = text;
      }
    }
    return { shown: shown2, told: told4, show: show4, say: (key) => say2(say(key, { crs: name() })) };
  }

  // panels/measuring.js
  function measured(points, area) {
    const [line] = ringsToPark([points.map(page)]) || [null];
    return line && ofRing(line, area);
  }
  function ofRing(ring, area) {
    return { length: length(ring, area), area: area && !meetsItself(ring) ? Math.abs(signedArea(ring)) : 0 };
  }
  function finisher(drawing) {
    return button({ class: "lt-plain lt-finish" }, () => {
      drawing().finish();
    }, say("tool.finish"));
  }
  function measureTool(app2, area) {
    const told4 = element("p", { class: "lt-measured", role: "status", text: say("tool.click") });
    const finish = finisher(() => drawing);
    const corners2 = controls(app2, () => drawing);
    const drawing = new Drawing(app2, {
      area,
      changed: (moving) => {
        told4.setAttribute("aria-live", moving ? "off" : "polite");
        told4.textContent = tell2(drawing.ring, area);
        finish.hidden = !drawing.taking;
        corners2.show(moving);
      },
      said: corners2.say
    });
    drawing.show(false);
    return {
      title: say(area ? "tool.measure_area" : "tool.measure_line"),
      content: [told4, element("p", { class: "lt-quiet", text: say("tool.how", { crs: name() }) }), finish, corners2.told, ...corners2.shown],
      close: () => drawing.remove()
    };
  }
  function tell2(ring, area) {
    if (ring.length < (area ? 3 : 2)) {
      return say("tool.click");
    }
    const found5 = ofRing(ring, area);
    if (area && !found5.area) {
      return say("tool.meets_itself");
    }
    const long = amount(found5.length, 2, "m");
    return area ? say("tool.area_is", { area: amount(found5.area, 1, "m2"), length: long }) : say("tool.length_is", { length: long });
  }

  // panels/cutting.js
  var DECIMALS2 = 3;
  function cutTool(app2, table2, row, place) {
    const key = table2.key(row);
    const go = plain2("tool.split_go", () => {
      const line = drawing.ring.map((point) => point.map((each2) => each2.toFixed(DECIMALS2)).join(",")).join(" ");
      window.location.assign(`${place}/reshape?key=${encodeURIComponent(key)}&line=${encodeURIComponent(line)}`);
    });
    const finish = finisher(() => drawing);
    const corners2 = controls(app2, () => drawing);
    const drawing = new Drawing(app2, {
      area: false,
      changed: (moving) => {
        go.hidden = !drawing.enough;
        finish.hidden = !drawing.taking || !drawing.enough;
        corners2.show(moving);
      },
      said: corners2.say
    });
    drawing.show(false);
    let open3 = true;
    table2.layer.shapesOf(row).then((pieces2) => {
      if (open3) {
        app2.highlight(pieces2);
      }
    });
    return {
      title: say("tool.split", { feature: table2.name(row) || key }),
      content: [element("p", { class: "lt-quiet", text: say("tool.split_how") }), element("div", { class: "lt-row" }, finish, go), corners2.told, ...corners2.shown],
      close: () => {
        open3 = false;
        drawing.remove();
        if (!app2.chosen) {
          app2.highlight([]);
        }
      }
    };
  }

  // panels/ways.js
  var OF_PLOTS = [
    ["case", "GET case", (key) => `case?plot=${key}`],
    ["what_if", "GET what-if", (key) => `what-if?plot=${key}`],
    ["form", "POST form", (key) => `case?plot=${key}#form`],
    ["sheet", "POST sheet", (key) => `case?plot=${key}#sheet`],
    ["history", "GET history", (key) => `history?key=${key}`]
  ];
  var OF_PARCELS = [
    ["step", "POST step", (key, kind) => `steps?kind=${kind}&key=${key}`],
    ["history", "GET history", (key) => `history?key=${key}`],
    ["sheet", "GET documents", (key) => `documents?template=parcel&of=parcels:${key}`]
  ];
  function hasSteps(table2) {
    return table2.kind === "parcels" || Boolean(table2.history);
  }
  function offered2(table2) {
    if (table2.kind === "plots") {
      return OF_PLOTS;
    }
    return table2.kind === "parcels" ? OF_PARCELS : table2.history ? OF_PARCELS.slice(0, 2) : [];
  }
  function ways(app2, table2, row) {
    const all3 = offered2(table2).filter(([, way]) => may(app2.served, way));
    const key = encodeURIComponent(table2.key(row));
    const place = app2.served?.place ?? "";
    return all3.length ? element(
      "nav",
      { class: "lt-ways", "aria-label": say("card.desk") },
      ...all3.map(([word, , address2]) => element("a", {
        "data-way": word,
        href: `${place}/${address2(key, table2.kind)}`,
        text: say(`card.way_${word}`)
      })),
      table2.kind === "parcels" && may(app2.served, "GET reshape") ? button({ class: "lt-way", "data-way": "split" }, () => {
        app2.useTool(() => cutTool(app2, table2, row, place));
        if (isNarrow()) {
          app2.close();
        }
      }, say("card.way_split")) : null
    ) : null;
  }

  // panels/card.js
  var REST = 0.5;
  async function plot(app2, table2, row, others) {
    const sections = await table2.card(row);
    const { code, label } = table2.classOf(row);
    const name3 = table2.name(row);
    const company = table2.text("company", row);
    const project2 = table2.text("project_id", row);
    const buttons = [
      plain2("card.zoom", () => app2.zoomTo(table2, row)),
      ...noted(app2, table2, row),
      plain2(app2.pinned === null ? "card.compare" : "card.compare_with", () => app2.compare(row))
    ];
    if (project2) {
      buttons.unshift(plain2("card.project", () => app2.openProject(project2)));
    }
    const papers = documents(table2, row);
    const written = await table2.written(row);
    const known3 = [...facts(table2, row, written), ...unshown(table2, written)];
    return [
      heading(app2, {
        over: say("card.plot_label", { plot: table2.key(row) }),
        title: name3 || table2.key(row),
        under: company && company !== name3 ? company : "",
        verdict: badge(code, pick(label)),
        buttons,
        ways: ways(app2, table2, row),
        beside: beside2(app2, table2, row)
      }),
      element(
        "div",
        { class: "lt-card-body" },
        here(app2, others),
        app2.live.touched.has(row) ? quiet("card.of_the_judging") : null,
        app2.pins?.section(table2, row) ?? null,
        timeline(table2, row),
        indices(app2, row, sections),
        section("card.figures", pairs(figures(table2, row, figuresOf(sections), written))),
        later("land.title", () => landUnder(app2, table2, row)),
        section("card.layers", ...layersOf(sections).map((each2) => layer(app2, row, each2))),
        section("card.documents", papers.length ? pairs(papers) : quiet("card.no_documents")),
        known3.length ? section("card.facts", pairs(known3)) : null,
        issues(issuesOf(sections))
      )
    ];
  }
  async function landUnder(app2, table2, row) {
    const parcels = app2.tables.get("parcels");
    const own2 = areasOf(await table2.layer.shapesOf(row));
    if (!parcels?.count || !own2.length) {
      return [quiet(parcels?.count ? "card.not_measured_here" : "coverage.no_coverage")];
    }
    const { found: found5, covered: covered2 } = await under(app2, table2, row, own2);
    const whole2 = table2.sizeOf(row);
    const sum = found5.reduce((all3, { area }) => all3 + area, 0);
    const about = (text, stored) => stored ? text : say("card.about", { figure: text });
    const item2 = ({ at: at2, area, text, stored }) => element(
      "li",
      {},
      button(
        { class: "lt-item", "data-key": parcels.key(at2) },
        () => app2.open("parcels", at2),
        element("b", { text: parcels.key(at2) }),
        element("span", { class: "lt-item-name", text: parcels.name(at2) }),
        element("span", { class: "lt-item-size", text: share(about(text, stored), area, whole2) })
      )
    );
    const rest = (key, area) => element(
      "li",
      { class: "lt-land-rest", "data-part": key },
      element("span", { class: "lt-item-name", text: say(`land.${key}`) }),
      " ",
      element("span", { class: "lt-item-size", text: share(about(amount(area, 0, "m2"), false), area, whole2) })
    );
    const left = whole2 - Math.min(covered2, whole2);
    const twice = sum - covered2;
    return [element(
      "ol",
      { class: "lt-list lt-land" },
      ...found5.map(item2),
      twice > REST ? rest("double_claim", -twice) : null,
      left > REST ? rest(app2.page.partial.includes("parcels") ? "no_data" : "no_parcel", left) : null
    )];
  }
  async function feature(app2, table2, row, others) {
    const { columns } = table2.head;
    const rows = Object.entries(columns).filter(([name3]) => name3 !== "name").map(([name3, column]) => [pick(column.label), table2.cell(name3, row)]).filter(([, value2]) => value2);
    if (table2.size && !Number.isNaN(table2.sizeOf(row))) {
      const unit = table2.head.size === "area_m2" ? "m2" : "m";
      rows.push([say(`measure.${table2.head.size === "area_m2" ? "area_m2" : "whole_length_m"}`), amount(table2.sizeOf(row), unit === "m2" ? 0 : 1, unit)]);
    }
    const label = pick(table2.classOf(row).label);
    return [
      heading(app2, {
        over: pick(table2.head.title),
        title: table2.name(row) || table2.key(row) || say("map.unnamed"),
        under: label,
        buttons: [plain2("card.zoom", () => app2.zoomTo(table2, row)), ...noted(app2, table2, row)],
        ways: ways(app2, table2, row)
      }),
      element(
        "div",
        { class: "lt-card-body" },
        here(app2, others),
        app2.pins?.section(table2, row) ?? null,
        table2.history ? timeline(table2, row) : null,
        section("card.attributes", pairs(rows))
      )
    ];
  }
  function project(app2, table2, id, rows) {
    const name3 = table2.name(rows[0]) || id;
    const verdict = ["fail", "stale", "unknown", "not_judged", "pass"].find((code) => rows.some((row) => table2.classOf(row).code === code)) ?? "not_judged";
    const area = rows.reduce((sum, row) => sum + table2.sizeOf(row), 0);
    const amount3 = table2.head.amounts?.[INVESTMENT]?.[id];
    const sums2 = rows.map((row) => table2.number(INVESTMENT, row)).filter((each2) => !Number.isNaN(each2));
    const invested = amount(amount3 ?? sums2.reduce((sum, each2) => sum + each2, 0), 0, "CNY");
    const known3 = amount3 === void 0 ? sums2.length : rows.length;
    return [
      heading(app2, {
        over: say("card.project_label", { project: id }),
        title: name3,
        under: table2.text("company", rows[0]),
        verdict: badge(verdict, say(`outcome.${verdict}`)),
        buttons: [plain2("card.zoom", () => app2.zoomToRows(table2, rows))]
      }),
      element(
        "div",
        { class: "lt-card-body" },
        section("card.sums", pairs([
          [say("find.count"), figure(rows.length, 0)],
          [say("measure.area_m2"), amount(area, 0, "m2")],
          [say("find.investment"), known3 ? say("find.known", {
            sum: invested,
            known: figure(known3, 0),
            count: figure(rows.length, 0)
          }) : say("map.not_known")]
        ])),
        whole(app2, id, rows.length),
        section("card.plots", element("ol", { class: "lt-list" }, ...rows.map((row) => element(
          "li",
          {},
          button(
            { class: "lt-item", "data-key": table2.key(row) },
            () => app2.open("plots", row, { zoom: true }),
            element("b", { text: table2.key(row) }),
            badge(table2.classOf(row).code, pick(table2.classOf(row).label)),
            element("span", { class: "lt-item-name", text: table2.name(row) }),
            element("span", { class: "lt-item-size", text: amount(table2.sizeOf(row), 0, "m2") })
          )
        ))))
      )
    ];
  }

  // panels/compare.js
  function findings(sections) {
    return findingsOf(sections).map(({ rule, finding: { name: name3, code, value: value2, outcome } }) => [rule, name3, badge(code, [value2, outcome].filter((each2) => each2 !== "–").join(" · "))]);
  }
  function hits2(sections) {
    return layersOf(sections).flatMap((told4) => [
      /** @type {Entry} */
      [told4.kind, told4.title, told4.said],
      ...told4.classes.flatMap(({ label, lines }) => lines.filter((line) => line[3]).map(([what, value2, , measure, category]) => (
        /** @type {Entry} */
        [`${told4.kind}/${category}/${measure}`, [told4.title, label, what].filter(Boolean).join(" · "), value2]
      )))
    ]);
  }
  function rowsOf(table2, row, sections, written) {
    const figures2 = figures(table2, row, figuresOf(sections), written);
    return [
      ["verdict", say("find.verdict"), badge(table2.classOf(row).code, pick(table2.classOf(row).label))],
      ...findings(sections),
      ...figures2.map(([label, value2, beside3]) => (
        /** @type {Entry} */
        [`figure/${label}`, label, beside3 ? `${value2} · ${beside3}` : value2]
      )),
      ...hits2(sections)
    ];
  }
  async function dialog(table2, one, other) {
    const [first, second] = await Promise.all([one, other].map(async (row) => rowsOf(table2, row, await table2.card(row), await table2.written(row))));
    const right = new Map(second.map(([key, , value2]) => [key, value2]));
    const left = new Map(first.map(([key, , value2]) => [key, value2]));
    const all3 = [...first, ...second.filter(([key]) => !left.has(key))];
    const cell2 = (value2) => value2 instanceof Node ? element("td", {}, value2) : element("td", { text: value2 || "–" });
    const text = (value2) => value2 instanceof Node ? value2.textContent : value2 || "–";
    return over(say("card.comparison"), "", [
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }), ...[one, other].map((row) => element("th", { scope: "col" }, element("b", { text: table2.key(row) }), element("small", { text: table2.name(row) }))))),
        element("tbody", {}, ...all3.map(([key, label]) => {
          const [a, b] = [left.get(key), right.get(key)];
          return element(
            "tr",
            { class: text(a) === text(b) ? "" : "lt-differs" },
            element("th", { scope: "row", text: label }),
            cell2(a),
            cell2(b)
          );
        }))
      )
    ]);
  }

  // panels/overlay.js
  var RED = "#C1121F";
  var BLUE = "#1f5f8b";
  var Overlay = class extends L.Layer {
    /** @param {Shown} shown */
    constructor(shown2) {
      super();
      this._shown = shown2;
      this._canvas = element("canvas", { class: "lt-reason", "aria-hidden": "true" });
    }
    /** @override */
    onAdd() {
      this._draw();
      return this;
    }
    /** @override */
    onRemove() {
      this._canvas.remove();
      return this;
    }
    /** @override */
    getEvents() {
      return { moveend: this._draw, resize: this._draw, zoomstart: () => this._canvas.remove() };
    }
    _draw() {
      const map2 = this._map;
      const scale = Math.max(window.devicePixelRatio || 1, 1);
      const size2 = map2.getSize();
      const canvas = this._canvas;
      paneOf(map2, "lt-reason", 590).append(canvas);
      L.DomUtil.setPosition(canvas, map2.containerPointToLayerPoint([0, 0]));
      canvas.width = size2.x * scale;
      canvas.height = size2.y * scale;
      canvas.style.width = `${size2.x}px`;
      canvas.style.height = `${size2.y}px`;
      const ctx = context(canvas);
      ctx.scale(scale, scale);
      const at2 = (point) => map2.latLngToContainerPoint(latLng(point));
      paint2(ctx, this._shown, at2, size2);
    }
  };
  function path(ctx, pieces2, at2) {
    ctx.beginPath();
    for (const { type, rings } of pieces2) {
      for (const ring of rings) {
        ring.forEach((point, place) => {
          const { x, y } = at2(point);
          ctx[place ? "lineTo" : "moveTo"](x, y);
          if (type === 0) {
            ctx.moveTo(x + 8, y);
            ctx.arc(x, y, 8, 0, 2 * Math.PI);
          }
        });
        if (type === 2) {
          ctx.closePath();
        }
      }
    }
  }
  function fillEach(ctx, pieces2, at2) {
    for (const piece of pieces2) {
      path(ctx, [piece], at2);
      ctx.fill("evenodd");
    }
  }
  function strokeLines(ctx, pieces2, at2, width) {
    path(ctx, pieces2, at2);
    ctx.lineWidth = width;
    ctx.stroke();
  }
  function hatch(ctx, size2, colour2) {
    ctx.globalCompositeOperation = "source-in";
    ctx.globalAlpha = 0.5;
    ctx.fillStyle = colour2;
    ctx.fillRect(0, 0, size2.x, size2.y);
    ctx.globalCompositeOperation = "source-atop";
    ctx.globalAlpha = 1;
    ctx.fillStyle = pattern(ctx, "diagonal", colour2);
    ctx.fillRect(0, 0, size2.x, size2.y);
    ctx.globalCompositeOperation = "source-over";
  }
  var PAINTERS = {
    without(ctx, { plot: plot2, others }, at2, size2) {
      fillEach(ctx, plot2, at2);
      ctx.globalCompositeOperation = "destination-out";
      fillEach(ctx, others, at2);
      hatch(ctx, size2, RED);
    },
    ground(ctx, { plot: plot2 }, at2, size2) {
      fillEach(ctx, plot2, at2);
      hatch(ctx, size2, BLUE);
    },
    within(ctx, { plot: plot2, others }, at2, size2) {
      const areas = others.filter(({ type }) => type === 2);
      fillEach(ctx, areas, at2);
      strokeLines(ctx, others.filter(({ type }) => type !== 2), at2, 9);
      ctx.globalCompositeOperation = "destination-in";
      fillEach(ctx, plot2, at2);
      hatch(ctx, size2, BLUE);
    },
    double(ctx, { plot: plot2, pairs: pairs2 = [] }, at2, size2) {
      for (const [one, other] of pairs2) {
        ctx.save();
        path(ctx, one, at2);
        ctx.clip("evenodd");
        fillEach(ctx, other, at2);
        ctx.restore();
      }
      ctx.globalCompositeOperation = "destination-in";
      fillEach(ctx, plot2, at2);
      hatch(ctx, size2, RED);
    },
    corridor(ctx, { plot: plot2, lines = [] }, at2, size2) {
      const [x, y] = plot2[0].rings[0][0];
      const [a, b] = ground([[[x, y], [x + 100, y]]])[0];
      const [from, to] = [at2([x, y]), at2([x + 100, y])];
      const perMetre = Math.hypot(to.x - from.x, to.y - from.y) / Math.hypot(b[0] - a[0], b[1] - a[1]);
      ctx.lineCap = "round";
      ctx.lineJoin = "round";
      for (const { pieces: pieces2, wide } of lines) {
        if (wide !== null) {
          strokeLines(ctx, pieces2, at2, 2 * wide * perMetre);
        }
      }
      ctx.globalCompositeOperation = "destination-in";
      fillEach(ctx, plot2, at2);
      hatch(ctx, size2, RED);
      ctx.strokeStyle = BLUE;
      strokeLines(ctx, lines.flatMap(({ pieces: pieces2 }) => pieces2), at2, 3);
    },
    buildings(ctx, { plot: plot2, others }, at2, size2) {
      const layer2 = (mode, colour2) => {
        const own2 = element("canvas", { width: ctx.canvas.width, height: ctx.canvas.height });
        const inner = context(own2);
        inner.setTransform(ctx.getTransform());
        fillEach(inner, others, at2);
        inner.globalCompositeOperation = mode;
        fillEach(inner, plot2, at2);
        hatch(inner, size2, colour2);
        ctx.drawImage(own2, 0, 0, size2.x, size2.y);
      };
      layer2("destination-in", BLUE);
      layer2("destination-out", RED);
    },
    nearest(ctx, { others, from, to }, at2) {
      ctx.strokeStyle = BLUE;
      strokeLines(ctx, others, at2, 5);
      ctx.strokeStyle = RED;
      ctx.lineWidth = 3;
      ctx.setLineDash([8, 4]);
      ctx.beginPath();
      given([from, to]).forEach((point, place) => {
        const { x, y } = at2(point);
        ctx[place ? "lineTo" : "moveTo"](x, y);
      });
      ctx.stroke();
      ctx.setLineDash([]);
    }
  };
  function paint2(ctx, shown2, at2, size2) {
    ctx.fillStyle = "#000";
    ctx.strokeStyle = "#000";
    PAINTERS[shown2.how](ctx, shown2, at2, size2);
    ctx.strokeStyle = "#111827";
    strokeLines(ctx, shown2.plot, at2, 2);
  }
  function caption(what, close) {
    return element(
      "div",
      { class: "lt-caption", role: "status" },
      element("span", { text: what }),
      button({ class: "lt-close", "aria-label": say("map.close") }, close, "×")
    );
  }

  // panels/parcel.js
  async function plotsOn2(app2, table2, row, own2) {
    const plots = app2.tables.get("plots");
    if (!plots?.count || !own2.length && !table2.pairs) {
      return [quiet(plots?.count ? "card.not_measured_here" : "map.no_features")];
    }
    const found5 = await plotsOn(app2, table2, row, own2);
    const whole2 = table2.sizeOf(row);
    const item2 = ({ at: at2, area, text, stored }) => element(
      "li",
      {},
      button(
        { class: "lt-item", "data-key": plots.key(at2) },
        () => app2.open("plots", at2),
        element("b", { text: plots.key(at2) }),
        badge(plots.classOf(at2).code, pick(plots.classOf(at2).label)),
        element("span", { class: "lt-item-name", text: plots.name(at2) }),
        element("span", { class: "lt-item-size", text: share(stored ? text : say("card.about", { figure: text }), area, whole2) })
      )
    );
    return found5.length ? [element("ol", { class: "lt-list" }, ...found5.map(item2)), found5.every(({ stored }) => stored) ? "" : measuredHere()] : [quiet("card.no_plot_on_it")];
  }
  async function layerOn(app2, kind, parcels, row, own2) {
    const table2 = app2.tables.get(kind);
    const title = say(`kind.${kind}`);
    const part = (coverage, lines) => element(
      "div",
      { class: `lt-said-layer lt-cover-${coverage}`, "data-kind": kind },
      element(
        "h4",
        {},
        element("span", { text: title }),
        element(
          "span",
          { class: `lt-cover lt-cover-${coverage}` },
          element("span", { "aria-hidden": "true", text: `${COVERED[coverage]} ` }),
          say(`coverage.${coverage}`)
        )
      ),
      lines.length ? element("div", { class: "lt-part lt-one" }, element("ul", {}, ...lines.map(([what, value2]) => element(
        "li",
        {},
        what ? element("span", { class: "lt-what", text: what }) : null,
        element("span", { class: "lt-said", text: value2 })
      )))) : null
    );
    const box = boxAt(parcels, row);
    const found5 = [];
    if (table2?.count) {
      for (const [at2, hits3] of await hits(table2, own2, box, 0)) {
        const said4 = hitsText(hits3, parcels.sizeOf(row)).join(", ");
        if (said4) {
          found5.push([pick(table2.head.classes[at2].label), hits3.area || hits3.length ? say("card.about", { figure: said4 }) : said4]);
        }
      }
    }
    return part(found5.length ? "hit" : known2(app2, parcels, row, kind) ? "clear" : "no_coverage", found5);
  }
  async function parcel(app2, table2, row, others) {
    const own2 = areasOf(await table2.layer.shapesOf(row));
    const papers = documents(table2, row);
    const known3 = [...facts(table2, row), [say("measure.area_m2"), amount(table2.sizeOf(row), 0, "m2")]];
    const kinds = app2.page.measured.filter((kind) => kind !== table2.kind);
    return [
      heading(app2, {
        over: pick(table2.head.title),
        title: table2.name(row) || table2.key(row),
        under: [table2.name(row) ? table2.key(row) : "", pick(table2.classOf(row).label)].filter(Boolean).join(" · "),
        buttons: [plain2("card.zoom", () => app2.zoomTo(table2, row)), ...noted(app2, table2, row)],
        ways: ways(app2, table2, row)
      }),
      element(
        "div",
        { class: "lt-card-body" },
        here(app2, others),
        app2.pins?.section(table2, row) ?? null,
        timeline(table2, row),
        later("card.plots_on_it", () => plotsOn2(app2, table2, row, own2)),
        later("card.layers", async () => own2.length ? [...await Promise.all(kinds.map((kind) => layerOn(app2, kind, table2, row, own2))), measuredHere()] : [quiet("card.not_measured_here")]),
        section("card.documents", papers.length ? pairs(papers) : quiet("card.no_documents")),
        section("card.attributes", pairs(known3))
      )
    ];
  }

  // app/choosing.js
  function choosing(app2) {
    let run = 0;
    function say2(text) {
      app2.ui.toast.textContent = text;
      app2.ui.toast.hidden = false;
      clearTimeout(app2.ui.toastTimer);
      app2.ui.toastTimer = setTimeout(() => {
        app2.ui.toast.hidden = true;
      }, 6e3);
    }
    function present(content2, label, focus) {
      const { card } = app2.ui;
      card.replaceChildren(...given(content2));
      card.hidden = false;
      card.scrollTop = 0;
      card.setAttribute("aria-label", label);
      document.body.classList.add("lt-with-card");
      if (isNarrow()) {
        app2.ui.fold(false);
      }
      if (focus) {
        card.querySelector("h2")?.focus({ preventScroll: true });
      }
    }
    async function cardOf(table2, row, others) {
      const make2 = { plots: plot, parcels: parcel }[table2.kind] || feature;
      return make2(app2, table2, row, others);
    }
    async function open3(kind, row, { zoom = false, others = [], focus = true } = {}) {
      const own2 = ++run;
      const table2 = tableOf(app2, kind);
      hideReason();
      app2.chosen = { kind, row };
      app2.project = "";
      await table2.loadTexts();
      await Promise.all(others.map((each2) => each2.table.loadTexts()));
      const content2 = await cardOf(table2, row, others);
      const pieces2 = await table2.layer.shapesOf(row);
      if (own2 !== run) {
        return;
      }
      present(content2, say("card.label", { layer: pick(table2.head.title), name: table2.key(row) }), focus);
      app2.highlight(pieces2);
      app2.ui.toast.hidden = true;
      app2.rows = { kind, row, others };
      if (zoom) {
        app2.zoomTo(table2, row);
      }
      setTimeout(() => show2(app2));
    }
    async function openProject(id) {
      const own2 = ++run;
      const table2 = tableOf(app2, "plots");
      await table2.loadTexts();
      const rows = [];
      for (let row = 0; row < table2.count; row += 1) {
        if (table2.text("project_id", row) === id) {
          rows.push(row);
        }
      }
      if (!rows.length) {
        say2(say("map.not_found_project", { project: id }));
        return;
      }
      const pieces2 = (await Promise.all(rows.map((row) => table2.layer.shapesOf(row)))).flat();
      if (own2 !== run) {
        return;
      }
      hideReason();
      app2.chosen = null;
      app2.project = id;
      present(project(app2, table2, id, rows), say("card.project_label", { project: id }), true);
      app2.highlight(pieces2);
      app2.zoomToRows(table2, rows);
      show2(app2);
    }
    function close() {
      run += 1;
      const was = !app2.ui.card.hidden;
      app2.ui.card.hidden = true;
      app2.ui.card.replaceChildren();
      app2.chosen = null;
      app2.project = "";
      app2.rows = null;
      app2.highlight([]);
      hideReason();
      document.body.classList.remove("lt-with-card");
      app2.map.closePopup();
      show2(app2);
      if (was && !isNarrow()) {
        document.getElementById("lt-search")?.focus({ preventScroll: true });
      }
    }
    async function showReason(row, reason) {
      hideReason();
      const found5 = await found2(app2, row, reason);
      if (!found5) {
        say2(say("card.nothing_to_show"));
        return;
      }
      const overlay = new Overlay(found5).addTo(app2.map);
      const caption2 = caption([reason.what, found5.said].filter(Boolean).join(" · "), hideReason);
      document.body.append(caption2);
      app2.reason = { overlay, caption: caption2, found: found5, given: reason };
      const table2 = tableOf(app2, "plots");
      const bounds = boundsOf(table2, row) ?? L.latLngBounds([]);
      if (found5.to) {
        bounds.extend(latLng(found5.to));
      }
      if (bounds.isValid()) {
        app2.map.fitBounds(bounds, { ...app2.margins(), maxZoom: 17.5, animate: false });
      }
    }
    function hideReason() {
      app2.reason?.overlay.remove();
      app2.reason?.caption.remove();
      app2.reason = null;
    }
    async function compare(row) {
      if (app2.pinned === null || app2.pinned === row) {
        app2.pinned = row;
        say2(say("card.pinned", { plot: tableOf(app2, "plots").key(row) }));
        return;
      }
      const first = app2.pinned;
      app2.pinned = null;
      await dialog(tableOf(app2, "plots"), first, row);
    }
    return { say: say2, cardOf, open: open3, openProject, close, showReason, hideReason, compare };
  }

  // app/filtering.js
  function filtering(app2) {
    function filterOf(kind) {
      app2.filters[kind] = app2.filters[kind] || {};
      return app2.filters[kind];
    }
    function filtered(table2) {
      const start2 = performance.now();
      const dims = dimensions(table2);
      const found5 = { dims, ...apply(table2, dims, filterOf(table2.kind)) };
      performance.measure("landtrack:filter", { start: start2 });
      app2.results.set(table2.kind, found5);
      return found5;
    }
    function refilter(table2) {
      filtered(table2);
      table2.layer.refresh();
      app2.find?.refresh();
      app2.map.fire("landtrack:filter", { kind: table2.kind });
      show2(app2);
    }
    function filter(kind, name3, id, on) {
      const own2 = filterOf(kind);
      own2[name3] = own2[name3] || /* @__PURE__ */ new Set();
      own2[name3][on ? "add" : "delete"](id);
      refilter(tableOf(app2, kind));
    }
    function clearFilters(kind) {
      app2.filters[kind] = {};
      refilter(tableOf(app2, kind));
    }
    function list2(kind) {
      app2.kind = kind;
      app2.find?.refresh();
      show2(app2);
    }
    function sortBy(sort) {
      app2.sort = sort;
      app2.find?.relist();
      show2(app2);
    }
    async function showDay(day2) {
      const tables = historic(app2);
      await Promise.all(tables.map((table2) => table2.loadTexts()));
      if (tables.length) {
        show(app2, day2);
      }
    }
    function divide2(day2) {
      if (historic(app2).length) {
        divide(app2, day2);
        show2(app2);
      }
    }
    function searched() {
      return [...app2.tables.values()].filter((table2) => table2.count).sort((one, other) => one.head.place - other.head.place);
    }
    return { filterOf, filtered, refilter, filter, clearFilters, list: list2, sortBy, showDay, divide: divide2, searched };
  }

  // app/place.js
  function placing(app2) {
    function layersText() {
      const kinds = [...app2.tables.values()].filter((table2) => table2.count);
      const on = kinds.filter((table2) => app2.map.hasLayer(table2.layer)).map((table2) => table2.kind);
      return on.length === kinds.length ? "" : on.join(",") || "none";
    }
    function chosenParts() {
      if (app2.project) {
        return { project: app2.project };
      }
      if (!app2.chosen) {
        return {};
      }
      const { kind, row } = app2.chosen;
      const key = tableOf(app2, kind).key(row);
      return kind === "plots" ? { plot: key } : { feature: `${kind}:${key}` };
    }
    function parts2(whole2) {
      const centre = app2.map.getCenter();
      return {
        ...chosenParts(),
        layers: layersText(),
        filter: filterText(app2.filters),
        asof: app2.asOf === void 0 ? "" : day(app2.asOf),
        before: app2.swipe ? day(app2.swipe.day) : "",
        theme: app2.themesText(),
        list: app2.kind === app2.first ? "" : app2.kind,
        sort: app2.sort === SORT ? "" : app2.sort,
        lang: whole2 || current() !== app2.page.lang ? current() : "",
        view: whole2 ? `${centre.lat.toFixed(6)},${centre.lng.toFixed(6)},${app2.map.getZoom()}` : ""
      };
    }
    function showLayers(text) {
      if (text === void 0) {
        return;
      }
      const on = new Set(text.split(","));
      for (const table2 of app2.tables.values()) {
        if (on.has(table2.kind) !== app2.map.hasLayer(table2.layer)) {
          switchLayer(app2.map, table2.kind, on.has(table2.kind));
        }
      }
    }
    function restoreList({ list: list2, sort }) {
      const table2 = app2.tables.get(list2 ?? app2.kind);
      if (list2 && table2?.count) {
        app2.list(list2);
      }
      if (sort && table2 && sortsBy(table2, sort)) {
        app2.sortBy(sort);
      }
    }
    async function restore(address2) {
      showLayers(address2.layers);
      for (
        const [text, show4] of
        /** @type {const} */
        [[address2.asof, app2.showDay], [address2.before, app2.divide]]
      ) {
        const day2 = dayFrom(text);
        if (day2 !== null) {
          await show4(day2);
        }
      }
      restoreList(address2);
      await app2.restoreThemes(address2.theme);
      const view = (address2.view || "").split(",").map(Number);
      const placed = view.length === 3 && view.every(Number.isFinite) && Math.abs(view[0]) <= 85 && Math.abs(view[1]) <= 180 && view[2] >= 0 && view[2] <= 30;
      await openChosen(address2, !placed);
      if (placed) {
        app2.map.setView([view[0], view[1]], view[2], { animate: false });
      }
      await app2.pins?.find(address2.note);
    }
    async function openChosen(address2, zoom) {
      if (address2.project) {
        await app2.openProject(address2.project);
        return;
      }
      const [kind, key] = address2.plot !== void 0 ? ["plots", address2.plot] : [(address2.feature || "").split(":")[0], (address2.feature || "").split(":").slice(1).join(":")];
      if (!kind) {
        return;
      }
      const table2 = app2.tables.get(kind);
      await table2?.loadTexts();
      const row = table2 ? table2.rowOf(key) : -1;
      if (row >= 0) {
        await app2.open(kind, row, { zoom });
      } else {
        app2.say(say("map.not_found", { plot: key }));
      }
    }
    return { parts: parts2, restore };
  }

  // app/theming.js
  function theming(app2) {
    const coloured = () => [...app2.tables.values()].filter(({ theme: theme2 }) => theme2);
    async function colour2(kind, id) {
      const table2 = tableOf(app2, kind);
      await table2.loadTexts();
      table2.theme = id ? theme(table2, id, app2.page.palette) : null;
      table2.layer.refresh();
      app2.map.fire("landtrack:theme", { kind });
      show2(app2);
    }
    function recolour() {
      for (const table2 of coloured()) {
        table2.theme = table2.theme && theme(table2, table2.theme.id, app2.page.palette);
      }
    }
    function themesText() {
      return coloured().map(({ kind, theme: theme2 }) => `${kind}:${theme2?.id}`).join(",");
    }
    async function restoreThemes(text) {
      for (const each2 of (text || "").split(",")) {
        const [kind, ...id] = each2.split(":");
        if (app2.tables.get(kind)?.count) {
          await colour2(kind, id.join(":"));
        }
      }
    }
    return { colour: colour2, recolour, themesText, restoreThemes };
  }

  // panels/graticule.js
  var STEPS2 = [1, 2, 5];
  var MOST_LINES = 14;
  var PANE = "lt-graticule";
  var Graticule = class extends L.Layer {
    constructor() {
      super();
      this._lines = L.layerGroup();
      this._renderer = L.svg({ pane: PANE, padding: 0.1 });
    }
    /** @override @param {L.Map} map */
    onAdd(map2) {
      paneOf(map2, PANE, 399);
      this._lines.addTo(map2);
      this._draw();
      return this;
    }
    /** @override */
    onRemove() {
      this._lines.remove();
      return this;
    }
    /** @override */
    getEvents() {
      return { moveend: this._draw };
    }
    _draw() {
      this._lines.clearLayers();
      const corners2 = this._corners();
      if (!corners2) {
        return;
      }
      const [xs, ys] = [0, 1].map((axis) => corners2.map((each2) => each2[axis]));
      const span = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
      const step = stepFor(span);
      const axes = [[0, xs, ys], [1, ys, xs]];
      for (const [axis, own2, others] of axes) {
        for (let at2 = Math.ceil(Math.min(...own2) / step) * step; at2 <= Math.max(...own2); at2 += step) {
          this._line(axis, at2, [Math.min(...others), Math.max(...others)]);
        }
      }
    }
    /** The corners of what is seen, as far as the working CRS reaches; null where that is nowhere. */
    _corners() {
      const box = reach();
      if (!box) {
        return null;
      }
      const bounds = this._map.getBounds();
      const [west, south] = page(bounds.getSouthWest());
      const [east, north2] = page(bounds.getNorthEast());
      const [w, s, e, n] = [Math.max(west, box[0]), Math.max(south, box[1]), Math.min(east, box[2]), Math.min(north2, box[3])];
      const [moved4] = w < e && s < n ? ringsToPark([[[w, s], [w, n], [e, n], [e, s]]]) || [null] : [null];
      return moved4;
    }
    /** @param {number} axis @param {number} at @param {[number, number]} span */
    _line(axis, at2, [from, to]) {
      const points = [];
      for (let part = 0; part <= 8; part += 1) {
        const other = from + (to - from) * part / 8;
        const found5 = fromPark(axis ? [other, at2] : [at2, other]);
        if (found5) {
          points.push(latLng(found5));
        }
      }
      if (points.length < 2) {
        return;
      }
      this._lines.addLayer(L.polyline(points, { renderer: this._renderer, color: "#6b7690", weight: 0.7, opacity: 0.6, interactive: false }));
      const text = figure(Math.round(at2), 0);
      const icon2 = L.divIcon({ className: "lt-grid-anchor", iconSize: [0, 0], html: element("span", { class: axis ? "lt-grid-n" : "lt-grid-e", text }) });
      const edge2 = this._edge(points, axis);
      if (edge2) {
        this._lines.addLayer(L.marker(edge2, { icon: icon2, interactive: false, keyboard: false, pane: PANE }));
      }
    }
    /** Where a line leaves the view: labels stand at the bottom and at the right. @param {L.LatLng[]} points @param {number} axis */
    _edge(points, axis) {
      const size2 = this._map.getSize();
      const pixels = points.map((each2) => this._map.latLngToContainerPoint(each2));
      const [a, b] = [pixels[0], pixels[pixels.length - 1]];
      const right = document.body.classList.contains("lt-with-card") ? 620 : 130;
      const part = axis ? (size2.x - right - a.x) / (b.x - a.x) : (size2.y - 6 - a.y) / (b.y - a.y);
      if (!Number.isFinite(part)) {
        return null;
      }
      return this._map.containerPointToLatLng([a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part]);
    }
  };
  function stepFor(span) {
    let tens = 10 ** Math.floor(Math.log10(span / MOST_LINES));
    for (; ; ) {
      for (const each2 of STEPS2) {
        if (span / (each2 * tens) <= MOST_LINES) {
          return each2 * tens;
        }
      }
      tens *= 10;
    }
  }

  // app/tooling.js
  function tooling(app2) {
    let graticule = null;
    let opener = null;
    function closeTool() {
      const within = app2.ui.tool.contains(document.activeElement);
      app2.tool?.close();
      app2.ui.tool.hidden = true;
      app2.ui.tool.replaceChildren();
      app2.tool = null;
      if (within && opener?.isConnected) {
        opener.focus({ preventScroll: true });
      }
    }
    function useTool(make2) {
      if (document.activeElement instanceof HTMLElement && !app2.ui.tool.contains(document.activeElement)) {
        opener = document.activeElement;
      }
      closeTool();
      app2.map.closePopup();
      app2.tool = make2();
      const title = element("h2", { tabindex: "-1", text: app2.tool.title });
      app2.ui.tool.setAttribute("aria-label", app2.tool.title);
      app2.ui.tool.replaceChildren(
        element("header", {}, title, button({ class: "lt-close", "aria-label": say("map.close") }, closeTool, "×")),
        ...app2.tool.content
      );
      app2.ui.tool.style.setProperty("--lt-under-title", `${(app2.ui.panel.querySelector(".lt-title")?.getBoundingClientRect().bottom ?? 0) + 12}px`);
      app2.ui.tool.hidden = false;
      title.focus({ preventScroll: true });
    }
    function toggleGraticule() {
      if (graticule) {
        graticule.remove();
        graticule = null;
      } else {
        graticule = new Graticule().addTo(app2.map);
      }
      document.querySelector('[data-tool="graticule"]')?.setAttribute("aria-pressed", String(Boolean(graticule)));
    }
    function showBasemap(at2) {
      app2.tiles?.remove();
      app2.basemap = at2;
      if (at2 === null) {
        return;
      }
      const { layers, attribution, maxZoom, subdomains } = app2.page.basemaps[at2];
      const credit = element("span", { text: attribution }).innerHTML;
      app2.tiles = L.layerGroup(layers.map((url) => L.tileLayer(url, {
        attribution: credit,
        maxNativeZoom: maxZoom,
        maxZoom: 22,
        subdomains: [...subdomains]
      }))).addTo(app2.map);
    }
    return { useTool, closeTool, showBasemap, toggleGraticule, graticuleOn: () => Boolean(graticule) };
  }

  // app/view.js
  function titleOf(panel5) {
    return panel5.querySelector(".lt-title") ?? panel5;
  }
  function views(app2) {
    const { map: map2 } = app2;
    function margins() {
      const { panel: panel5, card } = app2.ui;
      if (isNarrow()) {
        return {
          paddingTopLeft: [24, titleOf(panel5).offsetHeight + 16],
          paddingBottomRight: [card.hidden ? 56 : 24, card.hidden ? 70 : card.offsetHeight + 16]
        };
      }
      return {
        paddingTopLeft: [panel5.offsetWidth + 40, 40],
        paddingBottomRight: [(card.hidden ? 0 : card.offsetWidth) + 60, 50]
      };
    }
    function viewBounds() {
      const size2 = map2.getSize();
      const { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom] } = margins();
      const free2 = isNarrow() ? [[0, top - 16], [size2.x, size2.y - (app2.ui.card.hidden ? 0 : bottom)]] : [[left - 28, 0], [size2.x - right + 60, size2.y]];
      return L.latLngBounds(free2.map((each2) => map2.containerPointToLatLng(each2)));
    }
    function fitTo(bounds, maxZoom) {
      map2.fitBounds(bounds, { ...margins(), maxZoom, animate: false });
    }
    function zoomTo(table2, row) {
      const bounds = boundsOf(table2, row);
      if (bounds) {
        fitTo(bounds, 17.5);
      }
    }
    function zoomToRows(table2, rows) {
      const all3 = given(rows.map((row) => boundsOf(table2, row)));
      if (all3.length) {
        fitTo(all3.reduce((sum, each2) => sum.extend(each2), L.latLngBounds([])), 17.5);
      }
    }
    function goTo(latLng2) {
      app2.spot?.remove();
      app2.spot = L.circleMarker(latLng2, { ...onTop(map2), radius: 9, color: "#111827", weight: 3, fillColor: "#FFD43B", fillOpacity: 0.9, interactive: false }).addTo(map2);
      fitTo(L.latLngBounds([latLng2, latLng2]), Math.max(map2.getZoom(), 16));
    }
    return { margins, viewBounds, zoomTo, zoomToRows, goTo, fit: (bounds) => bounds && fitTo(bounds, 18) };
  }

  // app/desk.js
  function bare() {
    return {
      panel: element("aside"),
      card: element("aside"),
      tool: element("section"),
      toast: element("p"),
      notice: null,
      controls: [],
      heard: [],
      fold: () => {
      }
    };
  }
  function keeper2(page2) {
    const own2 = served();
    return own2 && may(own2, "GET trials") ? new PlaceKeeper(own2.place) : new BrowserKeeper(() => localStorage, `landtrack-trials:${page2.id}:${page2.plane.name}`);
  }
  function desk(map2, page2) {
    const address2 = read();
    const tables = new Map(all2(map2).map(({ landtrack }) => [landtrack.kind, landtrack]));
    const first = tables.get("plots")?.count ? "plots" : [...tables.values()].find((table2) => table2.count)?.kind;
    return {
      map: map2,
      page: page2,
      served: served(),
      live: { news: null, lost: false, newer: false, judging: null, touched: /* @__PURE__ */ new Set() },
      address: address2,
      tables,
      judge: new PageJudge(page2, tables),
      filters: filtersFrom(address2.filter, tables),
      results: /* @__PURE__ */ new Map(),
      chosen: null,
      rows: null,
      project: "",
      pinned: null,
      asOf: void 0,
      swipe: null,
      sort: SORT,
      tab: "find",
      kind: first ?? "plots",
      first: first ?? "plots",
      bounds: page2.bounds && L.latLngBounds(page2.bounds),
      whole: page2.whole && L.latLngBounds(page2.whole),
      reason: null,
      tool: null,
      trial: null,
      keeper: keeper2(page2),
      basemap: null,
      tiles: null,
      spot: null,
      pins: null,
      visits: new Visits(new BrowserShelf(() => indexedDB), page2.id, () => map2.fire("landtrack:visits")),
      ui: bare(),
      find: null
    };
  }
  function showing({ map: map2, ui }) {
    return {
      highlight: highlighter(map2),
      onUi(event, action) {
        ui.heard.push([event, action]);
        map2.on(event, action);
      }
    };
  }
  function make(map2, page2) {
    const app2 = (
      /** @type {App} */
      desk(map2, page2)
    );
    return Object.assign(app2, showing(app2), views(app2), choosing(app2), filtering(app2), theming(app2), placing(app2), tooling(app2));
  }

  // app/failures.js
  function listen() {
    const shown2 = element("p", { class: "lt-toast lt-failure", role: "alert" });
    window.addEventListener("unhandledrejection", ({ reason }) => {
      if (reason instanceof Failure) {
        shown2.textContent = say(reason.key, reason.values);
        document.body.append(shown2);
      }
    });
  }

  // layers/amended.js
  var STALE = "stale";
  var RESTS = /* @__PURE__ */ new Set(["buildings"]);
  var drawn = /* @__PURE__ */ new WeakMap();
  function asDrawn(table2) {
    let known3 = drawn.get(table2);
    if (!known3) {
      known3 = { history: table2.history, columns: { ...table2.columns }, texts: { ...table2.texts }, changed: false };
      drawn.set(table2, known3);
    }
    return known3;
  }
  function amend(table2, news, stale) {
    const known3 = asDrawn(table2);
    const changes = /* @__PURE__ */ new Map();
    for (const each2 of news.features) {
      const row = each2.kind === table2.kind ? table2.rowOf(each2.key) : -1;
      if (row >= 0) {
        changes.set(row, each2);
      }
    }
    if (!changes.size && !stale.rows.size && !known3.changed) {
      return false;
    }
    known3.changed = changes.size + stale.rows.size > 0;
    table2.stated = classesOf(table2, news, changes, stale);
    table2.history = historyOf(table2, known3.history, news, changes);
    table2.changed = null;
    table2.columns = { ...known3.columns };
    table2.texts = { ...known3.texts };
    for (const [row, change] of changes) {
      put(table2, known3, news, row, change);
    }
    table2.lowered = {};
    table2.classes = table2.asOf === void 0 ? table2.stated : table2.classes;
    const counts2 = new Uint32Array(table2.head.classes.length);
    table2.stated.forEach((code) => {
      counts2[code] += 1;
    });
    table2.head.classes.forEach((each2, at2) => {
      each2.count = counts2[at2];
    });
    return true;
  }
  function classesOf(table2, news, changes, stale) {
    const made = table2.atRun.slice();
    for (const [row, { state }] of changes) {
      if (state !== null && news.classes[table2.kind]?.[state]) {
        made[row] = classOf(table2, news, state);
      }
    }
    for (const row of stale.rows) {
      made[row] = classAt(table2, STALE, () => staleClass(table2, stale.label));
    }
    return made;
  }
  function classOf(table2, news, code) {
    const { label, acquired, look: look2 } = news.classes[table2.kind][code];
    return classAt(table2, code, () => ({ ...table2.head.classes[0], corridor: null, label, acquired, look: look2, code, count: 0 }));
  }
  function classAt({ head: { classes: classes2 } }, code, make2) {
    const at2 = classes2.findIndex((each2) => each2.code === code);
    return at2 >= 0 ? at2 : classes2.push(make2()) - 1;
  }
  function staleClass({ head: { classes: classes2 } }, label) {
    const { look: look2, ...other } = classes2.find(({ code }) => code === "unknown") ?? classes2[0];
    return { ...other, code: STALE, label, count: 0, look: { ...look2, fillOpacity: 0.35, hatch: "dots", dash: [2, 3] } };
  }
  function historyOf(table2, known3, news, changes) {
    if (!changes.size) {
      return known3;
    }
    table2.head.history = table2.head.history ?? { drawn: Object.hasOwn(news.classes, table2.kind), states: [] };
    const { states: states2 } = table2.head.history;
    const stateAt = (track, code) => {
      const at2 = states2.findIndex((each2) => each2.track === track && each2.code === code);
      const drawnBy = news.classes[table2.kind]?.[code]?.track === track;
      return at2 >= 0 ? at2 : states2.push({ track, code, class: drawnBy ? classOf(table2, news, code) : -1, label: news.states[track][code] }) - 1;
    };
    const starts2 = new Int32Array(table2.count + 1);
    const all3 = [];
    for (let row = 0; row < table2.count; row += 1) {
      const change = changes.get(row);
      all3.push(...change ? change.history.map(([track, code, day2, at2, document2]) => (
        /** @type {Entry} */
        [day2 === null ? 0 : fold(day2) + 1, stateAt(track, code), at2, document2]
      )) : entriesOf(known3, row));
      starts2[row + 1] = all3.length;
    }
    return {
      starts: starts2,
      days: Float64Array.from(all3, ([day2]) => day2),
      states: Float64Array.from(all3, ([, state]) => state),
      written: textColumn(all3.map(([, , written]) => written)),
      documents: textColumn(all3.map(([, , , document2]) => document2))
    };
  }
  function entriesOf(known3, row) {
    const found5 = [];
    for (let at2 = known3?.starts[row] ?? 0; known3 && at2 < known3.starts[row + 1]; at2 += 1) {
      found5.push([known3.days[at2], known3.states[at2], known3.written ? Table.textAt(known3.written, at2) : "", known3.documents ? Table.textAt(known3.documents, at2) : ""]);
    }
    return found5;
  }
  function textColumn(cells) {
    const codes = new Map([...new Set(cells)].map((text, at2) => [text, at2]));
    const starts2 = new Uint32Array(codes.size + 1);
    [...codes.keys()].forEach((text, at2) => {
      starts2[at2 + 1] = starts2[at2] + text.length;
    });
    return { text: [...codes.keys()].join(""), starts: starts2, rows: Uint32Array.from(cells, (text) => codes.get(text) ?? 0) };
  }
  function put(table2, known3, news, row, { state, on, document: document2, due }) {
    const { columns } = table2.head;
    if (columns.clock?.type === "said") {
      own(table2, known3, "clock")[row] = choiceAt(columns.clock, due?.[0] ?? "", due ? news.clocks[due[0]] : void 0);
      own(table2, known3, "clock_due")[row] = due ? fold(due[1]) + 1 : 0;
    }
    if (state === null) {
      return;
    }
    const { state: said4, state_on: day2, document_no: paper } = columns;
    if (said4?.type === "said") {
      own(table2, known3, "state")[row] = choiceAt(said4, state === "unknown" ? "" : state, news.classes[table2.kind]?.[state]?.label);
    }
    if (day2?.type === "date") {
      own(table2, known3, "state_on")[row] = on === null ? 0 : fold(on) + 1;
    }
    if (paper?.type === "text" && known3.texts.document_no) {
      const text = table2.texts.document_no;
      table2.texts.document_no = {
        text: text.text + document2,
        starts: Uint32Array.from([...text.starts, text.text.length + document2.length]),
        rows: table2.texts.document_no === known3.texts.document_no ? text.rows.slice() : text.rows
      };
      table2.texts.document_no.rows[row] = text.starts.length - 1;
    }
  }
  function own(table2, known3, name3) {
    if (table2.columns[name3] === known3.columns[name3]) {
      table2.columns[name3] = known3.columns[name3].slice();
    }
    return table2.columns[name3];
  }
  function choiceAt(column, code, label) {
    const at2 = column.codes.indexOf(code);
    if (at2 >= 0) {
      return at2;
    }
    for (const [lang2, words2] of Object.entries(column.words)) {
      words2.push(code ? label?.[lang2] ?? code : "");
    }
    return column.codes.push(code) - 1;
  }

  // geo/outlines.js
  var NINE = 9;
  var DIGITS2 = 3;
  var HECTARE_M2 = 1e4;
  var AREA_DIGITS = 4;
  var FORBIDDEN = /[,\p{Cc}\u2028\u2029]+/gu;
  function turned(ring) {
    return signedArea(ring) < 0 ? [...ring].reverse() : ring;
  }
  function collection(points, properties, more = {}) {
    const coordinates2 = [[...points, points[0]]];
    return `${JSON.stringify({ type: "FeatureCollection", ...more, features: [{ type: "Feature", properties, geometry: { type: "Polygon", coordinates: coordinates2 } }] }, null, 1)}
`;
  }
  function geoJson(ring, degrees2, properties) {
    return collection(turned(ring).map((point) => {
      const found5 = degrees2(point);
      return found5 ? [Number(found5.lng.toFixed(NINE)), Number(found5.lat.toFixed(NINE))] : null;
    }), properties);
  }
  function fromNorthWest(ring) {
    const round2 = signedArea(ring) > 0 ? [...ring].reverse() : ring;
    const west = Math.min(...round2.map(([x]) => x));
    const north2 = Math.max(...round2.map(([, y]) => y));
    const away2 = ([x, y]) => Math.hypot(x - west, y - north2);
    const [first] = round2.map((_, at2) => at2).sort((one, other) => away2(round2[one]) - away2(round2[other]) || round2[other][1] - round2[one][1] || round2[one][0] - round2[other][0]);
    return [...round2.slice(first), ...round2.slice(0, first)];
  }
  function boundaryText(ring, name3, { head, kind, east }) {
    const round2 = fromNorthWest(ring);
    const points = [...round2.map((point, at2) => ({ point, at: at2 })), { point: round2[0], at: 0 }];
    const area = Math.abs(signedArea(round2)) / HECTARE_M2;
    const parcel2 = [points.length, area.toFixed(AREA_DIGITS), "", name3.replace(FORBIDDEN, " ").trim(), kind, "", "", "", "@"].join(",");
    const lines = points.map(({ point: [x, y], at: at2 }) => `J${at2 + 1},1,${y.toFixed(DIGITS2)},${(x + east).toFixed(DIGITS2)}`);
    return [...head, parcel2, ...lines, ""].join("\r\n");
  }
  function plotDraft(ring, crs, fields2) {
    const code = /^EPSG:(\d+)$/.exec(crs)?.[1];
    return code ? collection(turned(ring), fields2, { crs: { type: "name", properties: { name: `urn:ogc:def:crs:EPSG::${code}` } } }) : null;
  }

  // panels/asked.js
  var COVERED2 = "covered_area_m2";
  var ASKED = ["fixed_investment_cny", "floor_area_m2", COVERED2];
  var LONGEST4 = 60;
  function lookups(rules) {
    const asked2 = /* @__PURE__ */ new Map();
    for (const rule of rules) {
      const { table: table2 } = rule;
      table2?.by.forEach((name3, place) => {
        const id = lookup(rule, name3);
        const known3 = asked2.get(id) || { name: name3, year: table2.classification, titles: table2.titles, codes: /* @__PURE__ */ new Set() };
        table2.rows.forEach(({ key }) => known3.codes.add(key[place]));
        asked2.set(id, known3);
      });
    }
    return asked2;
  }
  function lookupLabel({ name: name3, year }) {
    return name3 === "industry" ? say("trial.industry", { year }) : say("trial.region_class");
  }
  function choices(app2, typed2, changed) {
    return [...lookups(app2.page.rules)].map(([id, of2]) => {
      const offered3 = [...of2.codes].sort().map((code) => [code, codeText(of2.titles, code)]);
      const known3 = of2.codes.has(typed2.chosen[id]) ? typed2.chosen[id] : "";
      const made = select({ id: `lt-trial-${id}` }, [["", "–"], ...offered3], known3, (code) => {
        typed2.chosen[id] = code;
        changed();
      });
      return element("div", { class: "lt-field" }, element("label", { for: made.id, text: lookupLabel(of2) }), made);
    });
  }
  function codeText(titles, code) {
    return titles?.[code] ? `${code} ${pick(titles[code])}` : code;
  }
  function unitOf(name3) {
    return name3.endsWith("_cny") ? "CNY" : "m2";
  }
  function labelOf2(name3) {
    return `${say(`measure.${name3}`)} (${say(`unit.${unitOf(name3)}`)})`;
  }
  function figureOf(app2, name3, text) {
    const read4 = read3(app2.page.units, text, unitOf(name3));
    return read4 >= 0 ? read4 : NaN;
  }
  function values(app2, typed2, area, covered2) {
    const found5 = { land_area_m2: area, area_m2: area };
    for (const name3 of ASKED) {
      found5[name3] = figureOf(app2, name3, typed2.figures[name3] ?? "");
    }
    if (!typed2.figures[COVERED2]?.trim() && covered2 !== null) {
      found5[COVERED2] = covered2;
    }
    return found5;
  }
  function told2(app2, typed2) {
    const figures2 = ASKED.filter((name3) => typed2.figures[name3]?.trim()).map((name3) => (
      /** @type {[string, string]} */
      [labelOf2(name3), typed2.figures[name3].trim()]
    ));
    const chosen = [...lookups(app2.page.rules)].filter(([id]) => typed2.chosen[id]).map(([id, of2]) => (
      /** @type {[string, string]} */
      [lookupLabel(of2), codeText(of2.titles, typed2.chosen[id])]
    ));
    return [...figures2, ...chosen];
  }
  function fields(app2, typed2, changed) {
    const inputs = ASKED.map((name3) => {
      const input = element("input", { type: "text", id: `lt-trial-${name3}`, inputmode: "decimal", autocomplete: "off", maxlength: LONGEST4 });
      const taken = element("span", { class: "lt-quiet lt-taken" });
      const tell3 = () => {
        const value2 = figureOf(app2, name3, input.value);
        const wrong = input.value.trim() !== "" && Number.isNaN(value2);
        input.setAttribute("aria-invalid", String(wrong));
        taken.textContent = wrong ? say("trial.no_number") : /^[0-9.]*$/.test(input.value) ? "" : `= ${amount(value2, 2, unitOf(name3))}`;
      };
      input.value = typed2.figures[name3] ?? "";
      tell3();
      input.addEventListener("input", () => {
        typed2.figures[name3] = input.value;
        tell3();
        changed();
      });
      return { name: name3, input, row: element("div", { class: "lt-field" }, element("label", { for: input.id, text: labelOf2(name3) }), input, taken) };
    });
    return {
      rows: [...inputs.map(({ row }) => row), ...choices(app2, typed2, changed)],
      /** @param {number | null} covered what was measured under buildings */
      measured(covered2) {
        const input = inputs.find(({ name: name3 }) => name3 === COVERED2)?.input;
        if (input) {
          input.placeholder = covered2 === null ? "" : say("trial.measured", { area: amount(covered2, 0, "m2") });
        }
      }
    };
  }

  // panels/answers.js
  function trialOf(ring) {
    if (ring.length < 3) {
      return "trial.how";
    }
    if (meetsItself(ring)) {
      return "tool.meets_itself";
    }
    const outline = ring.map(fromPark);
    return outline.every((point) => point !== null) ? { outline: (
      /** @type {Ring} */
      outline
    ), ring, area: Math.abs(signedArea(ring)) } : "tool.not_here";
  }
  async function answered(app2, trial, typed2) {
    const surroundings = await app2.judge.surroundings(trial);
    return { trial, surroundings, verdicts: await verdictsOf(app2, trial, typed2, surroundings) };
  }
  function verdictsOf(app2, { area }, typed2, { covered: covered2 }) {
    return app2.judge.verdicts(values(app2, typed2, area, covered2), typed2.chosen);
  }
  function limitText(rule, verdict) {
    if (!rule.table || verdict.code === "unknown") {
      return pick(rule.limit);
    }
    const { threshold, upper, verified } = verdict.limit;
    const bound = (each2) => beside(each2, rule.unit, { relation: "==", threshold: each2 }, true);
    const bounds = rule.relation === "between" ? `${bound(threshold)}–${bound(upper ?? Number.NaN)}` : `${rule.relation} ${bound(threshold)}`;
    return verified ? bounds : say("trial.unverified", { limit: bounds });
  }
  function figureText(rule, verdict) {
    if (verdict.code === "unknown") {
      return say(`trial.${verdict.missing}`, { document: rule.table ? pick(rule.table.document) : "" });
    }
    const { threshold, upper } = verdict.limit;
    return beside(verdict.value, rule.unit, { threshold, upper, relation: rule.relation }, verdict.code === "pass");
  }
  function besideLimit(rule, verdict) {
    return `${figureText(rule, verdict)} (${limitText(rule, verdict)})`;
  }
  function verdictRows({ rules }, verdicts) {
    return verdicts.flatMap((verdict) => {
      const rule = rules.find(({ id }) => id === verdict.rule);
      return rule ? element(
        "li",
        { class: "lt-trial-rule", "data-rule": rule.id },
        badge(verdict.code, say(`outcome.${verdict.code}`)),
        element("span", { text: pick(rule.title) }),
        element("span", { class: "lt-quiet", text: besideLimit(rule, verdict) })
      ) : [];
    });
  }
  function areaText(area, whole2) {
    return share(amount(area, 0, "m2"), area, whole2);
  }
  function away(metres) {
    return say("trial.away", { length: amount(metres, 1, "m") });
  }
  function meetingText(app2, { area: whole2 }, met2) {
    const title = say(`kind.${met2.kind}`);
    switch (met2.what) {
      case "unknown":
        return [title, say("coverage.no_coverage")];
      case "free":
        return [title, say("coverage.clear")];
      case "far":
        return [title, say("trial.none_near", { far: amount(met2.metres, 0, "m") })];
      case "feature":
        return [[.../* @__PURE__ */ new Set([title, met2.key, met2.name])].filter(Boolean).join(" · "), areaText(met2.area, whole2)];
      case "class": {
        const inside3 = hitsText(met2.hits, whole2);
        const label = pick(tableOf(app2, met2.kind).head.classes[met2.at].label);
        return [[title, label].filter(Boolean).join(" · "), inside3.length ? inside3.join(", ") : away(met2.hits.distance)];
      }
      case "corridor":
        return [`${say("card.corridor")} · ${title}`, `${widthSaid(tableOf(app2, met2.kind), met2.line)}, ${away(met2.line.distance)}`];
    }
  }

  // panels/bringing.js
  var OFTEN = 300;
  var OPEN = ["waiting", "working"];
  var KINDS3 = ".txt,.dxf,.zip,.kml,.kmz,.geojson,.json,.gpkg,.csv,.xlsx,.shp,.fgb";
  function hindrance({ holes, ring }) {
    return ring.length ? "" : holes ? "trial.has_holes" : "trial.has_corners";
  }
  function labelOf3(outline) {
    const why2 = hindrance(outline);
    const said4 = say("trial.found_one", { name: outline.name, area: amount(outline.area_m2, 1, "m2"), count: figure(outline.corners, 0) });
    return why2 ? `${said4} (${say(why2)})` : said4;
  }
  function pieces(ring) {
    const page2 = ring.map(fromPark);
    return page2.length && page2.every((point) => point !== null) ? [{ type: 2, rings: [
      /** @type {Ring} */
      page2
    ] }] : [];
  }
  function section2(app2, keeper3, begin) {
    const file = element("input", { type: "file", id: "lt-trial-file", accept: KINDS3 });
    const crs = element("input", { type: "text", id: "lt-trial-crs", autocomplete: "off", placeholder: "EPSG:4527", maxlength: 60 });
    const told4 = element("p", { class: "lt-told", role: "status" });
    const offered3 = element("div");
    let [run, seen2] = [0, false];
    function close() {
      run += 1;
      if (seen2) {
        app2.highlight([]);
      }
    }
    function offer({ crs: own2, outlines, more, others }) {
      if (own2 !== name()) {
        told4.textContent = say("trial.other_crs", { crs: own2 });
        return;
      }
      told4.textContent = [
        say("trial.found", { count: figure(outlines.length, 0) }),
        more ? say("trial.found_more", { count: figure(more, 0) }) : "",
        others ? say("trial.found_others", { count: figure(others, 0) }) : ""
      ].filter(Boolean).join(" ");
      const first = outlines.findIndex((each2) => !hindrance(each2));
      const list2 = select(
        { id: "lt-trial-outlines", size: Math.min(6, Math.max(2, outlines.length)) },
        outlines.map((each2, at2) => [String(at2), labelOf3(each2)]),
        String(first),
        (at2) => show4(outlines[Number(at2)])
      );
      [...list2.options].forEach((option, at2) => {
        option.disabled = hindrance(outlines[at2]) !== "";
      });
      const take = plain2("trial.begin_with", () => {
        const chosen = outlines[Number(list2.value)];
        if (chosen?.ring.length) {
          begin(chosen.ring, chosen.name);
        }
      });
      take.disabled = first < 0;
      offered3.replaceChildren(element("label", { for: list2.id, class: "lt-quiet", text: say("trial.outlines") }), list2, take);
      if (first >= 0) {
        show4(outlines[first]);
      }
    }
    function show4({ ring }) {
      const own2 = pieces(ring);
      seen2 = true;
      app2.highlight(own2);
      if (own2.length) {
        app2.fit(L.latLngBounds(own2[0].rings[0].map(latLng)));
      }
    }
    async function read4() {
      const chosen = file.files?.[0];
      offered3.replaceChildren();
      if (!chosen) {
        told4.textContent = say("trial.no_file");
        return;
      }
      told4.textContent = say("trial.reading", { file: chosen.name });
      try {
        await readOne(chosen);
      } catch (error) {
        if (!(error instanceof Failure)) {
          throw error;
        }
        told4.textContent = say(error.key, error.values);
      }
    }
    async function readOne(chosen) {
      const own2 = ++run;
      const job = await keeper3.bring(chosen, crs.value.trim());
      let now = await keeper3.brought(job);
      while (own2 === run && told4.isConnected && OPEN.includes(now.state)) {
        await new Promise((done) => setTimeout(done, OFTEN));
        now = await keeper3.brought(job);
      }
      if (own2 === run && now.found) {
        offer(now.found);
      } else if (own2 === run) {
        told4.textContent = now.said || say("trial.not_read");
      }
    }
    const shown2 = element(
      "details",
      { class: "lt-kept lt-bring" },
      element("summary", { text: say("trial.from_file") }),
      element("div", { class: "lt-row" }, element("label", { for: file.id, text: say("trial.file") }), file),
      element("div", { class: "lt-field" }, element("label", { for: crs.id, text: say("trial.file_crs") }), crs),
      element("div", { class: "lt-row" }, plain2("trial.read", read4)),
      told4,
      offered3
    );
    return { shown: shown2, close };
  }

  // panels/comparing.js
  var GROUPS = ["size", "figures", "rules", "layers"];
  async function linesOf2(app2, one) {
    const line = (group2, label, value2, key = label) => ({ group: group2, key, label, value: value2 });
    const trial = trialOf(one.ring);
    const figures2 = told2(app2, one).map(([label, value2]) => line("figures", label, value2));
    if (typeof trial === "string") {
      return [line("size", say("measure.area_m2"), say(trial, { crs: name() })), ...figures2];
    }
    const { surroundings, verdicts } = await answered(app2, trial, one);
    const covered2 = surroundings.covered === null ? [] : [line("size", say("trial.covered"), amount(surroundings.covered, 0, "m2"))];
    return [
      line("size", say("measure.area_m2"), amount(trial.area, 1, "m2")),
      line("size", say("trial.outline"), amount(length(trial.ring, true), 1, "m")),
      ...covered2,
      ...figures2,
      ...verdicts.flatMap((verdict) => {
        const rule = app2.page.rules.find(({ id }) => id === verdict.rule);
        return rule ? [line("rules", pick(rule.title), element(
          "span",
          {},
          badge(verdict.code, say(`outcome.${verdict.code}`)),
          " ",
          besideLimit(rule, verdict)
        ), rule.id)] : [];
      }),
      ...surroundings.meetings.map((met2) => {
        const [label, value2] = meetingText(app2, trial, met2);
        return line("layers", String(label), value2);
      })
    ];
  }
  function textOf(value2) {
    return value2 instanceof Node ? value2.textContent : value2 || "–";
  }
  async function table(app2, all3) {
    const columns = await Promise.all(all3.map(async (one) => {
      const values2 = /* @__PURE__ */ new Map();
      const lines2 = await linesOf2(app2, one);
      for (const { group: group2, key, value: value2 } of lines2) {
        const id = `${group2}/${key}`;
        const before = values2.get(id);
        values2.set(id, before === void 0 ? value2 : `${textOf(before)}; ${textOf(value2)}`);
      }
      return { lines: lines2, values: values2 };
    }));
    const lines = [...new Map(columns.flatMap((each2) => each2.lines).map((each2) => [`${each2.group}/${each2.key}`, each2])).entries()].sort(([, one], [, other]) => GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group));
    const rows = lines.map(([id, { label, group: group2 }]) => {
      const values2 = columns.map((each2) => each2.values.get(id));
      const same = values2.every((value2) => textOf(value2) === textOf(values2[0]));
      return element(
        "tr",
        { class: same ? "" : "lt-differs", "data-group": group2 },
        element("th", { scope: "row", text: label }),
        ...values2.map((value2) => value2 instanceof Node ? element("td", {}, value2) : element("td", { text: value2 || "–" }))
      );
    });
    return element(
      "table",
      {},
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, element("span", { class: "lt-hidden", text: say("trial.what") })), ...all3.map(({ title, under: under2 }) => element("th", { scope: "col" }, element("b", { text: title }), element("small", { text: under2 }))))),
      element("tbody", {}, ...rows)
    );
  }
  async function dialog2(app2, all3) {
    const title = say("trial.comparison");
    return over(title, "lt-trials", [
      element("div", { class: "lt-wide", tabindex: "0", role: "region", "aria-label": title }, await table(app2, all3)),
      element("p", { class: "lt-quiet", text: say("trial.only") })
    ]);
  }

  // panels/kept.js
  var WHERE = { place: "trial.in_place", browser: "trial.in_browser", nowhere: "trial.nowhere" };
  function today2() {
    return day(today());
  }
  function textOf2({ ring, figures: figures2, chosen }) {
    const typed2 = (texts) => Object.entries(texts).filter(([, text]) => text.trim() !== "").sort();
    return JSON.stringify([ring, typed2(figures2), typed2(chosen)]);
  }
  function isOpen2(draft) {
    return Boolean(draft?.ring.length) && draft !== null && textOf2(draft) !== draft.kept;
  }
  function fresh3() {
    return { ring: [], finished: false, snapping: true, figures: {}, chosen: {}, name: "", mark: "", kept: "" };
  }
  function draftOf({ ring, figures: figures2, chosen, name: name3, mark }) {
    const made = { ...fresh3(), ring, finished: true, figures: { ...figures2 }, chosen: { ...chosen }, name: name3, mark };
    return { ...made, kept: textOf2(made) };
  }
  function compared2({ name: name3, day: day2, ring, figures: figures2, chosen }) {
    return { title: name3, under: day2, ring, figures: figures2, chosen };
  }
  function said2(texts) {
    return Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== "").map(([name3, text]) => [name3, text.trim()]));
  }
  function trialOf2({ ring, figures: figures2, chosen }, name3) {
    return { name: name3, day: today2(), crs: name(), ring, figures: said2(figures2), chosen: said2(chosen) };
  }
  function section3(app2, draft, show4) {
    const name3 = element("input", { type: "text", id: "lt-trial-name", autocomplete: "off", maxlength: LONGEST_NAME });
    const list2 = element("ul", { class: "lt-kept-list" });
    const told4 = element("p", { class: "lt-told", role: "status" });
    const summary = element("summary");
    const ticked = /* @__PURE__ */ new Set();
    let all3 = [];
    function leaving(leave2) {
      if (!isOpen2(app2.trial)) {
        leave2();
        return;
      }
      ask(say("trial.not_kept"), [element("p", { text: say("trial.would_be_lost") })], [["trial.leave", leave2]]);
    }
    function wordsOf2(error) {
      if (!(error instanceof Failure)) {
        throw error;
      }
      return say(error.key, error.values);
    }
    async function load() {
      all3 = await app2.keeper.list();
      [...ticked].filter((each2) => !all3.some((kept2) => kept2.name === each2)).forEach((each2) => ticked.delete(each2));
      list2.replaceChildren(...all3.map(item2));
      summary.textContent = say("trial.kept", { count: figure(all3.length, 0) });
      compare.hidden = all3.length < 2;
      compare.disabled = ticked.size < 2;
    }
    async function done(key, values2) {
      await load();
      told4.textContent = say(key, values2);
    }
    async function keep2() {
      const own2 = cleanName(name3.value);
      name3.setAttribute("aria-invalid", String(!own2));
      const why2 = own2 ? trialOf(draft.ring) : "trial.no_name";
      if (typeof why2 === "string" || !draft.finished) {
        told4.textContent = say(typeof why2 === "string" ? why2 : "trial.how", { crs: name() });
        return;
      }
      await keepAs(own2, own2 === draft.name ? draft.mark : "");
    }
    async function keepAs(own2, seen2) {
      try {
        const kept2 = await app2.keeper.keep(trialOf2(draft, own2), seen2);
        Object.assign(draft, { name: kept2.name, mark: kept2.mark, kept: textOf2(draft) });
        name3.value = kept2.name;
        await done("trial.is_kept", { name: kept2.name });
      } catch (error) {
        if (error instanceof ChangedError) {
          await changed(own2, error.theirs);
        } else {
          told4.textContent = wordsOf2(error);
        }
      }
    }
    async function changed(own2, theirs) {
      const mine = { title: say("trial.mine"), under: today2(), ring: draft.ring, figures: draft.figures, chosen: draft.chosen };
      if (!theirs) {
        ask(say("trial.gone", { name: own2 }), [], [["trial.keep_anew", () => keepAs(own2, "")]]);
        return;
      }
      const both = await table(app2, [mine, { ...compared2(theirs), title: say("trial.theirs") }]);
      ask(
        say("trial.changed", { name: own2 }),
        [element("div", { class: "lt-wide", tabindex: "0", role: "region", "aria-label": say("trial.comparison") }, both)],
        [["trial.keep_mine", () => keepAs(own2, theirs.mark)], ["trial.open_theirs", () => show4(draftOf(theirs))]]
      );
    }
    async function at2(work) {
      try {
        await work();
      } catch (error) {
        const text = wordsOf2(error);
        if (error instanceof ChangedError) {
          await load();
        }
        told4.textContent = text;
      }
    }
    function rename(kept2) {
      const input = element("input", { type: "text", id: "lt-trial-rename", maxlength: LONGEST_NAME, autocomplete: "off" });
      input.value = kept2.name;
      ask(say("trial.rename"), [element("div", { class: "lt-field lt-one" }, element("label", { for: input.id, text: say("trial.name") }), input)], [
        ["trial.rename", () => at2(async () => {
          const to = cleanName(input.value);
          if (!to) {
            told4.textContent = say("trial.no_name");
          } else if (to !== kept2.name) {
            const now = await app2.keeper.rename(kept2.name, to, kept2.mark);
            if (draft.mark === kept2.mark) {
              Object.assign(draft, { name: now.name, mark: now.mark });
              name3.value = now.name;
            }
            await done("trial.is_kept", { name: now.name });
          }
        })]
      ]);
      input.select();
    }
    function remove(kept2) {
      ask(say("trial.remove_it", { name: kept2.name }), [], [["trial.remove", () => at2(async () => {
        await app2.keeper.remove(kept2.name, kept2.mark);
        if (draft.mark === kept2.mark) {
          Object.assign(draft, { mark: "", kept: "" });
        }
        await done("trial.is_removed", { name: kept2.name });
      })]]);
    }
    function exportGeoJson({ name: of2, day: day2, ring, figures: figures2, chosen }) {
      const degrees2 = (point) => {
        const page2 = fromPark(point);
        return page2 && degrees(page2);
      };
      const area = Number(Math.abs(signedArea(ring)).toFixed(3));
      download(`${of2}.geojson`, geoJson(ring, degrees2, { name: of2, day: day2, area_m2: area, ...figures2, ...chosen }), "application/geo+json");
    }
    async function draftPlot({ name: of2, ring, crs, figures: figures2 }) {
      const text = plotDraft(ring, crs, { plot_id: of2, ...figures2 });
      const file = `${say("trial.draft_file", { name: of2 })}.geojson`;
      if (!text) {
        told4.textContent = say("trial.no_number_of_crs", { crs });
      } else if (app2.keeper instanceof PlaceKeeper) {
        const { keeper: keeper3 } = app2;
        await keeper3.put(file, text);
        told4.replaceChildren(say("trial.is_drafted", { file }), " ", element("a", { href: `${keeper3.place}/files`, text: say("trial.to_files") }));
      } else {
        download(file, text, "application/geo+json");
      }
    }
    function item2(kept2) {
      const here2 = kept2.crs === name();
      const id = `lt-kept-${all3.indexOf(kept2)}`;
      const tick = element("input", { type: "checkbox", id, "aria-label": say("trial.to_compare", { name: kept2.name }), disabled: !here2 });
      tick.checked = ticked.has(kept2.name);
      tick.addEventListener("change", () => {
        ticked[tick.checked ? "add" : "delete"](kept2.name);
        compare.disabled = ticked.size < 2;
      });
      const { boundary } = app2.page;
      const area = amount(Math.abs(signedArea(kept2.ring)), 0, "m2");
      return element(
        "li",
        { "data-name": kept2.name },
        tick,
        button(
          { class: "lt-open", disabled: !here2 },
          () => leaving(() => show4(draftOf(kept2))),
          element("b", { text: kept2.name }),
          element("small", { text: here2 ? `${area} · ${kept2.day}` : say("trial.other_crs", { crs: kept2.crs }) })
        ),
        element(
          "details",
          { class: "lt-more" },
          element("summary", { text: say("trial.more"), "aria-label": say("trial.more_of", { name: kept2.name }) }),
          element(
            "div",
            { class: "lt-row" },
            plain2("trial.rename", () => rename(kept2)),
            plain2("trial.remove", () => remove(kept2)),
            here2 ? plain2("trial.geojson", () => exportGeoJson(kept2)) : null,
            here2 ? plain2("trial.draft", () => at2(() => draftPlot(kept2))) : null,
            here2 && boundary ? plain2("trial.txt", () => download(`${kept2.name}.txt`, boundaryText(kept2.ring, kept2.name, boundary), "text/plain")) : null
          )
        )
      );
    }
    const compare = plain2("trial.compare", () => dialog2(app2, all3.filter((each2) => ticked.has(each2.name)).map(compared2)));
    const save = plain2("trial.keep", keep2);
    name3.value = draft.name;
    name3.addEventListener("keydown", ({ key }) => {
      if (key === "Enter") {
        keep2();
      }
    });
    save.disabled = app2.keeper.where === "nowhere";
    const shown2 = element(
      "details",
      { class: "lt-kept", open: draft.finished },
      summary,
      element("div", { class: "lt-row" }, element("label", { for: name3.id, text: say("trial.name") }), name3, save),
      told4,
      list2,
      element("div", { class: "lt-row" }, compare),
      element("p", { class: "lt-quiet", text: say(WHERE[app2.keeper.where]) })
    );
    summary.textContent = say("trial.kept", { count: "–" });
    at2(async () => {
      await load();
      shown2.open = shown2.open || all3.length > 0 && !draft.ring.length;
    });
    const bring2 = app2.keeper instanceof PlaceKeeper ? section2(app2, app2.keeper, (ring, of2) => leaving(() => show4({ ...fresh3(), ring, finished: true, name: cleanName(of2) }))) : null;
    return { shown: given([bring2?.shown, shown2]), leaving, unfold: () => {
      shown2.open = true;
    }, close: () => bring2?.close() };
  }

  // app/listening.js
  function renew(app2) {
    history.replaceState(null, "", `#${write(app2.parts(true))}`);
    location.reload();
  }
  function busy(app2) {
    return Boolean(app2.tool || isOpen2(app2.trial) || document.querySelector("dialog[open]") || document.activeElement?.matches("input, select, textarea"));
  }
  async function met(app2, news) {
    const [touched, stale] = [/* @__PURE__ */ new Set(), /* @__PURE__ */ new Set()];
    const plots = app2.tables.get("plots");
    for (const { kind, key } of plots ? news.features : []) {
      const table2 = app2.tables.get(kind);
      await table2?.loadTexts();
      const row = table2 && kind !== "plots" ? table2.rowOf(key) : -1;
      for (const at2 of table2 && plots && row >= 0 ? rowsIn(plots, boxAt(table2, row)) : []) {
        touched.add(at2);
        if (RESTS.has(kind)) {
          stale.add(at2);
        }
      }
    }
    return { touched, stale };
  }
  async function reopen(app2) {
    const { rows } = app2;
    const { scrollTop } = app2.ui.card;
    if (rows) {
      await app2.open(rows.kind, rows.row, { others: rows.others, focus: false });
      app2.ui.card.scrollTop = scrollTop;
    }
  }
  function told3({ kind, row }, changed, touched) {
    return changed.some((table2) => table2.kind === kind) || kind === "plots" && touched.some((rows) => rows.has(row));
  }
  async function show3(app2, news) {
    const { touched, stale } = await met(app2, news);
    const was = app2.live.touched;
    app2.live.touched = touched;
    const label = Object.fromEntries(app2.page.langs.map((lang2) => [lang2, app2.page.words[lang2]["outcome.stale"]]));
    const changed = [];
    for (const table2 of app2.tables.values()) {
      if (news.features.some(({ kind }) => kind === table2.kind)) {
        await table2.loadTexts();
      }
      if (amend(table2, news, { rows: table2.kind === "plots" ? stale : /* @__PURE__ */ new Set(), label })) {
        changed.push(table2);
      }
    }
    for (const table2 of changed) {
      if (table2.asOf === void 0) {
        app2.refilter(table2);
      }
    }
    if (app2.asOf !== void 0 && changed.length) {
      show(app2, app2.asOf);
    }
    app2.map.fire("landtrack:live");
    app2.map.fire("landtrack:relabel");
    if (app2.chosen && told3(app2.chosen, changed, [was, touched])) {
      await reopen(app2);
    }
  }
  function listen2(app2) {
    const { served: served2, live } = app2;
    if (!served2) {
      return;
    }
    let turn = Promise.resolve();
    const source2 = new EventSource(`${served2.place}/map/news`);
    source2.onmessage = ({ data: data2 }) => {
      const news = JSON.parse(data2);
      live.lost = false;
      live.newer = news.drawn !== "" && news.drawn !== served2.drawn;
      if (live.newer) {
        source2.close();
        app2.map.fire("landtrack:live");
        if (!busy(app2)) {
          renew(app2);
        }
        return;
      }
      live.news = news;
      live.judging = news.judging?.going_on || news.judging?.job === live.judging?.job ? news.judging : null;
      app2.pins?.heard(news.notes);
      turn = turn.then(() => news.fault ? void app2.map.fire("landtrack:live") : show3(app2, news));
    };
    source2.onerror = () => {
      live.lost = true;
      app2.map.fire("landtrack:live");
    };
  }

  // app/popups.js
  function markup(html) {
    if (typeof html !== "string") {
      return { 0: html, ready: (action) => action() };
    }
    const parsed = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    return parsed ? [document.importNode(parsed, true)] : [];
  }
  function serve() {
    window.$ = window.$ || markup;
  }

  // panels/pins.js
  var MOST7 = 300;
  var NEAR3 = 17;
  var SIGNS = { draft: "?", open: "!", resolved: "✓" };
  var WAYS2 = { draft: ["accept", "reject"], open: ["resolve"], resolved: ["reopen"] };
  function stateOf(state) {
    return element(
      "span",
      { class: `lt-pin-state lt-pin-${state}` },
      element("span", { "aria-hidden": "true", text: `${SIGNS[state]} ` }),
      say(`pin.${state}`)
    );
  }
  var Pins = class {
    /** @param {App} app @param {NotesOf.Notes} notes */
    constructor(app2, notes) {
      this.app = app2;
      this.notes = notes;
      this.shown = "all";
      this.all = [];
      this.left = 0;
      this.group = L.layerGroup().addTo(app2.map);
      this.drawn = /* @__PURE__ */ new Map();
      this.heardOf = null;
      this.fills = /* @__PURE__ */ new WeakMap();
      this.loaded = this.load();
      app2.map.on("moveend landtrack:relabel", () => this.draw());
    }
    /** Reads them anew. */
    async load() {
      try {
        this.all = await this.notes.list();
        await Promise.all([...new Set(this.all.map(({ layer: layer2 }) => layer2))].map((kind) => this.app.tables.get(kind)?.loadTexts()));
      } catch (error) {
        this.app.say(wordsOf(error));
      }
      this.draw();
      const own2 = document.querySelector('[data-block="pin.title"]');
      this.fills.get(own2 ?? document.body)?.();
    }
    /** The desk says which ones there are. @param {string} mark */
    heard(mark) {
      if (this.heardOf !== null && this.heardOf !== mark) {
        this.loaded = this.load();
      }
      this.heardOf = mark;
    }
    /** @param {string} shown which are drawn: all, open, none */
    show(shown2) {
      this.shown = shown2;
      this.draw();
    }
    /** Where a note is pinned; null where its feature is not in the page. @param {PinnedNote} note @returns {L.LatLng | null} */
    placeOf({ lat, lng, layer: layer2, key }) {
      if (lat !== null && lng !== null) {
        return L.latLng(lat, lng);
      }
      const table2 = this.app.tables.get(layer2);
      const row = table2 ? table2.rowOf(key) : -1;
      return table2 && row >= 0 ? boundsOf(table2, row)?.getCenter() ?? null : null;
    }
    /** Draws those that are seen. */
    draw() {
      const bounds = this.app.map.getBounds().pad(0.1);
      const wanted3 = this.all.filter(({ state }) => this.shown === "all" || this.shown === "open" && state !== "resolved");
      const seen2 = wanted3.flatMap((note) => {
        const at2 = this.placeOf(note);
        return at2 && bounds.contains(at2) ? [
          /** @type {const} */
          [note, at2]
        ] : [];
      });
      this.left = Math.max(0, seen2.length - MOST7);
      const drawn3 = new Map(seen2.slice(-MOST7).map(([note, at2]) => [
        `${note.mark} ${at2.lat} ${at2.lng}`,
        /** @type {const} */
        [note, at2]
      ]));
      const keep2 = document.activeElement?.closest(".lt-pin")?.getAttribute("data-note");
      for (const [as, pin] of this.drawn) {
        if (!drawn3.has(as)) {
          pin.remove();
          this.drawn.delete(as);
        }
      }
      for (const [as, [note, at2]] of drawn3) {
        if (!this.drawn.has(as)) {
          this.drawn.set(as, this.pin(note, at2));
        }
      }
      if (keep2 && document.activeElement === document.body) {
        document.querySelector(`.lt-pin[data-note="${keep2}"]`)?.focus({ preventScroll: true });
      }
    }
    /** @param {PinnedNote} note @param {L.LatLng} at @returns {L.Marker} */
    pin(note, at2) {
      const icon2 = L.divIcon({ className: `lt-pin lt-pin-${note.state}`, iconSize: [26, 26], iconAnchor: [13, 33], html: element("span", { "aria-hidden": "true", text: SIGNS[note.state] }) });
      const made = L.marker(at2, { icon: icon2, riseOnHover: true }).addTo(this.group);
      const own2 = made.getElement();
      own2?.setAttribute("data-note", note.id);
      own2?.setAttribute("aria-label", `${say("tool.note")}, ${say(`pin.${note.state}`)}: ${note.text.slice(0, 80)}`);
      made.on("click keypress", (event) => {
        const key = (
          /** @type {{originalEvent?: KeyboardEvent}} */
          event.originalEvent?.key
        );
        if (event.type === "click" || key === "Enter" || key === " ") {
          this.open(note, at2);
        }
      });
      return made;
    }
    /** @param {PinnedNote} note @param {L.LatLng} at */
    open(note, at2) {
      const content2 = element("article", { class: "lt-pinned", tabindex: "-1" }, ...this.content(note, true));
      L.popup({ offset: [0, -28], maxWidth: 300, minWidth: 220, autoPanPaddingTopLeft: this.app.margins().paddingTopLeft, autoPanPaddingBottomRight: [60, 40] }).setLatLng(at2).setContent(content2).openOn(this.app.map);
      content2.focus({ preventScroll: true });
    }
    /** Shows a note that an address asks for. @param {string | undefined} id */
    async find(id) {
      if (!id) {
        return;
      }
      await this.loaded;
      const note = this.all.find((each2) => each2.id === id);
      const at2 = note && this.placeOf(note);
      if (!note || !at2) {
        this.app.say(say("pin.not_here"));
        return;
      }
      this.app.map.setView(at2, Math.max(this.app.map.getZoom(), NEAR3), { animate: false });
      this.open(note, at2);
    }
    /** What a note says, and what can be done with it. @param {PinnedNote} note @param {boolean} feature whether its feature is named */
    content(note, feature2) {
      const table2 = this.app.tables.get(note.layer);
      const row = table2 ? table2.rowOf(note.key) : -1;
      const of2 = !note.layer ? element("b", { text: say("pin.at_point") }) : table2 && row >= 0 ? button({ class: "lt-plain" }, () => this.app.open(note.layer, row), `${pick(table2.head.title)} · ${note.key}`) : element("b", { text: note.key });
      return [
        element("p", { class: "lt-pinned-head" }, stateOf(note.state), feature2 ? of2 : null),
        note.text ? element("p", { class: "lt-pinned-text", text: note.text }) : null,
        note.pictures.length ? element("p", { class: "lt-pinned-pictures" }, ...note.pictures.map((file, at2) => element(
          "a",
          { href: this.notes.picture(file), target: "_blank", rel: "noopener" },
          element("img", { src: this.notes.picture(file), alt: say("pin.picture", { at: at2 + 1 }), loading: "lazy" })
        ))) : null,
        element("p", { class: "lt-quiet", text: `${note.by || say("pin.nobody")}, ${moment(note.at)}` }),
        element(
          "div",
          { class: "lt-row" },
          ...WAYS2[note.state].map((what) => button({ class: "lt-plain", "data-do": what }, () => this.change(what, note), say(`pin.do_${what}`))),
          element("a", { href: `${this.notes.address}#note-${note.id}`, text: say("pin.in_list") })
        )
      ];
    }
    /** @param {string} what @param {PinnedNote} note */
    async change(what, note) {
      try {
        await this.notes.change(what, note.mark, name2());
        this.app.map.closePopup();
      } catch (error) {
        this.app.say(wordsOf(error));
      }
      await this.load();
    }
    /** The notes of a feature, on its card. @param {Table} table @param {number} row */
    section(table2, row) {
      const made = section("pin.title");
      const title = given([made.firstChild]);
      const fill = () => {
        const own2 = this.all.filter(({ layer: layer2, key }) => layer2 === table2.kind && key === table2.key(row));
        made.hidden = !own2.length;
        made.replaceChildren(...title, ...own2.map((note) => element("div", { class: "lt-pinned" }, ...this.content(note, false))));
      };
      fill();
      this.fills.set(made, fill);
      return made;
    }
  };

  // panels/search.js
  var MOST_FOUND = 30;
  function pair2(text) {
    const found5 = text.trim().match(/^\(?\s*([EN]?\s*-?\d+(?:\.\d+)?)\s*°?[EN]?\s*[,，;\s]\s*([EN]?\s*-?\d+(?:\.\d+)?)\s*°?[EN]?\s*\)?$/i);
    const number2 = (each2) => Number(each2.replace(/[EN\s]/gi, ""));
    return found5 ? [number2(found5[1]), number2(found5[2])] : null;
  }
  function places2([one, other], bounds) {
    const both = [[one, other], [other, one]];
    const degrees2 = both.filter(([lat, lng]) => Math.abs(lat) <= 90 && Math.abs(lng) <= 180).map(([lat, lng]) => ({ latLng: L.latLng(lat, lng), system: say("find.degrees") }));
    const projected = given(both.map(fromPark)).map((point) => ({ latLng: latLng(point), system: name() }));
    const all3 = [...degrees2, ...projected];
    const near = all3.filter(({ latLng: latLng2 }) => bounds?.pad(2).contains(latLng2));
    return (near.length ? near : all3).slice(0, 2);
  }
  function hit(app2, table2, row) {
    const name3 = table2.name(row);
    const company = table2.text("company", row);
    return button(
      { class: "lt-hit", role: "option" },
      () => app2.open(table2.kind, row, { zoom: true }),
      element("b", { text: table2.key(row) }),
      element("span", { text: [name3, company !== name3 ? company : ""].filter(Boolean).join(" · ") }),
      element("small", { text: pick(table2.head.title) })
    );
  }
  function spot(app2, { latLng: latLng2, system }) {
    const shown2 = `${latLng2.lat.toFixed(6)}, ${latLng2.lng.toFixed(6)}`;
    return button(
      { class: "lt-hit", role: "option" },
      () => app2.goTo(latLng2),
      element("b", { text: shown2 }),
      element("small", { text: system })
    );
  }
  async function found4(app2, query) {
    const numbers = pair2(query);
    const spots = numbers ? places2(numbers, app2.whole).map((each2) => spot(app2, each2)) : [];
    const hits3 = [];
    for (const table2 of app2.searched()) {
      await table2.loadTexts();
      for (const row of table2.search(query, MOST_FOUND - hits3.length)) {
        hits3.push(hit(app2, table2, row));
      }
      if (hits3.length >= MOST_FOUND) {
        break;
      }
    }
    return [...spots, ...hits3];
  }
  function search(app2) {
    const list2 = element("div", { class: "lt-hits", id: "lt-hits", role: "listbox", "aria-label": say("find.results"), hidden: true });
    const input = element("input", {
      type: "search",
      id: "lt-search",
      placeholder: say("find.placeholder"),
      autocomplete: "off",
      "aria-label": say("find.search"),
      "aria-controls": "lt-hits"
    });
    let run = 0;
    async function look2() {
      const own2 = ++run;
      const start2 = performance.now();
      const query = input.value.trim();
      const made = query ? await found4(app2, query) : [];
      if (own2 !== run) {
        return;
      }
      performance.measure("landtrack:search", { start: start2 });
      list2.hidden = !query;
      list2.replaceChildren(...query && !made.length ? [element("p", { class: "lt-quiet", text: say("find.nothing") })] : made);
    }
    input.addEventListener("input", look2);
    input.addEventListener("keydown", (event) => {
      const first = list2.querySelector("button");
      if (event.key === "Enter" && first) {
        look2().then(() => list2.querySelector("button")?.click());
      } else if (event.key === "ArrowDown" && first) {
        event.preventDefault();
        list2.hidden = false;
        first.focus();
      } else if (event.key === "Escape" && input.value) {
        event.stopPropagation();
        input.value = "";
        look2();
      }
    });
    list2.addEventListener("keydown", (event) => walk(event, input));
    const box = element("div", { class: "lt-search" }, input, list2);
    foldAway(box, input, list2);
    return box;
  }
  function foldAway(box, input, list2) {
    list2.tabIndex = -1;
    box.addEventListener("focusout", (event) => {
      list2.hidden = list2.hidden || !box.contains(
        /** @type {Node | null} */
        event.relatedTarget
      );
    });
    list2.addEventListener("click", () => {
      list2.hidden = true;
    });
    input.addEventListener("click", () => {
      list2.hidden = !list2.childElementCount;
    });
  }
  function walk(event, input) {
    const at2 = document.activeElement;
    const next = { ArrowDown: at2?.nextElementSibling, ArrowUp: at2?.previousElementSibling };
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      /** @type {HTMLElement | null | undefined} */
      (next[event.key] ?? input).focus();
    }
  }

  // layers/inside.js
  var CM9 = 100;
  function middleOf(pieces2) {
    const sized = pieces2.map(({ type: type2, rings: rings2 }) => {
      const own2 = ground(rings2);
      return { type: type2, rings: own2, size: type2 === 2 ? Math.abs(signedArea(own2[0])) : length(own2[0], false) };
    }).sort((one, other) => other.type - one.type || other.size - one.size);
    if (!sized.length) {
      return null;
    }
    const [{ type, rings }] = sized;
    return type === 2 ? interior(rings) : rings[0][Math.floor(rings[0].length / 2)];
  }
  async function inside2(table2, ring) {
    const corners2 = ring.map(fromPark).filter((corner2) => corner2 !== null);
    const box = (
      /** @type {Box} */
      boxOf2([corners2]).map((each2) => Math.round(each2 * CM9))
    );
    const rows = rowsIn(table2, box).filter((row) => table2.visible[row]);
    const near = await Promise.all(rows.map(async (row) => ({ row, pieces: await table2.layer.shapesOf(row) })));
    return near.filter(({ pieces: pieces2 }) => {
      const middle2 = middleOf(pieces2);
      return middle2 !== null && inside([ring], middle2);
    });
  }

  // panels/choosing.js
  var MOST8 = 500;
  var NAMED = 12;
  function said3(table2, keys) {
    return say(keys.length > MOST8 ? "tool.choose_many" : "tool.choose_found", {
      count: figure(keys.length, 0),
      most: figure(MOST8, 0),
      layer: pick(table2.head.title),
      keys: `${keys.slice(0, NAMED).join(", ")}${keys.length > NAMED ? " …" : ""}`
    });
  }
  function chooseTool(app2) {
    const place = app2.served?.place ?? "";
    const tables = [...app2.tables.values()].filter(hasSteps);
    const layer2 = element("select", {}, ...tables.map((table2) => element("option", { value: table2.kind, text: pick(table2.head.title) })));
    const told4 = element("p", { class: "lt-told", role: "status" });
    let keys = [];
    let run = 0;
    const go = plain2("tool.choose_go", () => {
      const asked2 = [["kind", layer2.value], ...keys.map((key) => ["key", key])];
      window.location.assign(`${place}/steps?${new URLSearchParams(asked2)}#enter`);
    });
    const finish = finisher(() => drawing);
    const corners2 = controls(app2, () => drawing);
    async function count() {
      const own2 = ++run;
      const table2 = app2.tables.get(layer2.value);
      const found5 = table2 && drawing.enough ? await inside2(table2, drawing.ring) : [];
      await table2?.loadTexts();
      if (own2 !== run) {
        return;
      }
      keys = table2 ? found5.map(({ row }) => table2.key(row)) : [];
      app2.highlight(found5.flatMap(({ pieces: pieces2 }) => pieces2));
      go.hidden = !keys.length || keys.length > MOST8;
      told4.textContent = table2 && drawing.enough ? said3(table2, keys) : say("tool.choose_how");
    }
    const drawing = new Drawing(app2, {
      area: true,
      snapping: false,
      changed: (moving) => {
        finish.hidden = !drawing.taking || !drawing.enough;
        corners2.show(moving);
        if (!moving) {
          count().catch((error) => {
            told4.textContent = error instanceof Failure ? wordsOf(error) : String(error);
          });
        }
      },
      said: corners2.say
    });
    drawing.show(false);
    layer2.addEventListener("change", () => {
      count();
    });
    count();
    return {
      title: say("tool.choose"),
      content: [
        element("label", {}, say("tool.choose_layer"), " ", layer2),
        told4,
        element("div", { class: "lt-row" }, finish, go),
        corners2.told,
        ...corners2.shown
      ],
      close: () => {
        run += 1;
        drawing.remove();
        if (!app2.chosen) {
          app2.highlight([]);
        }
      }
    };
  }

  // core/paper.js
  var PAPERS = {
    "a4-landscape": [297, 210],
    "a4-portrait": [210, 297],
    "a3-landscape": [420, 297],
    "a3-portrait": [297, 420]
  };
  var MARGIN = 10;
  var BELOW = 54;
  var PIXEL = 25.4 / 96;
  var EXACT = 2e-3;
  var PARTS2 = 4;
  var SCALES = [
    500,
    1e3,
    1500,
    2e3,
    2500,
    3e3,
    4e3,
    5e3,
    7500,
    1e4,
    15e3,
    2e4,
    25e3,
    3e4,
    4e4,
    5e4,
    75e3,
    1e5,
    2e5,
    25e4,
    5e5,
    1e6
  ];
  function mapSize(paper) {
    const [wide, high] = PAPERS[paper];
    return [wide - 2 * MARGIN, high - 2 * MARGIN - BELOW];
  }
  function needed(paper, wide, high) {
    const [across, up] = mapSize(paper);
    return Math.max(wide / across, high / up) * 1e3;
  }
  function round(least) {
    return SCALES.find((each2) => each2 >= least * (1 - EXACT)) ?? SCALES[SCALES.length - 1];
  }
  function zoomBy(now, wanted3) {
    return Math.log2(now / wanted3);
  }
  function isExact(now, said4) {
    return Math.abs(now / said4 - 1) < EXACT;
  }
  function barPart(scale, longest2) {
    const most = longest2 * scale / 1e3 / PARTS2;
    const power = 10 ** Math.floor(Math.log10(most));
    return [5, 2, 1].map((times2) => times2 * power).find((each2) => each2 <= most * (1 + 1e-9)) ?? power;
  }

  // panels/printed.js
  var BAR = 60;
  var PINS = ["draft", "open", "resolved"];
  async function pageOf(app2, scale, title) {
    const now = scaleNow(app2);
    const shown2 = app2.page.groups.flatMap(({ kinds }) => kinds).map((kind) => tableOf(app2, kind)).filter((table2) => table2.count && app2.map.hasLayer(table2.layer));
    const legend = await Promise.all(shown2.map((table2) => rowsOf2(app2, table2)));
    const said4 = isExact(now, scale) ? say("tool.print_scale_is", { scale: figure(scale, 0) }) : say("tool.scale", { scale: figure(Math.round(now), 0) });
    return element(
      "div",
      { class: "lt-print" },
      element(
        "div",
        { class: "lt-print-head" },
        element(
          "div",
          {},
          element("h1", { text: title }),
          element("p", { text: pick(app2.page.subtitle) }),
          pick(app2.page.notice) ? element("p", { text: pick(app2.page.notice) }) : null,
          element("p", { text: say("tool.print_on", { day: day(today()) }) }),
          element("p", { class: "lt-print-not", text: say("tool.print_not_sheet") })
        ),
        element(
          "div",
          { class: "lt-print-marks" },
          element("p", { class: "lt-print-scale", text: said4 }),
          bar(now)
        ),
        north()
      ),
      element("ul", {}, ...legend.flat(), ...marks(app2))
    );
  }
  function scaleNow({ map: map2 }) {
    const size2 = map2.getSize();
    const ends = [-50, 50].map((off) => map2.containerPointToLatLng([size2.x / 2 + off, size2.y / 2]));
    const metres = measured(ends, false)?.length ?? map2.distance(ends[0], ends[1]);
    return metres / (100 * PIXEL) * 1e3;
  }
  async function rowsOf2(app2, table2) {
    await table2.begin();
    const { codes, classes: classes2 } = table2.paint;
    const seen2 = new Set(rowsIn(table2, boxOf(app2.map.getBounds())).filter((row) => table2.visible[row]).map((row) => codes[row]));
    return classes2.flatMap((each2, code) => seen2.has(code) ? [element(
      "li",
      {},
      swatch(each2.shape, each2.look),
      element("span", { text: [pick(table2.head.title), pick(each2.label)].filter(Boolean).join(" · ") })
    )] : []);
  }
  function marks(app2) {
    const pins = PINS.filter((state) => app2.map.getContainer().querySelector(`.lt-pin-${state}`)).map((state) => `${say("tool.note")} · ${say(`pin.${state}`)}`);
    const told4 = app2.tool ? app2.ui.tool.querySelector(".lt-measured")?.textContent : "";
    return [...pins, ...app2.tool ? [[app2.tool.title, told4].filter(Boolean).join("：")] : []].map((text) => element("li", { class: "lt-print-mark", text }));
  }
  function bar(scale) {
    const part = barPart(scale, BAR);
    const made = element("div", { class: "lt-print-bar" }, ...[0, 1, 2, 3].map(() => element("span")));
    const wide = 4 * part * 1e3 / scale;
    made.style.width = `${wide.toFixed(3)}mm`;
    made.setAttribute("data-metres", String(4 * part));
    const ends = element("div", { class: "lt-print-ends" }, ...[0, 2 * part, 4 * part].map((each2) => element("span", { text: `${figure(each2, 0)}${each2 === 4 * part ? " m" : ""}` })));
    ends.style.width = made.style.width;
    return element("div", {}, made, ends);
  }
  function north() {
    const space = "http://www.w3.org/2000/svg";
    const made = document.createElementNS(space, "svg");
    made.setAttribute("viewBox", "0 0 20 24");
    made.setAttribute("class", "lt-print-north");
    for (const [drawing, fill] of [["M10 0 3 24 10 18z", "#000"], ["M10 0 17 24 10 18z", "#fff"]]) {
      const path2 = document.createElementNS(space, "path");
      path2.setAttribute("d", drawing);
      path2.setAttribute("fill", fill);
      path2.setAttribute("stroke", "#000");
      made.append(path2);
    }
    return element("div", { class: "lt-print-arrow" }, element("b", { text: say("tool.print_north") }), made);
  }

  // panels/printing.js
  var DRAWING = 600;
  function open2(app2) {
    const seen2 = app2.viewBounds();
    const [wide, high] = metresOf(app2, seen2);
    const wish = { seen: seen2, paper: wide >= high ? "a4-landscape" : "a4-portrait", scale: 0, title: pick(app2.page.title) };
    const scales = element("span");
    const fill = () => {
      const fitting = round(needed(wish.paper, wide, high));
      wish.scale = wish.scale || fitting;
      scales.replaceChildren(select({ id: "lt-print-scale" }, SCALES.map((each2) => [
        String(each2),
        `1:${figure(each2, 0)}${each2 === fitting ? say("tool.print_fits") : ""}`
      ]), String(wish.scale), (value2) => {
        wish.scale = Number(value2);
      }));
    };
    fill();
    const papers = select({ id: "lt-print-paper" }, Object.keys(PAPERS).map((each2) => [each2, say(`tool.print_${each2.replace("-", "_")}`)]), wish.paper, (value2) => {
      wish.paper = value2;
      wish.scale = 0;
      fill();
    });
    const title = element("input", { id: "lt-print-title", maxlength: "80", value: wish.title });
    title.addEventListener("input", () => {
      wish.title = title.value;
    });
    const row = (name3, field2) => element("p", { class: "lt-print-field" }, element("label", { for: `lt-print-${name3}`, text: say(`tool.print_${name3}`) }), field2);
    const made = over(say("tool.print"), "lt-ask", [
      row("title", title),
      row("paper", papers),
      row("scale", scales),
      element("p", { class: "lt-quiet", text: say("tool.print_not_sheet") }),
      element(
        "div",
        { class: "lt-row lt-choices" },
        plain2("tool.print_go", () => {
          made.close();
          print(app2, wish);
        }),
        plain2("trial.cancel", () => made.close())
      )
    ]);
  }
  function metresOf(app2, seen2) {
    const { lat, lng } = seen2.getCenter();
    const length2 = (ends) => measured(ends, false)?.length ?? app2.map.distance(ends[0], ends[1]);
    return [
      length2([L.latLng(lat, seen2.getWest()), L.latLng(lat, seen2.getEast())]),
      length2([L.latLng(seen2.getSouth(), lng), L.latLng(seen2.getNorth(), lng)])
    ];
  }
  async function print(app2, { seen: seen2, paper, scale, title }) {
    const { map: map2 } = app2;
    const { body } = document;
    const before = { centre: map2.getCenter(), zoom: map2.getZoom(), snap: map2.options.zoomSnap };
    const [wide, high] = mapSize(paper);
    const classes2 = ["lt-printing", `lt-paper-${paper}`];
    body.classList.add(...classes2);
    body.style.setProperty("--lt-map-wide", `${wide}mm`);
    body.style.setProperty("--lt-map-high", `${high}mm`);
    map2.options.zoomSnap = 0;
    map2.invalidateSize({ animate: false });
    map2.setView(seen2.getCenter(), before.zoom, { animate: false });
    map2.setZoom(map2.getZoom() + zoomBy(scaleNow(app2), scale), { animate: false });
    const page2 = await pageOf(app2, scale, title);
    body.append(page2);
    await new Promise((done) => setTimeout(done, DRAWING));
    window.print();
    page2.remove();
    body.classList.remove(...classes2);
    map2.options.zoomSnap = before.snap;
    map2.invalidateSize({ animate: false });
    map2.setView(before.centre, before.zoom, { animate: false });
  }

  // panels/trial.js
  function byTurns(work) {
    let [busy2, again] = [false, false];
    return async () => {
      again = true;
      if (busy2) {
        return;
      }
      busy2 = true;
      try {
        while (again) {
          again = false;
          await work();
        }
      } finally {
        busy2 = false;
      }
    };
  }
  function size(ring) {
    const area = meetsItself(ring) ? Number.NaN : Math.abs(signedArea(ring));
    return pairs([
      [say("measure.area_m2"), amount(area, 1, "m2")],
      [say("trial.outline"), amount(length(ring, true), 1, "m")]
    ]);
  }
  function answers(app2, draft) {
    let last = null;
    const shown2 = element("div", { class: "lt-answers", "aria-live": "off" });
    const list2 = element("ul", { class: "lt-trial-rules" });
    const fields2 = fields(app2, draft, () => judge2());
    const [measured2, met2] = [element("div"), element("div")];
    const parts2 = [
      measured2,
      element("h3", { text: say("trial.figures") }),
      ...fields2.rows,
      list2,
      element("h3", { text: say("card.layers") }),
      met2,
      element("p", { class: "lt-quiet", text: say("trial.only") })
    ];
    const judge2 = byTurns(async () => {
      if (last) {
        last.verdicts = await verdictsOf(app2, last.trial, draft, last.surroundings);
        list2.replaceChildren(...verdictRows(app2.page, last.verdicts));
      }
    });
    async function ask2(trial) {
      const start2 = performance.now();
      last = await answered(app2, trial, draft);
      const { surroundings, verdicts } = last;
      fields2.measured(surroundings.covered);
      measured2.replaceChildren(size(trial.ring));
      list2.replaceChildren(...verdictRows(app2.page, verdicts));
      met2.replaceChildren(pairs(surroundings.meetings.map((each2) => meetingText(app2, trial, each2))));
      if (shown2.firstChild !== measured2) {
        shown2.replaceChildren(...parts2);
      }
      performance.measure("landtrack:trial", { start: start2 });
    }
    const follow3 = byTurns(async () => {
      const trial = draft.finished ? trialOf(draft.ring) : draft.ring.length > 2 ? "" : "trial.how";
      if (typeof trial !== "string") {
        await ask2(trial);
        return;
      }
      last = null;
      shown2.replaceChildren(trial ? element("p", { class: "lt-quiet lt-why", role: "status", text: say(trial, { crs: name() }) }) : size(draft.ring));
    });
    return { shown: shown2, follow: follow3 };
  }
  function reveal(app2, ring) {
    const { map: map2 } = app2;
    const page2 = ring.map(fromPark);
    const points = page2.flatMap((point) => point ? [map2.latLngToContainerPoint(latLng(point))] : []);
    const [own2, seen2] = [L.bounds(points), free(app2)];
    const [size2, room] = [own2.getSize(), seen2.getSize()];
    if (!points.length || seen2.contains(own2.getTopLeft()) && seen2.contains(own2.getBottomRight())) {
      return;
    }
    if (size2.x > room.x || size2.y > room.y) {
      const topLeft = seen2.getTopLeft();
      map2.fitBounds(L.latLngBounds(page2.flatMap((point) => point ? [latLng(point)] : [])), {
        paddingTopLeft: topLeft,
        paddingBottomRight: map2.getSize().subtract(seen2.getBottomRight()),
        maxZoom: 18,
        animate: false
      });
      return;
    }
    const beyond = (way) => Math.min(0, own2.getTopLeft()[way] - seen2.getTopLeft()[way]) || Math.max(0, own2.getBottomRight()[way] - seen2.getBottomRight()[way]);
    map2.panBy([beyond("x"), beyond("y")], { animate: false });
  }
  function tool3(app2) {
    const draft = app2.trial ?? fresh3();
    app2.trial = draft;
    const said4 = answers(app2, draft);
    const how = element("p", { class: "lt-quiet" });
    const finish = finisher(() => drawing);
    const show4 = (other) => {
      app2.trial = other;
      app2.useTool(() => tool3(app2));
    };
    const kept2 = section3(app2, draft, show4);
    const anew = plain2("trial.anew", () => kept2.leaving(() => show4(null)));
    const corners2 = controls(app2, () => drawing);
    const drawing = new Drawing(app2, {
      area: true,
      ring: draft.ring,
      taking: !draft.finished,
      snapping: draft.snapping,
      changed: (moving) => {
        const ended = !draft.finished && !drawing.taking;
        Object.assign(draft, { ring: drawing.ring, finished: !drawing.taking, snapping: drawing.snapping });
        how.textContent = say(drawing.taking ? "trial.how" : "trial.shape");
        finish.hidden = !drawing.taking;
        anew.hidden = !drawing.ring.length;
        corners2.show(moving);
        said4.follow();
        if (ended) {
          kept2.unfold();
          reveal(app2, drawing.ring);
        }
      },
      said: corners2.say
    });
    drawing.show(false);
    if (draft.finished) {
      setTimeout(() => reveal(app2, drawing.ring));
    }
    return {
      title: say("tool.trial"),
      content: [element("div", { class: "lt-trial" }, how, element("div", { class: "lt-row" }, finish, anew), corners2.told, ...corners2.shown, said4.shown, ...kept2.shown)],
      close: () => {
        drawing.remove();
        kept2.close();
      },
      again: () => tool3(app2)
    };
  }

  // panels/toolbar.js
  function coordinates(app2) {
    const shown2 = element("div", { class: "lt-coordinates", "aria-live": "off" });
    const control = new L.Control({ position: "bottomright" });
    control.onAdd = () => shown2;
    const tellAt = ({ latlng }) => {
      const { lat, lng } = latlng.wrap();
      const park = toPark(page({ lat, lng }));
      const degrees2 = `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
      shown2.textContent = park ? `${degrees2}  ·  ${name()}  E ${park[0].toFixed(2)}  N ${park[1].toFixed(2)}` : degrees2;
    };
    app2.map.on("mousemove", tellAt);
    app2.map.on("landtrack:relabel", () => {
      shown2.textContent = "";
    });
    return control;
  }
  function fullScreen() {
    if (document.fullscreenElement) {
      document.exitFullscreen();
    } else {
      document.documentElement.requestFullscreen();
    }
  }
  function bar2(app2) {
    const control = new L.Control({ position: "topright" });
    control.onAdd = () => {
      const tool4 = (key, drawing, action, attributes) => button({
        class: "lt-tool",
        title: say(key),
        "aria-label": say(key),
        "data-tool": key.split(".")[1],
        ...attributes
      }, action, icon(drawing));
      const made = element(
        "div",
        { class: "leaflet-bar lt-tools" },
        tool4("map.fit", "fit", () => app2.fit(app2.whole)),
        tool4("tool.measure_line", "line", () => app2.useTool(() => measureTool(app2, false))),
        tool4("tool.measure_area", "area", () => app2.useTool(() => measureTool(app2, true))),
        tool4("tool.trial", "trial", () => app2.useTool(() => tool3(app2))),
        may(app2.served, "POST step") && [...app2.tables.values()].some(hasSteps) ? tool4("tool.choose", "lasso", () => app2.useTool(() => chooseTool(app2))) : "",
        may(app2.served, "POST notes") ? tool4("tool.note", "note", () => open(app2)) : "",
        tool4("tool.visit", "here", () => app2.useTool(() => tool2(app2))),
        tool4("tool.graticule", "grid", () => app2.toggleGraticule(), { "aria-pressed": String(app2.graticuleOn()) }),
        tool4("tool.full_screen", "full", fullScreen),
        tool4("tool.print", "print", () => open2(app2)),
        tool4("tool.copy", "copy", () => copy(app2))
      );
      L.DomEvent.disableClickPropagation(made);
      const visit = made.querySelector('[data-tool="visit"]');
      const count = () => visit?.setAttribute("data-count", app2.visits.all.length ? figure(app2.visits.all.length, 0) : "");
      count();
      app2.onUi("landtrack:visits", count);
      return made;
    };
    return control;
  }

  // app/surround.js
  function tabs(app2, find, legend) {
    const bodies = { find: find.body, legend };
    const made = element("div", { class: "lt-tabs", role: "tablist" });
    const show4 = (name3) => {
      app2.tab = name3;
      for (const [key, body] of Object.entries(bodies)) {
        body.hidden = key !== name3;
        made.querySelector(`[data-tab="${key}"]`)?.setAttribute("aria-selected", String(key === name3));
      }
      find.relist();
    };
    for (const key of Object.keys(bodies)) {
      made.append(button({ role: "tab", class: "lt-tab", "data-tab": key, "aria-controls": `lt-tab-${key}` }, () => show4(key), say(`map.tab_${key}`)));
    }
    return { made, show: show4 };
  }
  function languages(app2) {
    const { langs } = app2.page;
    return langs.length < 2 ? null : select(
      { id: "lt-lang", "aria-label": say("map.language") },
      langs.map((lang2) => [lang2, app2.page.words[lang2]["language.name"]]),
      current(),
      (lang2) => speak(app2, lang2)
    );
  }
  function panel4(app2) {
    const find = panel3(app2);
    const legend = panel2(app2);
    const { made: bar3, show: show4 } = tabs(app2, find, legend);
    const body = element("div", { class: "lt-panel-body", id: "lt-panel-body" }, bar3, find.body, legend);
    const fold2 = button({ class: "lt-panel-fold", "aria-controls": "lt-panel-body" }, () => app2.ui.fold(body.hidden));
    const made = element(
      "aside",
      { class: "lt-panel", "aria-label": say("map.panel") },
      element(
        "header",
        { class: "lt-title" },
        element("div", { class: "lt-title-row" }, element("h1", { text: pick(app2.page.title) }), languages(app2), fold2),
        element("p", { class: "lt-subtitle", text: pick(app2.page.subtitle) }),
        status(app2, () => renew(app2)),
        search(app2)
      ),
      body
    );
    app2.find = find;
    app2.ui.fold = (open3) => {
      body.hidden = !open3;
      made.classList.toggle("lt-folded", !open3);
      fold2.textContent = say(open3 ? "map.hide_panel" : "map.show_panel");
      fold2.setAttribute("aria-expanded", String(open3));
    };
    show4(app2.tab);
    return made;
  }
  function controls2(app2) {
    const { map: map2 } = app2;
    map2.attributionControl.setPrefix(false);
    const made = [
      L.control.zoom({ position: "topright", zoomInTitle: say("map.zoom_in"), zoomOutTitle: say("map.zoom_out") }),
      bar2(app2),
      coordinates(app2),
      L.control.scale({ imperial: false, maxWidth: 140, position: "bottomright" })
    ];
    made.forEach((each2) => each2.addTo(map2));
    return made;
  }
  function surround(app2) {
    const { ui, map: map2, page: page2 } = app2;
    const folded2 = ui.panel.isConnected ? ui.panel.classList.contains("lt-folded") : isNarrow();
    for (const [event, action] of ui.heard) {
      map2.off(event, action);
    }
    ui.heard = [];
    ui.controls.forEach((each2) => each2.remove());
    [ui.panel, ui.card, ui.notice, ui.toast, ui.tool].forEach((each2) => each2?.remove());
    ui.card = element("aside", { class: "lt-card", hidden: true });
    ui.toast = element("p", { class: "lt-toast", role: "status", hidden: true });
    ui.tool = element("section", { class: "lt-tool-box", hidden: true });
    ui.notice = pick(page2.notice) ? element("p", { class: "lt-notice", role: "note", text: pick(page2.notice) }) : null;
    ui.panel = panel4(app2);
    document.body.append(...given([ui.panel, ui.card, ui.tool, ui.notice, ui.toast]));
    document.title = pick(page2.title);
    document.documentElement.lang = current();
    ui.controls = controls2(app2);
    ui.fold(!folded2);
    map2.getContainer().setAttribute("aria-label", say("map.map_label"));
    app2.find?.refresh();
  }
  async function speak(app2, lang2) {
    setup(app2.page.words, lang2);
    const again = app2.tool?.again;
    app2.closeTool();
    app2.recolour();
    surround(app2);
    if (again) {
      app2.useTool(again);
    }
    app2.map.fire("landtrack:relabel");
    const was = app2.rows;
    if (app2.project) {
      await app2.openProject(app2.project);
    } else if (was) {
      await app2.open(was.kind, was.row, { others: was.others });
    }
    show2(app2);
  }

  // app/warm.js
  var MOST9 = 8;
  function idle() {
    return new Promise((done) => {
      if (window.requestIdleCallback) {
        window.requestIdleCallback(() => done(), { timeout: 1e3 });
      } else {
        setTimeout(done, 50);
      }
    });
  }
  function seen(table2, box) {
    if (!table2.head.packed) {
      return [];
    }
    const off = ([west, south, east, north2]) => Math.hypot(west + east - box[0] - box[2], south + north2 - box[1] - box[3]);
    return table2.head.blocks.map(([first, , ...own2]) => ({ first, own: own2 })).filter(({ own: own2 }) => own2[0] <= box[2] && own2[2] >= box[0] && own2[1] <= box[3] && own2[3] >= box[1]).sort((one, other) => off(one.own) - off(other.own)).slice(0, MOST9).map(({ first }) => first);
  }
  async function rehearse(app2, table2, row) {
    await table2.loadTexts();
    await idle();
    await featuresAt(app2.map, app2.map.getCenter());
    layOut(app2, await app2.cardOf(table2, row, []));
    const pieces2 = await table2.layer.shapesOf(row);
    if (!app2.chosen && !app2.project) {
      app2.highlight(pieces2);
      app2.highlight([]);
    }
  }
  function layOut(app2, content2) {
    const unseen = (
      /** @type {HTMLElement} */
      app2.ui.card.cloneNode(false)
    );
    unseen.removeAttribute("id");
    unseen.inert = true;
    unseen.hidden = false;
    unseen.style.visibility = "hidden";
    unseen.append(...given(content2));
    document.body.append(unseen);
    unseen.querySelector("h2")?.getBoundingClientRect();
    unseen.remove();
  }
  function wanted2(table2, box) {
    return table2.head.cards && !table2.head.packed ? [0] : seen(table2, box);
  }
  async function unpack2(table2, row) {
    await idle();
    await table2.layer.shapesOf(row);
    if (table2.head.cards) {
      await table2.card(row);
    }
  }
  function keep(app2) {
    let run = 0;
    const rehearsed = /* @__PURE__ */ new Set();
    async function look2() {
      const own2 = ++run;
      const box = boxOf(app2.viewBounds());
      const shown2 = app2.searched().filter(({ layer: layer2 }) => app2.map.hasLayer(layer2));
      const all3 = shown2.flatMap((table2) => wanted2(table2, box).map((row) => ({ table: table2, row })));
      for (const { table: table2, row } of all3) {
        await unpack2(table2, row);
        if (own2 !== run) {
          return;
        }
        if (table2.read && !rehearsed.has(table2.kind)) {
          rehearsed.add(table2.kind);
          await rehearse(app2, table2, row);
        }
      }
    }
    app2.map.on("moveend landtrack:switch", look2);
    return look2();
  }

  // app/main.js
  var LONGEST5 = 4e3;
  var map = null;
  var app = null;
  var ready = false;
  var source = null;
  function sourceOfPage() {
    const { folder } = data("landtrack-blocks");
    return folder ? new FolderBlocks(folder) : new PageBlocks();
  }
  function featureLayer2(onto2, id) {
    source = source ?? sourceOfPage();
    return featureLayer(onto2, id, source);
  }
  function deliver(blocks) {
    if (source instanceof FolderBlocks) {
      source.deliver(blocks);
    }
  }
  serve();
  listen();
  async function clicked(app2, event) {
    if (app2.tool) {
      return;
    }
    const start2 = performance.now();
    const found5 = await featuresAt(app2.map, event.latlng);
    const top = found5.find((each2) => each2.kind === "plots") || found5[0];
    app2.map.closePopup();
    if (!top) {
      return;
    }
    await app2.open(top.kind, top.row, { others: found5.filter((each2) => each2 !== top) });
    performance.measure("landtrack:click", { start: start2 });
    const bounds = boundsOf(top.table, top.row);
    if (bounds && top.kind === "plots" && !isNarrow()) {
      app2.map.panInside(bounds.getCenter(), app2.margins());
    } else if (isNarrow()) {
      app2.map.panInside(event.latlng, app2.margins());
    }
  }
  function hover(app2) {
    const plots = app2.tables.get("plots");
    let waiting2 = false;
    return ({ latlng }) => {
      if (waiting2 || !plots || app2.tool) {
        return;
      }
      waiting2 = true;
      requestAnimationFrame(async () => {
        waiting2 = false;
        const over2 = app2.map.hasLayer(plots.layer) && (await plots.layer.rowsAt(page(latlng), 0, app2.map)).length > 0;
        app2.map.getContainer().classList.toggle("lt-over-plot", over2);
      });
    };
  }
  function leave(app2) {
    if (app2.tool) {
      app2.closeTool();
    } else if (app2.reason) {
      app2.hideReason();
    } else {
      app2.close();
    }
  }
  function listen3(app2) {
    const { map: map2 } = app2;
    const relabel = keeper(app2);
    map2.on("click", (event) => clicked(app2, event));
    map2.on("mousemove", hover(app2));
    map2.on("moveend landtrack:switch landtrack:filter landtrack:relabel", relabel);
    map2.on("moveend", () => app2.find?.relist());
    map2.on("landtrack:switch", () => show2(app2));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
        leave(app2);
      }
      document.body.classList.toggle("lt-keyed", event.key === "Tab");
    });
    window.addEventListener("hashchange", () => app2.restore(read()));
    return relabel;
  }
  async function drawn2(app2, tables) {
    const packed = tables.filter((table2) => table2.head.packed && app2.map.hasLayer(table2.layer));
    const all3 = packed.map((table2) => new Promise((done) => {
      table2.layer.once("landtrack:drawn", done);
    }));
    if (packed.length) {
      await Promise.race([Promise.all(all3), new Promise((done) => setTimeout(done, LONGEST5))]);
    }
  }
  async function start(onto2, id) {
    const page2 = data(id);
    setup(page2.words, read().lang || served()?.lang || page2.lang);
    setup2(page2.plane);
    const own2 = make(onto2, page2);
    const tables = [...own2.tables.values()];
    const large = tables.filter((table2) => table2.head.packed);
    await Promise.all(tables.map((table2) => table2.head.packed ? table2.begin() : table2.load()));
    const turn = drawn2(own2, tables);
    large.forEach((table2) => {
      table2.turn = turn;
    });
    follow(onto2);
    page2.attributions.forEach((text) => onto2.attributionControl.addAttribution(element("span", { text }).innerHTML));
    own2.toggleGraticule();
    surround(own2);
    onto2.landtrackPlaced = true;
    own2.fit(own2.bounds);
    large.forEach((table2) => table2.layer.refresh());
    await Promise.all(tables.map((table2) => table2.load()));
    if (large.some((table2) => table2.head.history || table2.head.rules.length)) {
      surround(own2);
    }
    for (const kind of Object.keys(own2.filters)) {
      const table2 = own2.tables.get(kind);
      if (table2) {
        await table2.loadTexts();
        own2.refilter(table2);
      }
    }
    const relabel = listen3(own2);
    map = onto2;
    app = own2;
    own2.pins = own2.served && may(own2.served, "POST notes") ? new Pins(own2, new Notes(own2.served.place)) : null;
    await own2.tables.get("plots")?.loadTexts();
    await relabel();
    await own2.restore({ view: history.state?.view, ...own2.address });
    onto2.on("moveend", () => show2(own2));
    listen2(own2);
    follow2(own2);
    ready = true;
    performance.mark("landtrack:ready");
    const rest = async () => {
      await Promise.all(own2.searched().map((table2) => table2.loadTexts()));
      await keep(own2);
      performance.mark("landtrack:warm");
    };
    (window.requestIdleCallback || setTimeout)(rest);
  }
  return __toCommonJS(main_exports);
})();
