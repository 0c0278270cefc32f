"""Vets the land use of industrial parks: joins, indices, verdicts, maps, ledgers.

The modules are the interface; each is imported when it is first used, so that
``landtrack --help`` answers at once::

    import landtrack

    result = landtrack.run("layers/x-park-2006", out="build")
    result.findings.query("outcome == 'fail'")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landtrack import (
        catalog as catalog,
        check as check,
        crs as crs,
        errors as errors,
        figures as figures,
        fonts as fonts,
        formats as formats,
        issues as issues,
        join as join,
        measure as measure,
        model as model,
        normalise as normalise,
        osm as osm,
        pipeline as pipeline,
        publish as publish,
        read as read,
        report as report,
        status as status,
        store as store,
        symbology as symbology,
        text as text,
        validate as validate,
        vetting as vetting,
        webmap as webmap,
        wording as wording,
    )
    from landtrack.model import Result as Result
    from landtrack.pipeline import run as run

__all__ = [
    "Result", "catalog", "check", "crs", "errors", "figures", "fonts", "formats", "issues",
    "join", "measure", "model", "normalise", "osm", "pipeline", "publish", "read", "report",
    "run", "status", "store", "symbology", "text", "validate", "vetting", "webmap", "wording",
]

_NAMES = {"run": "landtrack.pipeline", "Result": "landtrack.model"}


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module or one of two names
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    if name in __all__:
        return importlib.import_module(f"landtrack.{name}")
    raise AttributeError(f"module 'landtrack' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
