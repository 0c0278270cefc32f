"""What was refused to be printed is asked for again, with what was typed and what lacked."""

from __future__ import annotations

from collections.abc import Mapping

from landtrack.server.cases import PRINT, stated
from landtrack.server.jobs import REFUSED, Job

COMMANDS = ("sheet", "atlas", "pack")
"""What takes what is to stand on a sheet."""
NAMES = {"--by": "drawn_by", "--checked": "checked_by", "--on": "on"}
"""The fields that are typed again, by the options that say them."""
VALUE, DRAFT = "--set", "--draft"


def typed_before(job: Job) -> Mapping[str, str] | None:
    """Give what was typed for a sheet that was refused, to be gone over; None for other jobs."""
    parts = job.arguments.split("\0")
    if job.kind != PRINT or job.state != REFUSED or parts[0] not in COMMANDS:
        return None
    typed = {**dict.fromkeys(NAMES.values(), ""), "values": "", "draft": ""}
    lines = []
    for each in parts[: parts.index("--")]:
        option, _, value = each.partition("=")
        if option in NAMES:
            typed[NAMES[option]] = value
        elif option == VALUE:
            lines.append(value)
        elif each == DRAFT:
            typed["draft"] = "yes"
    return {**typed, "values": "\n".join(lines)}


def again(job: Job, typed: Mapping[str, str]) -> list[str]:
    """Give the command of a job with what is typed now in the place of what was typed then."""
    parts = job.arguments.split("\0")
    at = parts.index("--")
    kept = [
        each for each in parts[:at]
        if each.partition("=")[0] not in {*NAMES, VALUE} and each != DRAFT
    ]
    now = {name: typed.get(name, "") for name in (*NAMES.values(), "values", "draft")}
    return [*kept, *stated(now), *parts[at:]]
