// Two plots side by side: what rules, figures and layers say of each.
const Compare = (() => {
  "use strict";

  const { element, button } = Dom;

  function findings(sections) {
    return sections.filter((each) => each.what === "finding" && each.told)
      .map(({ name, told }) => [name, told.name, Card.badge(told.code, [told.value, told.outcome].filter((each) => each !== "–").join(" · "))]);
  }

  function hits(sections) {
    return sections.filter((each) => each.what === "layer").flatMap(({ told }) => [
      [told.kind, told.title, told.said],
      ...told.classes.flatMap(({ label, lines }) => lines.filter((line) => line[3]).map(([what, value, , measure, category]) => [
        `${told.kind}/${category}/${measure}`, [told.title, label, what].filter(Boolean).join(" · "), value])),
    ]);
  }

  function rowsOf(table, row, sections, written) {
    const figures = Card.figures(table, row, sections.find((each) => each.what === "figures").told, written);
    return [
      ["verdict", Words.say("find.verdict"), Card.badge(table.classOf(row).code, Words.pick(table.classOf(row).label))],
      ...findings(sections),
      ...figures.map(([label, value, beside]) => [`figure/${label}`, label, beside ? `${value} · ${beside}` : value]),
      ...hits(sections),
    ];
  }

  /** The table of both; a line that only one has is a dash for the other. */
  async function dialog(table, one, other) {
    const [first, second] = await Promise.all([one, other].map(async (row) => rowsOf(table, row, await table.card(row), await table.written(row))));
    const right = new Map(second.map(([key, , value]) => [key, value]));
    const left = new Map(first.map(([key, , value]) => [key, value]));
    const all = [...first, ...second.filter(([key]) => !left.has(key))];
    const cell = (value) => (value instanceof Node ? element("td", {}, value) : element("td", { text: value || "–" }));
    const text = (value) => (value instanceof Node ? value.textContent : value || "–");
    const made = element("dialog", { class: "lt-compare", "aria-label": Words.say("card.comparison") },
      element("header", {}, element("h2", { text: Words.say("card.comparison") }),
        button({ class: "lt-close", "aria-label": Words.say("map.close") }, () => made.close(), "×")),
      element("table", {},
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }), ...[one, other].map((row) =>
          element("th", { scope: "col" }, element("b", { text: table.key(row) }), element("small", { text: table.name(row) }))))),
        element("tbody", {}, ...all.map(([key, label]) => {
          const [a, b] = [left.get(key), right.get(key)];
          return element("tr", { class: text(a) === text(b) ? "" : "lt-differs" },
            element("th", { scope: "row", text: label }), cell(a), cell(b));
        }))));
    made.addEventListener("close", () => made.remove());
    document.body.append(made);
    made.showModal();
    return made;
  }

  return { dialog };
})();
