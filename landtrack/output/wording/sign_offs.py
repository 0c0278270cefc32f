"""Who signed a plot or project, as papers say it, and what is lacking of it."""

from __future__ import annotations

from collections.abc import Iterable

from landtrack.model.assessment import Assessment, SignOff
from landtrack.output.wording.messages import Message, Name, once, say

NAMES = ("vetted_by", "checked_by", "signed_on")
"""Where the two names and the moment stand on a form, under ``vet`` in the texts."""


def of(result: Assessment, plots: Iterable[str]) -> tuple[SignOff, ...]:
    """Give the cases by which plots are signed.

    Returns: Each case once; none where a plot is signed neither by itself nor by its project.
    """
    frame = result.layers.get("plots")
    own = {} if frame is None or "project_id" not in frame else frame["project_id"].dropna()
    found = [
        result.sign_offs.get(f"plots:{plot}") or result.sign_offs.get(f"projects:{own.get(plot)}")
        for plot in map(str, plots)
    ]
    made = {each.number: each for each in found if each is not None}
    return tuple(made.values()) if all(found) else ()


def lacking(result: Assessment, signed: Iterable[SignOff]) -> str:
    """Say what the catalog asks for and the cases do not have: a key of the texts, or nothing."""
    needs = result.place.sign.two
    cases = tuple(signed)
    if needs == "nobody" or (cases and needs == "names"):
        return ""
    if not cases:
        return "sign_off.lacking"
    return "" if all(each.proven for each in cases) else "sign_off.lacking_accounts"


def values(signed: Iterable[SignOff]) -> dict[str, Message]:
    """Say who signed and when, by the names of :data:`NAMES`; empty where nobody did.

    That two names prove no two persons is said beside the second one.
    """
    cases = tuple(signed)
    return {
        "vetted_by": once(Name(each.submitted_by) for each in cases),
        "checked_by": once(
            Name(each.accepted_by) if each.proven
            else say("sign_off.by_name", name=each.accepted_by) for each in cases
        ),
        "signed_on": once(
            say("sign_off.signed_at", at=moment(each.accepted_at), number=str(each.number))
            for each in cases
        ),
    }


def moment(at: str) -> str:
    """Write a moment to the minute, in UTC."""
    return f"{at[:16].replace('T', ' ')} UTC"
