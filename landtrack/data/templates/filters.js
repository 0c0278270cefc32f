// Filters: what of a layer is seen, how many of each value there are, and what they add up to.
const Filters = (() => {
  "use strict";

  const INVESTMENT = "fixed_investment_cny";
  const NONE = -1;
  const SEVERAL = -2;

  /**
   * What a table can be filtered by: the code of each row and the words of each code.
   * @param {Table} table
   */
  function dimensions(table) {
    return table.head.filters.map((name) => (name === "class" ? classes(table) : dimension(table, name)));
  }

  function classes(table) {
    const field = table.head.kind === "plots" ? Words.say("find.verdict") : classTitle(table);
    return {
      name: "class", label: field, codes: table.classes, size: table.head.classes.length,
      ids: table.head.classes.map((each) => each.code),
      words: table.head.classes.map((each) => Words.pick(each.label) || Words.say("card.whole")),
    };
  }

  function classTitle(table) {
    const { columns } = table.head;
    const found = ["state", "medium", "voltage_kv", "class"].find((name) => columns[name]);
    return found ? Words.pick(columns[found].label) : Words.say("find.class");
  }

  function dimension(table, name) {
    const column = table.head.columns[name];
    const label = Words.pick(column.label);
    if (column.type === "date") {
      return { name, label: `${label} ${Words.say("find.year")}`, ...years(table, name) };
    }
    const none = Words.say("find.none");
    if (column.type === "said") {
      const words = Words.pick(column.words).map((each) => each || none);
      return { name, label, codes: table.columns[name], size: words.length, words, ids: column.codes };
    }
    const text = table.texts[name];
    const words = [];
    for (let code = 0; code + 1 < text.starts.length; code += 1) {
      words.push(text.text.slice(text.starts[code], text.starts[code + 1]));
    }
    return { name, label, codes: text.rows, size: words.length, words: words.map((each) => each || none), ids: words };
  }

  function years(table, name) {
    const codes = new Uint16Array(table.count);
    const numbers = new Map([["", 0]]);
    for (let row = 0; row < table.count; row += 1) {
      const day = table.day(name, row);
      const year = day === null ? "" : Words.day(day).slice(0, 4);
      if (!numbers.has(year)) {
        numbers.set(year, numbers.size);
      }
      codes[row] = numbers.get(year);
    }
    const ids = [...numbers.keys()];
    return { codes, size: ids.length, words: ids.map((each) => each || Words.say("find.none")), ids };
  }

  /**
   * Says which rows are seen, counts each value among the rows that all other filters keep,
   * and adds up what is seen.
   * @param {Table} table
   * @param {any[]} dims
   * @param {Record<string, Set<string>>} chosen
   */
  function apply(table, dims, chosen) {
    const masks = dims.map((dim) => maskOf(dim, chosen[dim.name]));
    const counts = dims.map((dim) => new Uint32Array(dim.size));
    const codes = dims.map((dim) => dim.codes);
    const asked = masks.map((mask, at) => (mask ? at : -1)).filter((at) => at >= 0);
    const { visible } = table;
    const total = totals(table);
    for (let row = 0; row < table.count; row += 1) {
      const missed = missedBy(asked, masks, codes, row);
      visible[row] = missed === NONE ? 1 : 0;
      if (missed === NONE) {
        for (let at = 0; at < counts.length; at += 1) {
          counts[at][codes[at][row]] += 1;
        }
        total.take(row);
      } else if (missed !== SEVERAL) {
        counts[missed][codes[missed][row]] += 1;
      }
    }
    return { counts, total: total.told() };
  }

  // Which filter alone leaves a row out.
  function missedBy(asked, masks, codes, row) {
    let missed = NONE;
    for (const at of asked) {
      if (!masks[at][codes[at][row]]) {
        if (missed !== NONE) {
          return SEVERAL;
        }
        missed = at;
      }
    }
    return missed;
  }

  // Adds up rows: how many, their size, their investment and of how many that is known.
  function totals(table) {
    const { size } = table;
    const column = table.head.columns[INVESTMENT];
    const invested = column?.type === "number" ? table.columns[INVESTMENT] : null;
    const sum = { count: 0, size: 0, lost: 0, investment: 0, known: 0, decimals: column ? column.decimals : 0 };
    return {
      take(row) {
        sum.count += 1;
        if (size && !Number.isNaN(size[row])) {
          add(sum, size[row]);
        }
        if (invested?.[row]) {
          sum.known += 1;
          sum.investment += Bytes.unfold(invested[row] - 1);
        }
      },
      told: () => ({ ...sum, size: sum.size + sum.lost }),
    };
  }

  // Keeps what a sum loses by rounding (Neumaier).
  function add(total, value) {
    const sum = total.size + value;
    total.lost += Math.abs(total.size) >= Math.abs(value) ? (total.size - sum) + value : (value - sum) + total.size;
    total.size = sum;
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

  return { dimensions, apply, INVESTMENT };
})();
