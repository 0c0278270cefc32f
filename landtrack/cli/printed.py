"""The one place where a command prints: what comes from files cannot steer a terminal."""

from __future__ import annotations

import click


def echo(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a text; what cannot be seen in it is shown by its code."""
    if not text.replace("\n", "").isprintable() or not text.isascii():
        from landtrack.model.visible import visible  # not before: help needs no library

        text = visible(text)
    click.echo(text, err=err, nl=nl)  # noqa: TID251  the one place
