"""The handbook in the desk: each page of it leads to the topic that explains it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from landtrack.server import asked
from landtrack.server.questions import Help
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.worker import Worker

TOPICS = (
    "start", "desk", "tasks", "catalog", "formats", "map", "vetting", "sheets", "tracking",
    "stores", "people", "reports", "tables", "trust",
)
"""What is shown of the handbook: all but what is typed."""
ADDRESSES = {each: f"/help/{each}" for each in TOPICS}


class HelpPages:
    """What the desk answers who asks what something means."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (Address("/help/{topic}", "GET", self.show),)

    def show(self, request: Request) -> Response:
        """Show a page of the handbook."""
        topic = request.path_params["topic"]
        if topic not in TOPICS:
            raise asked.UnknownError
        lang = words_for(request).lang
        leaf = self.worker.ask(Help(topic=topic, lang=lang, addresses=ADDRESSES))
        return page(request, "help.html.j2", leaf=leaf, topic=topic, addresses=ADDRESSES)
