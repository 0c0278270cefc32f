"""Works the totals of a whole place out anew: parcels by state, plots by verdict."""

from __future__ import annotations

from collections.abc import Mapping

import shapely

from landtrack.model.assessment import Assessment
from landtrack.output.sheets.paper import Paper, Said, bare, near, states

M2_PER_MU = 2000 / 3

WORST_FIRST = ("fail", "unknown", "pass")


def totals(paper: Paper) -> Said:
    """Compare the totals of states and verdicts with the layers."""
    if rows := paper.rows("sheet.table.states"):
        yield from _summed(paper, rows, _states(paper.source), "sheet.table.states")
    if rows := paper.rows("sheet.table.verdicts"):
        yield from _summed(paper, rows, _verdicts(paper.source), "sheet.table.verdicts")


def _states(source: Assessment) -> dict[str, list[float]]:
    """Measure the parcels of each state, by the name of the state."""
    frame = source.layers.get("parcels")
    if frame is None:
        return {}
    titles = {
        code: source.words.pick(state.title)
        for code, state in states(source, source.schemas["parcels"]).items()
    }
    found: dict[str, list[float]] = {}
    stated = frame["state"].tolist() if "state" in frame else [None] * len(frame)
    for state, area in zip(stated, shapely.area(frame.geometry.to_numpy()), strict=True):
        known = isinstance(state, str) and state
        name = titles.get(state, state) if known else source.words("wording.no_class")
        found.setdefault(bare(name), []).append(float(area))
    return found


def _verdicts(source: Assessment) -> dict[str, list[float]]:
    """Measure the plots of each verdict: the worst that any rule says of a plot."""
    frame = source.layers["plots"]
    said = worst(source)
    found: dict[str, list[float]] = {
        bare(source.words(f"outcome.{each}")): [] for each in WORST_FIRST
    }
    for key, area in zip(frame.index, shapely.area(frame.geometry.to_numpy()), strict=True):
        found.setdefault(bare(source.words(f"outcome.{said[str(key)]}")), []).append(float(area))
    return found


def worst(source: Assessment) -> dict[str, str]:
    """Give the worst that any rule says of each plot.

    Returns: By key of the plot; ``"not_judged"`` where no rule passes, fails or leaves it open.
    """
    said: dict[str, set[str]] = {}
    for plot, outcome in zip(source.findings["plot_id"], source.findings["outcome"], strict=True):
        said.setdefault(str(plot), set()).add(str(outcome))
    return {
        str(key): next(
            (each for each in WORST_FIRST if each in said.get(str(key), ())), "not_judged"
        )
        for key in source.layers["plots"].index
    }


def verdict(paper: Paper) -> Said:
    """Compare the verdict in its box with the worst that any rule says."""
    own = paper.source.findings
    said = set(own.loc[own["plot_id"].isin(paper.ids), "outcome"].astype(str))
    judged = {
        key for key in paper.ids
        if (own.loc[own["plot_id"] == key, "outcome"].astype(str).isin(WORST_FIRST)).any()
    }
    for page, _, value, text in paper.values():
        if value != "verdict":
            continue
        right = next((each for each in ("fail", "unknown") if each in said), "pass")
        if right == "pass" and judged != set(paper.ids):
            right = "not_judged"
        if text != bare(paper.source.words(f"outcome.{right}")):
            yield page, f"the verdict is {right}, {text!r} stands there"


def _summed(
    paper: Paper, rows: list[tuple[int, tuple[str, ...]]], wanted: Mapping[str, list[float]],
    title: str,
) -> Said:
    words = paper.source.words
    called = words(title)
    whole = sum(map(sum, wanted.values()))
    listed = {cells[0] for _, cells in rows}
    for name, areas in wanted.items():
        if areas and name not in listed:
            yield rows[0][0], f"{called}: {name} is not listed"
    mu = whole / M2_PER_MU
    feet = {
        bare(words("sheet.total_foot", area=f"{whole + a:,.1f}", mu=f"{mu + b:,.1f}"))
        for a in (-0.1, 0, 0.1) for b in (-0.1, 0, 0.1)
    }
    for page, cells in rows:
        if len(cells) == 1:
            if cells[0] not in feet:
                yield page, f"{called}: the sum is {whole:,.1f} m², {cells[0]!r} stands there"
            continue
        areas = wanted.get(cells[0], [])
        area = sum(areas)
        right = (str(len(areas)), area, area / M2_PER_MU, area / whole * 100 if whole else 0.0)
        if cells[0] == bare(words("coverage.no_coverage")) and not wanted:
            continue
        if cells[1] != right[0] or not all(
            near(text, figure, 0.0501)
            for text, figure in zip(cells[2:], right[1:], strict=False)
        ):
            yield page, (
                f"{called}: {cells[0]} has {right[0]} with {area:,.1f} m², "
                f"{' '.join(cells[1:])!r} stands there"
            )
