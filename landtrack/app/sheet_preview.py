"""A sheet as it would be issued now, as pictures: drawn and proved, and entered nowhere.

It is drawn by what issues sheets, numbered by the register as it is only read: the sheet that is
then issued is this one. What it lacks is named, and it is drawn as the draft that it is till then.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from landtrack.app import print_sheets
from landtrack.app.papers import Page, Previewed
from landtrack.model.assessment import Assessment
from landtrack.model.errors import SourceError
from landtrack.model.outputs import Identity, identity
from landtrack.output.sheets import (
    document,
    issue,
    picture,
    preflight,
    subjects as selecting,
    template,
)
from landtrack.output.sheets.make import Order
from landtrack.output.sheets.subjects import Subject
from landtrack.output.sheets.template import Template, on_paper
from landtrack.store import assessment as stored, backends

MOST_MAPS = 12
"""Over how many maps a sheet may go that is drawn while somebody waits."""
MOST_PAGES = 8
"""Of how many pages pictures are made."""


def of(
    store: Path, named: str, selection: str, typed: Mapping[str, str], at: int, lang: str
) -> Previewed | None:
    """Draw one of the sheets that would be issued.

    ``named``: The template.
    ``typed``: What is stated for the sheet, by the names of the form.
    ``at``: Which of those that are selected, from 0; the last where there are not so many.
    ``lang``: Language of the sheet.
    Returns: None where nothing is selected.
    Raises LandtrackError: If there is no such store, template or feature, the sheet does not fit,
    or what was typed is none that it takes.
    """
    found = _loaded(store, identity(store), lang)
    look = template.load(named)
    order = print_sheets.order(found.run, _options(typed))
    chosen = selecting.select(found, look, selection)
    if not chosen:
        return None
    own = chosen[min(at, len(chosen) - 1)]
    _insist_on_few(look, own, order)
    with backends.of(store).reading(store) as db:
        made = issue.draw(db, found, look, [own], order, _silent)
    plan = made.plans[0]
    shown = picture.pages(made.pdf, found.words("sheet.preview"), MOST_PAGES)
    return Previewed(
        title=look.title, subject=own.name, number=plan.number, revision=plan.revision,
        scale=plan.windows[0].scale, paper=plan.page.paper, pages=len(made.claims),
        shown=tuple(Page(*each) for each in shown),
        lacks=dict([
            *preflight.lacking(found, look, plan.content),
            *preflight.unstated(found, look, plan.content),
        ]),
        reasons=plan.draft,
        at=chosen.index(own), of=len(chosen),
    )


@lru_cache(maxsize=1)
def _loaded(store: Path, _identity: Identity, lang: str) -> Assessment:
    """Load a store; what somebody changes on the form meanwhile does not load it again."""
    return stored.load(store, lang=lang)


def _options(typed: Mapping[str, str]) -> dict[str, object]:
    """Give what was typed as the options of the command that issues."""
    own = {name: typed.get(name, "").strip() for name in (
        "scale", "paper", "drawn_by", "checked_by"
    )}
    lines = map(str.strip, typed.get("values", "").splitlines())
    return {
        **own, "scale": own["scale"] or None, "paper": own["paper"] or None,
        "drawn_on": typed.get("on", "").strip(), "values": tuple(filter(None, lines)),
        "draft": True,  # what lacks is shown as it is
    }


def _insist_on_few(look: Template, own: Subject, order: Order) -> None:
    """Refuse to draw a sheet over very many maps while somebody waits."""
    look = on_paper(look, order.paper)
    _, windows = document.plan_windows(look, own, order.scale, split=look.split)
    if len(windows) > MOST_MAPS:
        raise SourceError(
            f"At this scale the sheet goes over {len(windows)} maps; up to {MOST_MAPS} are shown "
            "before it is printed.",
            mend="Choose a smaller scale or a larger paper, or print it.",
        )


def _silent(_step: str, _what: str) -> None:
    """Tell nobody."""
