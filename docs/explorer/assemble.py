"""Puts the explorer together: source/ in one page, with nothing to load.

`python docs/explorer/assemble.py` rewrites index.html beside this file.
"""

import base64
import json
from pathlib import Path

import recordings

FOLDER = Path(__file__).parent
SOURCE = FOLDER / "source"
SCRIPTS = (  # in the order in which they run
    "arithmetic",
    "numbers",
    "kernels",
    "pictures",
    "state",
    "canvas",
    "window",
    "sum",
    "sizes",
    "editor",
    "controls",
    "transport",
    "recordings",
    "memory",
    "request",
    "gpu",
    "main",
)
PAGE = """\
<!doctype html>
<!-- Put together from source/ by assemble.py: change those files, not this one. -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Convolution explorer</title>
<style>
{style}</style>
</head>
<body data-view="window">
{body}
<script>
"use strict";
{data}
{scripts}</script>
</body>
</html>
"""


def page() -> str:
    """Return index.html."""
    scripts = [f"/* {name}.js */\n{_text(f'{name}.js')}" for name in SCRIPTS]
    return PAGE.format(
        style=_text("style.css"), body=_text("page.html"), data=_data(), scripts="\n".join(scripts)
    )


def _data() -> str:
    photograph = base64.b64encode((SOURCE / "photograph.jpg").read_bytes()).decode()
    recorded = ",\n".join(json.dumps(each, separators=(",", ":")) for each in recordings.record())
    return (
        f'const PHOTOGRAPH = "data:image/jpeg;base64,{photograph}";\n'
        f"const RECORDINGS = [\n{recorded},\n];\n"
    )


def _text(name: str) -> str:
    return (SOURCE / name).read_text()


if __name__ == "__main__":
    (FOLDER / "index.html").write_text(page())
