"""Shows what would be entered before it is, in every language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import pandas as pd
import shapely

from landtrack import tracking
from landtrack.app import shown
from landtrack.app.track.commands import Sorted
from landtrack.app.track.session import Tracked
from landtrack.app.track.shapes import Change, shapes_near
from landtrack.model import Titled, translations
from landtrack.model.translations import Words
from landtrack.output.wording import events as wording
from landtrack.output.wording.phrases import quantity
from landtrack.store import staging

WIDTH, HEIGHT, FINE = 640, 400, 0.3
"""Of a picture at most, and below which nothing of it is seen: pixels."""
MOST_AROUND = 500
"""How many other features a picture shows."""
COLUMNS = ("row", "layer", "feature", "step", "at", "document", "why")
"""The columns of the rows that are refused, by the keys of their headings under ``event.list``."""


def keep(told: shown.Table | shown.Change, path: Path) -> None:
    """Keep what is shown in a file, whole or not at all.

    Raises OutputError: If it cannot be written.
    """
    with staging.whole(path) as fresh:
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2))


def lines(place: Tracked, found: Sorted) -> list[str]:
    """Say what a table of events would do, in the language of the place: a line a refused row."""
    words = place.words
    return [
        *(wording.refusal(words, place.workflow, each) for each in found.refused),
        words("event.would", enters=len(found.fresh), refuses=len(found.refused),
              known=len(found.known)),
        words("event.mark", mark=found.mark),
    ]


def change_lines(place: Tracked, change: Change) -> list[str]:
    """Say what a change of shapes would do, in the language of the place."""
    words, event = place.words, change.events[0]
    sides = [
        " + ".join(
            f"{key} ({quantity(words, shapely.from_wkb(shape).area, 'm2')})"
            for key, shape in side.items()
        ) for side in tracking.shapes_of(event).values()
    ]
    return [
        f"{sides[0]} → {sides[1]}",
        "; ".join(
            f"{words(f'event.balance.{name}')} {quantity(words, area, 'm2')}"
            for name, area in _balance(event).items()
        ),
        *(
            words("event.meets", feature=key, area=quantity(words, area, "m2"))
            for key, area in change.meets.items()
        ),
        *(wording.refusal(words, place.workflow, each) for each in change.refused),
        words("event.mark", mark=change.mark),
    ]


def of_change(place: Tracked, change: Change) -> shown.Change:
    """Show what a change of shapes would do, with a picture of it."""
    event = change.events[0]
    sides = {
        side: {key: shapely.from_wkb(shape) for key, shape in shapes.items()}
        for side, shapes in tracking.shapes_of(event).items()
    }
    picture = Picture([shape for side in sides.values() for shape in side.values()])
    around = others_in(place, event.layer, picture, [*sides["before"], *sides["after"]])

    def amount(area: float) -> Titled:
        return _titled(lambda words: quantity(words, area, "m2"))

    def pieces(side: str) -> tuple[shown.Piece, ...]:
        return tuple(
            shown.Piece(
                key=key, area=amount(shape.area), states=_states(place, change, key),
                path=picture.path(shape), at=picture.at(shape),
            )
            for key, shape in sides[side].items()
        )

    return shown.Change(
        step=_titled(lambda words: wording.action(words, place.workflow, event)),
        layer=event.layer, at=event.at, document=event.document_no, note=event.note, by=event.by,
        before=pieces("before"), after=pieces("after"),
        balance={name: amount(area) for name, area in _balance(event).items()},
        meets={key: amount(area) for key, area in change.meets.items()},
        around=around, size=picture.size,
        refused=tuple(_why(place, each) for each in change.refused),
        mark=change.mark,
    )


def _balance(event: tracking.Event) -> dict[str, float]:
    """Weigh a change of shapes: what is said of it, by the key of its words."""
    own = tracking.balance(event)
    return {**own._asdict(), "differs": own.after - own.before}


def _states(place: Tracked, change: Change, key: str) -> Titled:
    """Say in which states a feature is, or with which it begins."""
    layer = change.events[0].layer
    own = [each for each in (*place.log, *change.events[1:]) if each.feature == (layer, key)]
    return _titled(lambda words: _held(words, place, own))


def held(place: Tracked, layer: str, key: str) -> str:
    """Say in which states a feature is, in the language of the place."""
    own = [each for each in place.log if each.feature == (layer, key)]
    return _held(place.words, place, own)


def _held(words: Words, place: Tracked, own: Sequence[tracking.Event]) -> str:
    states = tracking.states(tracking.ordered(tracking.standing(own)))
    return "; ".join(
        wording.state(words, place.workflow, track, each.state) for track, each in states.items()
        if track != tracking.SHAPE
    )


class Picture:
    """Brings shapes onto a picture: north up, all of them in it with a margin."""

    def __init__(self, shapes: Sequence[shapely.Geometry]) -> None:
        """Take shapes, one or more."""
        west, south, east, north = shapely.total_bounds(shapes).tolist()
        margin = 0.08 * max(east - west, north - south)
        self.box = west - margin, south - margin, east + margin, north + margin
        wide, high = (self.box[2] - self.box[0]), (self.box[3] - self.box[1])
        self.scale = min(WIDTH / wide, HEIGHT / high)
        self.size = round(wide * self.scale, 1), round(high * self.scale, 1)

    def path(self, shape: shapely.Geometry) -> str:
        """Draw the outline of a shape, as far as it is in the picture."""
        shape = shapely.clip_by_rect(shape, *self.box).simplify(FINE / self.scale)
        rings = [
            ring for each in shapely.get_parts(shape) if isinstance(each, shapely.Polygon)
            for ring in (each.exterior, *each.interiors)
        ]
        return " ".join(
            "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in map(self._on, ring.coords)) + "Z"
            for ring in rings
        )

    def at(self, shape: shapely.Geometry) -> tuple[float, float]:
        """Say where the name of a shape goes."""
        x, y = self._on(shape.representative_point().coords[0])
        return round(x, 1), round(y, 1)

    def _on(self, point: Sequence[float]) -> tuple[float, float]:
        return (point[0] - self.box[0]) * self.scale, (self.box[3] - point[1]) * self.scale


def others_in(
    place: Tracked, layer: str, picture: Picture, keys: Sequence[str]
) -> tuple[str, ...]:
    """Draw the outlines of what else is seen in a picture: all but ``keys``."""
    frame = shapes_near(place, layer, picture.box)
    others = frame.geometry[~frame.index.isin([*keys])]
    return tuple(picture.path(each) for each in others.iloc[:MOST_AROUND])


def of_table(
    place: Tracked, found: Sorted, notes: Mapping[str, Sequence[str]]
) -> shown.Table:
    """Show what a table of events would do.

    ``notes``: What the reader noted of the file, by language.
    """
    return shown.Table(
        enters=len(found.fresh), refuses=len(found.refused), known=len(found.known),
        fresh=tuple(_row(place, each) for each in found.fresh[: shown.MOST_ROWS]),
        refused=tuple(
            _row(place, each.event, each) for each in found.refused[: shown.MOST_ROWS]
        ),
        notes={lang: tuple(lines) for lang, lines in notes.items()}, mark=found.mark,
    )


def refused_rows(place: Tracked, found: Sorted) -> pd.DataFrame:
    """List the rows of a table that may not be entered, with why, in the language of the place.

    Returns: A row for each, by its number in the file; its headings are words.
    """
    words, rows = place.words, []
    for each in found.refused:
        event = each.event
        layer = words(f"kind.{event.layer}") if words.has(f"kind.{event.layer}") else event.layer
        rows.append([
            event.row, layer, event.feature_id, wording.action(words, place.workflow, event),
            event.at, event.document_no, wording.refusal(words, place.workflow, each),
        ])
    return pd.DataFrame(rows, columns=[words(f"event.list.{each}") for each in COLUMNS])


def _row(
    place: Tracked, event: tracking.Event, refused: tracking.Refusal | None = None
) -> shown.Row:
    """Show one row of a table."""
    flow = place.workflow

    def became(words: Words) -> str:
        return " → ".join(
            wording.state(words, flow, event.track, code)
            for code in (event.from_state, event.to_state)
        )

    return shown.Row(
        row=event.row, kind=event.layer, key=event.feature_id, at=event.at,
        document=event.document_no,
        step=_titled(lambda words: wording.action(words, flow, event)),
        became=_titled(became) if refused is None else {},
        why={} if refused is None else _why(place, refused),
    )


def _why(place: Tracked, refused: tracking.Refusal) -> Titled:
    """Say why an event may not be."""
    return _titled(lambda words: wording.refusal(words, place.workflow, refused))


def _titled(say: Callable[[Words], str]) -> Titled:
    """Say something in every language."""
    return {lang: say(translations.load(lang)) for lang in translations.languages()}
