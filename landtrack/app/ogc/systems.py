"""The coordinate reference systems in which features are given, by their URIs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer

from landtrack.spatial import crs
from landtrack.store.session import Box

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""WGS 84, longitude first: what is given where nothing else is asked for."""
CRS84H = "http://www.opengis.net/def/crs/OGC/0/CRS84h"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/{}"
WORLD = 4326
BESIDE = (WORLD, 3857)
"""The EPSG codes that are offered beside CRS84 and the system of the store."""
LONGITUDES, LATITUDES = 180.0, 90.0
NOWHERE: Box = (-1e30, -1e30, -1e30, -1e30)
"""A box of the store in which nothing lies."""
ALONG = 21
"""Points along each side of a box that is brought into another system."""


class System(NamedTuple):
    """A system that is offered.

    ``reach`` brings coordinates from that of the store, easting first; None where it is that one.
    ``world`` does so to longitudes and latitudes. ``northing_first`` says that its authority names
    the northing, or the latitude, first.
    """

    uri: str
    crs: CRS
    reach: Transformer | None
    world: Transformer
    northing_first: bool

    @property
    def in_degrees(self) -> bool:
        """Tell whether its axes are longitude and latitude."""
        return self.crs.is_geographic

    def given(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Bring shapes of the store into it, easting first; those of the store are as they are."""
        if self.reach is None:
            return shapes
        reach = self.reach
        return np.asarray(shapely.transform(
            shapes, lambda points: np.column_stack(reach.transform(*points.T)),
        ), dtype=object)

    def written(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Put the coordinates of shapes into the order of the authority."""
        if self.uri == CRS84:  # as RFC 7946 wants rings
            return np.asarray(shapely.orient_polygons(shapes), dtype=object)
        if not self.northing_first:
            return shapes
        return np.asarray(shapely.transform(
            shapes, lambda points: points[:, ::-1]
        ), dtype=object)

    def within(self, box: Box, reach: Box | None) -> Box | None:
        """Find a box of the store that holds all that may meet a box of this system.

        ``box``: Easting first.
        ``reach``: In longitudes and latitudes, where the features are: far from them a projection
        leads anywhere.
        Returns: None where nothing can be left out.
        """
        if self.reach is None or reach is None:
            return box if self.reach is None else None
        world = crs.transformer(self.crs, CRS.from_epsg(WORLD))
        there: Box = box if self.in_degrees else world.transform_bounds(*box, densify_pts=ALONG)
        west, south = max(there[0], reach[0]), max(there[1], reach[1])
        east, north = min(there[2], reach[2]), min(there[3], reach[3])
        if west > east or south > north:
            return NOWHERE
        found: Box = self.world.transform_bounds(
            west, south, east, north, densify_pts=ALONG, direction="INVERSE"
        )
        margin = 1 + max(found[2] - found[0], found[3] - found[1]) / 100
        return found[0] - margin, found[1] - margin, found[2] + margin, found[3] + margin


@lru_cache(maxsize=32)
def offered(working: str) -> Mapping[str, System]:
    """List the systems that are offered of a store, by their URIs.

    ``working``: The working CRS, as the run recorded it.
    Returns: CRS84 first, then that of the store where it has a code.
    Raises CRSError: If no transformation leads from it to WGS 84.
    """
    own, degrees = crs.parse(working, what="The working CRS"), CRS.from_epsg(WORLD)
    world = crs.transformer(own, degrees)
    found = {CRS84: System(CRS84, degrees, world, world, northing_first=False)}
    if code := code_of(own):
        found[EPSG.format(code)] = System(EPSG.format(code), own, None, world, _northing_first(own))
    for each in BESIDE:
        uri, other = EPSG.format(each), CRS.from_epsg(each)
        if uri not in found:
            found[uri] = System(
                uri, other, crs.transformer(own, other), world, _northing_first(other)
            )
    return found


def code_of(own: CRS) -> str:
    """Give the EPSG code of a CRS; empty where it is none of the register."""
    found: Any = own.to_authority(auth_name="EPSG", min_confidence=100)
    return str(found[1]) if found else ""


def storage(working: str) -> str:
    """Give the URI of the system of a store; empty where it has no code."""
    return next((uri for uri, each in offered(working).items() if each.reach is None), "")


def in_world(box: Box, working: str) -> Box:
    """Find the box in longitudes and latitudes that holds a box of a store, and a little more."""
    west, south, east, north = box
    wide: Box = offered(working)[CRS84].world.transform_bounds(
        west - 1, south - 1, east + 1, north + 1, densify_pts=ALONG
    )
    return wide


def _northing_first(own: CRS) -> bool:
    """Tell whether the authority of a CRS names north before east."""
    directions = [each.direction.lower() for each in own.axis_info[:2]]
    return directions == ["north", "east"]
