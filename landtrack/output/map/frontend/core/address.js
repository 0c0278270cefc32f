// The address: all that makes up a view, so that it can be sent and opened again.
const Address = (() => {
  "use strict";

  // Anybody may have written an address: only these parts are read, and none that is longer.
  const PARTS = new Set(["plot", "feature", "project", "layers", "filter", "asof", "lang", "view"]);
  const LONGEST = 100_000;

  /** The parts of the address behind #. @returns {Record<string, string>} */
  function read() {
    /** @type {Record<string, string>} */
    const parts = Object.create(null); // a name such as __proto__ is a name like others
    for (const part of location.hash.slice(1, LONGEST).split("&")) {
      const [name, value] = [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)];
      if (PARTS.has(name)) {
        parts[name] = decode(value);
      }
    }
    return parts;
  }

  function decode(text) {
    try {
      return decodeURIComponent(text);
    } catch (error) {
      return text;
    }
  }

  function write(parts) {
    return Object.entries(parts)
      .filter(([, value]) => value !== "" && value !== null && value !== undefined)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join("&");
  }

  /** Filters as text: layer.field:value|value, one after another. */
  function filterText(filters) {
    const told = [];
    for (const [kind, dims] of Object.entries(filters)) {
      for (const [name, ids] of Object.entries(dims)) {
        if (ids.size) {
          told.push(`${kind}.${name}:${[...ids].map(encodeURIComponent).join("|")}`);
        }
      }
    }
    return told.join(";");
  }

  /**
   * The filters that an address asks for, of those that there are.
   * @param {string | undefined} text @param {Map<string, any>} tables by kind
   */
  function filtersFrom(text, tables) {
    const filters = Object.create(null);
    for (const each of (text || "").split(";")) {
      const [, kind, name, ids] = /^(\w+)\.(\w+):(.*)$/.exec(each) || [];
      if (tables.get(kind)?.head.filters.includes(name)) {
        filters[kind] = filters[kind] || Object.create(null);
        filters[kind][name] = new Set(ids.split("|").map(decode));
      }
    }
    return filters;
  }

  function show(app) {
    const text = write(app.parts(false));
    try {
      history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
    } catch (error) {
      location.hash = text; // where the page may not change its own address
    }
  }

  /** Puts the whole address, with the place that is seen, onto the clipboard. */
  async function copy(app) {
    const address = `${location.href.split("#")[0]}#${write(app.parts(true))}`;
    try {
      await navigator.clipboard.writeText(address);
    } catch (error) {
      copyByHand(address); // a page from the disk may not be allowed the clipboard
    }
    app.say(Words.say("tool.copied"));
    return address;
  }

  function copyByHand(text) {
    const area = Dom.element("textarea", { class: "lt-copy", readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  return { read, write, filterText, filtersFrom, show, copy };
})();
