"""What a GIS makes of a sheet: GDAL reads the georeference, and every point lies where it should.

The wheels of pyogrio, fiona and rasterio have no PDF reader; ``gdalinfo`` of the system has
(``apt install gdal-bin``). The points on paper are read with pdfplumber.
"""

import json
import os
import shutil
import subprocess

import numpy as np
import pytest
import shapely
from sheets import copied, opened, printed, tagged

from landtrack.store import assessment

GDALINFO = shutil.which("gdalinfo")
MM_PER_POINT = 25.4 / 72

pytestmark = pytest.mark.skipif(
    GDALINFO is None and not os.environ.get("CI"), reason="gdalinfo (apt: gdal-bin) is not there"
)


@pytest.fixture(scope="module")
def store(demo_store, tmp_path_factory):
    return copied(demo_store, tmp_path_factory.mktemp("x-park"))


def read_by_gdal(path):
    """Give the georeference as GDAL reads it: CRS, and millimetres on paper to metres."""
    told = json.loads(subprocess.run(  # noqa: S603
        [GDALINFO, "-json", path], check=True, capture_output=True, text=True
    ).stdout)
    west, east_step, _, north, _, north_step = told["geoTransform"]
    wide, high = told["size"]

    def ground(points, page):
        x, y = (np.asarray(points) / MM_PER_POINT).T
        across, down = x / float(page.width) * wide, (1 - y / float(page.height)) * high
        return np.column_stack([west + across * east_step, north + down * north_step])

    return told["stac"]["proj:epsg"], ground


@pytest.mark.parametrize(("named", "selection", "kind"), [
    ("status", "*", "parcels"), ("overview", "*", "plots"),
    ("demarcation", "plots:XP-036", "plots"), ("project", "XP-036", "plots"),
    ("parcel", "ZD-001", "parcels"),
])
def test_every_boundary_point_lies_within_a_millimetre_of_the_store(
    store, tmp_path, named, selection, kind
):
    made = printed(store, named, selection, out=tmp_path / "sheet.pdf", draft=True)
    loaded = assessment.load(store)
    epsg, ground = read_by_gdal(tmp_path / "sheet.pdf")
    (claim,) = [each for each in made.claims if "ground" in each]
    mark = kind if named in {"status", "overview"} else "boundary"
    with opened(made.pdf) as document:
        page = document.pages[0]
        drawn = ground(np.vstack(tagged(page, mark)), page)

    shapes = loaded.layers[kind].geometry
    if mark == "boundary":
        shapes = shapes.loc[list(made.plans[0].subject.ids)]
    wanted = shapely.get_coordinates(shapes.to_numpy())
    west, south, east, north = claim["ground"]
    wanted = wanted[
        (wanted[:, 0] > west) & (wanted[:, 0] < east)
        & (wanted[:, 1] > south) & (wanted[:, 1] < north)
    ]
    nearest, distance = shapely.STRtree(shapely.points(drawn)).query_nearest(
        shapely.points(wanted), return_distance=True, all_matches=False
    )

    assert epsg == loaded.crs.to_epsg()
    assert len(nearest[0]) == len(wanted) >= 4
    assert distance.max() < 0.001
