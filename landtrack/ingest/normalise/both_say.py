"""What a layer and its ledger both say of a plot: one of them where the other is silent.

What they say differently is not known, but for names: the ledger's stand, and the others are told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.ingest.normalise import amounts, keys as of_keys, values
from landtrack.ingest.normalise.amounts import CONTRADICTED, PROJECT
from landtrack.model import Field, Issue, Schema, catalog, issues

CODE = "_code"
"""How texts are called that rules look something up by."""

Flags = npt.NDArray[np.bool_]


def together(
    frame: gpd.GeoDataFrame, filled: Mapping[str, pd.Series[Any]],
    spoken: Mapping[str, pd.Series[Any]], schema: Schema, origin: values.Origin,
) -> dict[str, pd.Series[Any]]:
    """Put together what a layer says of features and what its ledger says.

    ``frame``: n features with the fields of the layer.
    ``filled``: By field, what the ledger says of each of them; missing where it says nothing that
    can be used.
    ``spoken``: By field, whether anything at all is written in the ledger of each.
    ``origin``: Of the ledger; its rows gain one for each field that both say differently.
    Returns: By field, what the ledger says, or the layer where nothing is written in the ledger.
    What differs is missing, ``amounts.CONTRADICTED`` of what adds up; names are the ledger's, and a
    project is both. Land as it is drawn is the drawing's, and contradicts nothing.
    """
    found = {}
    for name, said in filled.items():
        if name not in frame:
            found[name] = said
        elif name == PROJECT:
            found[name] = _of_two_projects(frame, said, origin)
        else:
            of = (schema.fields[name], origin)
            found[name] = _of_field(frame, said, spoken[name], schema, of)
    return found


def _of_field(
    frame: gpd.GeoDataFrame, said: pd.Series[Any], spoken: pd.Series[Any], schema: Schema,
    of: tuple[Field, values.Origin],
) -> pd.Series[Any]:
    """Put together what both say of one field."""
    field, origin = of
    own = frame[field.name]
    if field.adds_up and field.name in schema.amounts:
        own = amounts.not_as_drawn(frame, field.name)
    differ = _differ(own, said, field)
    name = field.type == "text" and not field.name.endswith(CODE)
    issue = Issue.LEDGER_SAYS_OTHERWISE if name else Issue.ATTRIBUTE_CONTRADICTED
    origin.rows.extend(
        issues.row(
            Issue.AMOUNT_CONTRADICTED if field.adds_up else issue, source=origin.label,
            layer=origin.layer, feature_id=str(frame[schema.key].iloc[at]), field=field.name,
            value=f"{values.shown(own.iloc[at])} / {values.shown(said.iloc[at])}",
        )
        for at in np.flatnonzero(differ)
    )
    whole = said.where(said.notna() | spoken.to_numpy(), frame[field.name])
    if name or not differ.any():
        return whole
    return whole.mask(differ, CONTRADICTED) if field.adds_up else whole.mask(differ)


def _differ(own: pd.Series[Any], said: pd.Series[Any], field: Field) -> Flags:
    """Tell of which features both say something, and not the same."""
    there = (own.notna() & said.notna()).to_numpy()
    if field.adds_up:
        known = (own != CONTRADICTED) & (said != CONTRADICTED)
        return np.asarray(there & known & ~amounts.same(own.astype("float64"), said))
    if field.name == "note":
        return np.zeros(len(own), dtype=bool)
    if field.type == "text":
        own, said = own.map(_plain, na_action="ignore"), said.map(_plain, na_action="ignore")
    return np.asarray(there & (own.to_numpy() != said.to_numpy()))


def _plain(text: str) -> str:
    """Write a name without what says nothing: width and case of letters, blanks, old characters."""
    folded = unicodedata.normalize("NFKC", catalog.simplified(text)).casefold()
    return "".join(folded.split())


def _of_two_projects(
    frame: gpd.GeoDataFrame, said: pd.Series[Any], origin: values.Origin
) -> pd.Series[Any]:
    """Say of plots that their layer and their ledger give to two projects that they are of both.

    The project of the layer stands where the ledger names none.
    """
    both, _ = of_keys.one_spelling(pd.concat([frame[PROJECT], said], ignore_index=True))
    own, other = both.iloc[: len(frame)].to_numpy(), both.iloc[len(frame) :].to_numpy()
    differ = pd.notna(own) & pd.notna(other) & (own != other)
    origin.rows.extend(
        issues.row(
            Issue.ATTRIBUTE_CONTRADICTED, source=origin.label, layer=origin.layer,
            feature_id=str(frame["plot_id"].iloc[at]), field=PROJECT,
            value=f"{own[at]} / {other[at]}",
        )
        for at in np.flatnonzero(differ)
    )
    listed = pd.Series(
        [f"{one}; {two}" for one, two in zip(own, other, strict=True)], index=frame.index
    )
    return said.mask(differ, listed).where(pd.notna(other), frame[PROJECT])
