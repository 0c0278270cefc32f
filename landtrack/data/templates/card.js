// The card of a plot: rows of words, written as text.
(function (landtrack) {
  "use strict";

  const { element, button, fill } = landtrack;
  const MARKS = { pass: "✓", fail: "✗", unknown: "?", not_applicable: "–" };
  const COVERED = { hit: "●", clear: "○", no_coverage: "?" };

  function badge(code, text) {
    return element("span", { class: `lt-badge lt-${code}` },
      element("span", { class: "lt-mark", "aria-hidden": "true", text: MARKS[code] }), text);
  }

  function section(title, ...children) {
    return element("section", { class: "lt-section" }, element("h3", { text: title }), ...children);
  }

  function pairs(rows) {
    return element("dl", { class: "lt-pairs" },
      ...rows.flatMap(([label, value]) => [element("dt", { text: label }), element("dd", { text: value })]));
  }

  function quiet(text) {
    return element("p", { class: "lt-quiet", text });
  }

  function findingRows(words, row) {
    const note = [row.fix, row.reason, row.note].filter(Boolean).join(" · ");
    const main = element("tr", { class: `lt-finding lt-row-${row.code}` },
      element("th", { scope: "row" },
        element("span", { class: "lt-index-name", text: row.name }),
        element("small", { text: fill(words["card.clause"], { clause: row.clause }) })),
      element("td", { class: "lt-value", text: row.value }),
      element("td", { text: row.limit }),
      element("td", { text: row.margin }),
      element("td", {}, badge(row.code, row.outcome)));
    if (!note) {
      return [main];
    }
    return [main, element("tr", { class: `lt-note lt-row-${row.code}` },
      element("td", { colspan: "5", text: note }))];
  }

  function indices(words, title, findings) {
    if (!findings.length) {
      return section(title, quiet(words["card.no_rules"]));
    }
    const heads = ["index", "value", "limit", "margin", "outcome"];
    return section(title, element("table", { class: "lt-indices" },
      element("thead", {}, element("tr", {},
        ...heads.map((key) => element("th", { scope: "col", text: words[`card.${key}`] })))),
      element("tbody", {}, ...findings.flatMap((row) => findingRows(words, row)))));
  }

  function said([what, value, feature]) {
    return element("li", {},
      element("span", { class: "lt-what", text: what }),
      value ? element("span", { class: "lt-said", text: value }) : null,
      feature ? element("span", { class: "lt-by", text: feature }) : null);
  }

  function layerClass(words, each, several) {
    const label = each.label || (several ? words["card.whole"] : "");
    return element("div", { class: each.label ? "lt-part" : "lt-part lt-whole" },
      label ? element("h5", { text: label }) : null,
      element("ul", {}, ...each.lines.map(said)));
  }

  function layer(words, each) {
    const parts = each.classes.filter((one) => one.lines.length);
    const several = parts.some((one) => one.label);
    return element("div", { class: `lt-said-layer lt-cover-${each.coverage}` },
      element("h4", {},
        element("span", { text: each.title }),
        element("span", { class: `lt-cover lt-cover-${each.coverage}` },
          element("span", { "aria-hidden": "true", text: `${COVERED[each.coverage]} ` }), each.said)),
      ...parts.map((one) => layerClass(words, one, several)));
  }

  function issue(words, each) {
    return element("li", { class: `lt-issue lt-${each.severity}` },
      element("strong", { text: each.severityText }),
      element("span", { class: "lt-issue-title", text: each.title }),
      element("span", { class: "lt-mend", text: each.mend }),
      element("small", { text: each.who }));
  }

  function issues(words, plot) {
    return section(words["card.issues"], plot.issues.length
      ? element("ul", { class: "lt-issues" }, ...plot.issues.map((each) => issue(words, each)))
      : quiet(words["card.no_issues"]));
  }

  function here(words, others, open) {
    if (!others.length) {
      return null;
    }
    return element("div", { class: "lt-here" },
      element("span", { text: words["card.here"] }),
      ...others.map((each) => button({ class: "lt-chip", title: each.title }, () => open(each),
        `${each.title} · ${each.name}`)));
  }

  function heading(words, plot, close) {
    return element("header", { class: "lt-card-head" },
      element("div", { class: "lt-card-top" },
        element("span", { class: "lt-plot-id", text: fill(words["card.plot_label"], { plot: plot.id }) }),
        badge(plot.verdict, plot.verdictText),
        button({ class: "lt-close", "aria-label": words["map.close"], title: words["map.close"] }, close, "×")),
      element("h2", { tabindex: "-1", text: plot.name || plot.id }),
      plot.company && plot.company !== plot.name ? element("p", { class: "lt-company", text: plot.company }) : null);
  }

  function card(page, plot, others, actions) {
    const words = page.words;
    return [
      heading(words, plot, actions.close),
      element("div", { class: "lt-card-body" },
        here(words, others, actions.open),
        indices(words, words["card.indices"], plot.findings),
        plot.whole ? indices(words, plot.whole.title, plot.whole.findings) : null,
        section(words["card.figures"], pairs(plot.figures)),
        section(words["card.layers"], ...plot.layers.map((each) => layer(words, each))),
        plot.facts.length ? section(words["card.facts"], pairs(plot.facts)) : null,
        section(words["card.documents"],
          plot.documents.length ? pairs(plot.documents) : quiet(words["card.no_documents"])),
        issues(words, plot)),
    ];
  }

  function popup(words, each) {
    return element("div", { class: "lt-popup" },
      element("h4", { text: each.name || words["map.unnamed"] }),
      element("p", { class: "lt-quiet", text: each.label ? `${each.title} · ${each.label}` : each.title }),
      pairs(each.fields));
  }

  Object.assign(landtrack, { card, popup, MARKS });
})(window.landtrack);
