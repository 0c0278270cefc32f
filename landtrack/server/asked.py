"""What a request asks for: a place, its folder; and how a failure is told."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request

from landtrack.app import places
from landtrack.model import messages
from landtrack.model.errors import LandtrackError
from landtrack.server.home import Home


class UnknownError(Exception):
    """There is no such page."""


def folder(home: Home, request: Request) -> Path:
    """Find the folder of the place that is asked for.

    Raises UnknownError: If there is none of that name.
    """
    found = places.listed(home.served).get(request.path_params["name"])
    if found is None:
        raise UnknownError
    return found


def told(error: LandtrackError, lang: str) -> dict[str, str]:
    """Say an expected failure in a language: its cause and its mend."""
    return {
        "cause": messages.of_error(error.cause, lang), "mend": messages.of_error(error.mend, lang),
    }
