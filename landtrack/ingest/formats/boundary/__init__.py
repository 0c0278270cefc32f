"""The boundary-coordinate TXT (勘测定界界址点坐标交换格式) that land-approval systems exchange.

A header says datum and zone; then come parcels, each a line of fields that ends in ``@`` and
its points, north before east. Regional variants are layouts in ``data/boundary``.
"""

from pathlib import Path

from landtrack.ingest.formats.boundary.reading import read as read
from landtrack.ingest.formats.boundary.writing import losses as losses, write as write


def layer_names(path: Path) -> list[str]:
    """List the layers of a file.

    Returns: One, named as the file without its suffix.
    """
    return [path.stem]
