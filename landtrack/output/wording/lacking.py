"""What is said of a figure that cannot be taken."""

from __future__ import annotations

from landtrack.model import Titled, lacking as model
from landtrack.model.figures import Lack, Unlike
from landtrack.output.wording.messages import Message, Title, say


def lacking(lacks: Lack | Unlike | None, title: Titled) -> Message:
    """Say what a figure lacks, for who hands it in; ``title`` is the figure's."""
    key, places = model.parts(lacks, title)
    return say(key, **{
        name: say(each) if isinstance(each, str) else Title(each) for name, each in places.items()
    })
