"""A GIS that is not ours reads what we wrote: fiona, or pyogrio where fiona has no wheel."""

from contextlib import closing

import pyogrio

try:
    import fiona
except ImportError:  # or LANDTRACK_WITHOUT_FIONA: conftest.py
    fiona = None


def layers(path):
    """List the layers of a file."""
    if fiona is not None:
        return fiona.listlayers(path)
    return [str(name) for name in pyogrio.list_layers(path)[:, 0]]


def schema(path, layer):
    """Say what the columns of a layer are."""
    if fiona is not None:
        with fiona.open(path, layer=layer) as opened:
            return opened.schema
    said = pyogrio.read_info(path, layer=layer)
    return [said["geometry_type"], *(list(map(str, said[key])) for key in (
        "fields", "ogr_types", "ogr_subtypes"
    ))]


def crs(path, layer):
    """Say which CRS a layer is in."""
    return pyogrio.read_info(path, layer=layer)["crs"]


def rows(path, layer):
    """Go through the rows of a layer one by one; it stays open meanwhile."""
    if fiona is not None:
        with fiona.open(path, layer=layer) as opened:
            for each in opened:
                yield dict(each.properties)
        return
    opened = pyogrio.raw.open_arrow(path, layer=layer, batch_size=1, use_pyarrow=True)
    with opened as (_, reader), closing(reader):
        for batch in reader:
            yield from batch.to_pylist()
