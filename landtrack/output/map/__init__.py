"""The interactive map: one page that opens from a disk, with the network cable pulled out.

:func:`build` makes a real :class:`folium.Map` of a result, to which elements of folium that
need no further scripts may be added; :func:`to_html` writes it as one page, :func:`save` too,
beside a folder where it is large. :func:`write` does it of layers that are read piece by piece.
"""

from landtrack.output.map.card_hits import decided
from landtrack.output.map.layers import LARGE
from landtrack.output.map.page import build, save, to_html, write

__all__ = ["LARGE", "build", "decided", "save", "to_html", "write"]
