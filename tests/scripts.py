"""Runs modules of the page in Node, for what Python says too."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import landtrack

FRONTEND = Path(landtrack.__file__).parent / "output" / "map" / "frontend"


def run(modules, expression, argument=None):
    """Call a function with modules by their names; what it gives comes back as JSON."""
    if (node := shutil.which("node")) is None:
        reason = "node runs the scripts of the page; without it the browser's tests do"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    paths = {name: (FRONTEND / path).as_uri() for name, path in modules.items()}
    script = f"""
        import {{ readFileSync }} from "node:fs";
        const [paths, argument] = JSON.parse(readFileSync(0, "utf-8"));
        const modules = {{}};
        for (const [name, path] of Object.entries(paths)) {{
          modules[name] = await import(path);
        }}
        console.log(JSON.stringify(await ({expression})(modules, argument)));
    """
    done = subprocess.run(  # noqa: S603  the scripts of the page
        [node, "--input-type=module", "-e", script],
        input=json.dumps([paths, argument]),
        capture_output=True, text=True, encoding="utf-8", check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
