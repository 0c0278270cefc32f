// Time: approval states as they stood on a day, and two days by turns.
const Times = (() => {
  "use strict";

  const { element, button } = Dom;
  const UNRECORDED = {
    code: "not_recorded", count: 0, shape: "polygon", acquired: false,
    look: {
      stroke: "#8C8C8C", weight: 1, opacity: 1, fill: "#FFFFFF", fillOpacity: 0.4, radius: 4,
      symbol: "circle", dash: [2, 3], hatch: "none", casing: "", casingWeight: 0,
    },
  };

  /** The layer that has a history, if there is one with two days. */
  function historic(app) {
    return [...app.tables.values()].find((table) => table.history && days(table).length > 1);
  }

  /** The days on which something changed. @param {Table} table @returns {number[]} */
  function days(table) {
    if (!table.changed) {
      const known = [...table.history.days].filter((each) => each > 0).map((each) => Bytes.unfold(each - 1));
      table.changed = [...new Set(known)].sort((one, other) => one - other);
    }
    return table.changed;
  }

  function unrecorded(app, table) {
    const { classes } = table.head;
    const at = classes.findIndex((each) => each.code === UNRECORDED.code);
    if (at >= 0) {
      return at;
    }
    const label = Object.fromEntries(app.page.langs.map((lang) => [lang, app.page.words[lang]["map.not_recorded"]]));
    classes.push({ ...UNRECORDED, label });
    return classes.length - 1;
  }

  /** Shows the states of a day; null is those that the layer states now. */
  function show(app, table, day) {
    if (day === null) {
      table.classes = table.stated;
      table.asOf = undefined;
    } else {
      const none = unrecorded(app, table);
      table.asOf = day;
      table.classes = new Uint16Array(table.count);
      for (let row = 0; row < table.count; row += 1) {
        const state = table.stateOn(row, day);
        table.classes[row] = state < 0 ? none : state;
      }
    }
    app.refilter(table);
    app.map.fire("landtrack:asof", { day });
  }

  function panel(app) {
    const table = historic(app);
    if (!table) {
      return null;
    }
    const changes = days(table);
    const told = element("output", { class: "lt-day", for: "lt-time" });
    const range = element("input", {
      type: "range", id: "lt-time", min: 0, max: changes.length, step: 1, value: changes.length,
      "aria-label": Words.say("map.time"),
    });
    const other = Dom.select({ id: "lt-other-day", "aria-label": Words.say("map.other_day") },
      changes.map((day) => [String(day), Words.day(day)]), String(changes[0]), () => {});
    let before = null;
    const toggle = button({ class: "lt-plain", id: "lt-toggle-day", "aria-pressed": "false" }, () => {
      const swapped = before === null;
      if (swapped) {
        before = { day: table.asOf === undefined ? null : table.asOf };
        app.showDay(Number(other.value));
      } else {
        const { day } = before;
        app.showDay(day);
        before = null;
      }
      toggle.setAttribute("aria-pressed", String(swapped));
    }, Words.say("map.toggle_day"));

    function tell() {
      const now = table.asOf === undefined;
      range.value = now ? changes.length : changes.filter((day) => day <= table.asOf).length - 1;
      const text = now ? Words.say("map.as_stated") : Words.day(table.asOf);
      told.textContent = text;
      range.setAttribute("aria-valuetext", text);
    }

    range.addEventListener("input", () => {
      before = null;
      toggle.setAttribute("aria-pressed", "false");
      app.showDay(Number(range.value) === changes.length ? null : changes[Number(range.value)]);
    });
    app.onUi("landtrack:asof", tell);
    tell();
    return element("section", { class: "lt-time" },
      element("label", { for: "lt-time", text: Words.say("map.time") }), told, range,
      element("div", { class: "lt-two-days" }, toggle, other));
  }

  return { historic, show, panel };
})();
