"""Tables of coordinates: workbooks, CSV and the like, and CASS ``.dat`` files.

A row is a point, the corner of a parcel, or a feature whose shape stands in it as WKT; what
the columns hold is found by their headings, which are data, and by the numbers.
"""

from landtrack.ingest.formats.coordinates.reading import read as read
from landtrack.ingest.formats.coordinates.sheets import names as layer_names
from landtrack.ingest.formats.coordinates.writing import losses as losses, write as write

__all__ = ["layer_names", "losses", "read", "write"]
