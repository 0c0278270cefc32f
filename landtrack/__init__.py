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
        blockwise as blockwise,
        catalog as catalog,
        check as check,
        corners as corners,
        crs as crs,
        cutting as cutting,
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
        pack as pack,
        pipeline as pipeline,
        publish as publish,
        read as read,
        redraw as redraw,
        report as report,
        sheet as sheet,
        site as site,
        status as status,
        store as store,
        symbology as symbology,
        text as text,
        validate as validate,
        vetting as vetting,
        webmap as webmap,
        wording as wording,
    )
    from landtrack.cutting import cut as cut
    from landtrack.model import Result as Result
    from landtrack.pipeline import run as run
    from landtrack.webmap import build as map  # noqa: A004  as one says it: landtrack.map(result)

__all__ = [
    "Result", "blockwise", "catalog", "check", "corners", "crs", "cut", "cutting", "errors",
    "figures", "fonts", "formats", "issues", "join", "map", "measure", "model", "normalise",
    "osm", "pack", "pipeline", "publish", "read", "redraw", "report", "run", "sheet", "site",
    "status", "store", "symbology", "text", "validate", "vetting", "webmap", "wording",
]

_NAMES = {
    "cut": ("landtrack.cutting", "cut"), "run": ("landtrack.pipeline", "run"),
    "Result": ("landtrack.model", "Result"), "map": ("landtrack.webmap", "build"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module or one of a few names
    if name in _NAMES:
        module, attribute = _NAMES[name]
        return getattr(importlib.import_module(module), attribute)
    if name in __all__:
        return importlib.import_module(f"landtrack.{name}")
    raise AttributeError(f"module 'landtrack' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
