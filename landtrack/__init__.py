"""Vets the land use of industrial parks: joins, indices, verdicts, maps, ledgers.

A dozen names are the interface; each is imported when it is first used, so that
``landtrack --help`` answers at once::

    import landtrack

    result = landtrack.run("layers/x-park-2006", out="build")
    result.findings.query("outcome == 'fail'")

The rooms below are packages of their own: ``app``, ``output``, ``store``, ``assessment``,
``tracking``, ``ingest``, ``spatial``, ``model``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landtrack.app.vet import run as run
    from landtrack.assessment.rules.case import case as case
    from landtrack.ingest.profile import look as inspect
    from landtrack.model.assessment import Assessment
    from landtrack.model.catalog import place as place
    from landtrack.model.errors import LandtrackError as LandtrackError
    from landtrack.output.map import build as map  # noqa: A004  as one says it
    from landtrack.spatial.clip import cut as cut

__all__ = ["Assessment", "LandtrackError", "case", "cut", "inspect", "map", "place", "run"]

_NAMES = {
    "LandtrackError": ("landtrack.model.errors", "LandtrackError"),
    "Assessment": ("landtrack.model.assessment", "Assessment"),
    "case": ("landtrack.assessment.rules.case", "case"),
    "cut": ("landtrack.spatial.clip", "cut"),
    "inspect": ("landtrack.ingest.profile", "look"),
    "map": ("landtrack.output.map", "build"),
    "place": ("landtrack.model.catalog", "place"),
    "run": ("landtrack.app.vet", "run"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  one of a few names
    if name in _NAMES:
        module, attribute = _NAMES[name]
        return getattr(importlib.import_module(module), attribute)
    raise AttributeError(f"module 'landtrack' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
