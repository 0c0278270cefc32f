"""What a file is, and everything that is wrong with it; nothing is changed."""

from landtrack.inspection.look import look as look, paths as paths
from landtrack.inspection.page import to_html as to_html
from landtrack.inspection.render import to_json as to_json, to_text as to_text
from landtrack.inspection.seen import (
    FieldSeen as FieldSeen,
    FileSeen as FileSeen,
    LayerSeen as LayerSeen,
    ReadingSeen as ReadingSeen,
)
