"""The entities of a drawing, blocks unfolded to where they are inserted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ezdxf.document import Drawing
from ezdxf.entities import DXFEntity, Insert
from ezdxf.explode import virtual_block_reference_entities

from landtrack.ingest.formats.dxf.document import BROKEN

MOST_ENTITIES = 5_000_000
"""What the blocks of a drawing may unfold to; a city's drawing has a tenth of it."""
CIRCULAR = -1
"""The size of a block that is part of itself, or holds one that is."""


class TooManyError(ValueError):
    """The blocks of a drawing unfold to more entities than any drawing has."""


class Placed(NamedTuple):
    """An entity where it stands: with what it takes from the block that it is part of.

    ``handle`` is that of the outermost INSERT for parts of a block, ``block`` its name and
    ``attributes`` what is filled in for it (``tag=value``).
    """

    entity: DXFEntity
    layer: str
    handle: str
    color: int
    block: str = ""
    attributes: str = ""


def placed(drawing: Drawing, unused: Counter[tuple[str, str]]) -> Iterator[Placed]:
    """Go through what the model space shows.

    ``unused``: Counts, by layer and type, the entities that cannot be used; added to.
    Yields: Each entity, an INSERT followed by its block's, in the order of the file.
    Raises TooManyError: If the blocks unfold to more than ``MOST_ENTITIES``.
    """
    model = drawing.modelspace()
    sizes: dict[str, int | None] = {}
    total = sum(max(_size(each, drawing, sizes), 1) for each in model)
    if total > MOST_ENTITIES:
        raise TooManyError(
            f"its blocks unfold to {total:,} entities, more than {MOST_ENTITIES:,}"
        )
    whole = {name for name, size in sizes.items() if size != CIRCULAR}
    for entity in model:
        own = Placed(
            entity, entity.dxf.get("layer", "0"), entity.dxf.get("handle") or "",
            entity.dxf.get("color", 256),
        )
        yield from _unfolded(own, whole, unused)


def _size(entity: DXFEntity, drawing: Drawing, sizes: dict[str, int | None]) -> int:
    """Count the entities that an entity unfolds to, without unfolding it.

    ``sizes`` is added to: what each block holds, none while it is being counted.
    """
    if not isinstance(entity, Insert):
        return 1
    name = _block_name(entity)
    block = drawing.blocks.get(name)
    if block is None or block.block is None or block.block.is_xref:
        return 1  # its entities are not in this file
    if name not in sizes:
        sizes[name] = None
        parts = [_size(each, drawing, sizes) for each in block]
        sizes[name] = CIRCULAR if CIRCULAR in parts else sum(parts)
    size = sizes[name]
    if size is None or size == CIRCULAR:
        return CIRCULAR
    return max(entity.mcount, 1) * (1 + size)


def _block_name(entity: Insert) -> str:
    return str(entity.dxf.get("name", "")).lower()


def _unfolded(
    own: Placed, whole: set[str], unused: Counter[tuple[str, str]]
) -> Iterator[Placed]:
    """Give an entity, or the entities of the block it inserts if the file holds it whole."""
    entity = own.entity
    if not isinstance(entity, Insert):
        yield own
        return
    if _block_name(entity) not in whole:
        unused[own.layer, "INSERT"] += 1
        return
    attributes = "; ".join(f"{each.dxf.tag}={each.dxf.text}" for each in entity.attribs)
    outer = own._replace(
        block=own.block or str(entity.dxf.name), attributes=own.attributes or attributes
    )
    for each in entity.attribs:
        yield outer._replace(entity=each, layer=_layer(each, own))
    copies = entity.multi_insert() if entity.mcount > 1 else iter([entity])
    for copy in copies:
        for part in _parts(copy, own.layer, unused):
            inner = outer._replace(entity=part, layer=_layer(part, own), color=_color(part, own))
            yield from _unfolded(inner, whole, unused)


def _parts(
    entity: Insert, layer: str, unused: Counter[tuple[str, str]]
) -> Iterator[DXFEntity]:
    """Give the entities of one inserted block, moved to their place."""
    def skipped(part: DXFEntity, _: str) -> None:
        unused[layer, part.dxftype()] += 1

    try:
        yield from virtual_block_reference_entities(entity, skipped_entity_callback=skipped)
    except BROKEN:
        unused[layer, "INSERT"] += 1


def _layer(part: DXFEntity, own: Placed) -> str:
    """Give a part's layer: on layer 0 it is on the one that the block is inserted on."""
    layer = str(part.dxf.get("layer", "0"))
    return own.layer if layer == "0" else layer


def _color(part: DXFEntity, own: Placed) -> int:
    """Give a part's colour: 0 is that of the block where it is inserted."""
    color = int(part.dxf.get("color", 256))
    return own.color if color == 0 else color
