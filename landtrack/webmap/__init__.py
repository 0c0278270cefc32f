"""The interactive map: one page that opens from a disk, with the network cable pulled out.

:func:`build` makes a real :class:`folium.Map` of a result, to which elements of folium that
need no further scripts may be added; :func:`to_html` writes it as one page.
"""

from landtrack.webmap.page import build, save, to_html

__all__ = ["build", "save", "to_html"]
