// The address: all that makes up a view, so that it can be sent and opened again.
const Address = (() => {
  "use strict";

  /** The parts of the address behind #. @returns {Record<string, string>} */
  function read() {
    /** @type {Record<string, string>} */
    const parts = {};
    for (const part of location.hash.slice(1).split("&")) {
      const [name, value] = [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)];
      if (name) {
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

  function filtersFrom(text) {
    const filters = {};
    for (const each of (text || "").split(";")) {
      const found = /^(\w+)\.(\w+):(.*)$/.exec(each);
      if (found) {
        filters[found[1]] = filters[found[1]] || {};
        filters[found[1]][found[2]] = new Set(found[3].split("|").map(decode));
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
