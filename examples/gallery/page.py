"""The page of the gallery: one file, with the pictures in it."""

import ast
import base64
import io
import textwrap
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jinja2
from PIL import Image

from crosscheck.examples.gallery import exhibit

QUALITY = 88  # of the pictures on the page, in WebP
TEMPLATE = "page.html.j2"


def render(names: Iterable[str], folder: Path) -> str:
    """Return the page of these examples, which have written to `folder`/NAME.

    Raises FileNotFoundError where one of them has not.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    entries = [_entry(name, folder / name) for name in names]
    return environment.get_template(TEMPLATE).render(entries=entries)


def _entry(name: str, folder: Path) -> dict[str, Any]:
    shown = exhibit.read(folder)
    title, paragraphs, commands = described(name)
    pictures = [
        {"caption": caption, **_embedded(folder / file)} for file, caption in shown.captions.items()
    ]
    return dict(
        name=name,
        title=title,
        paragraphs=paragraphs,
        commands=commands,
        facts=shown.facts,
        pictures=pictures,
    )


def described(name: str) -> tuple[str, list[str], str]:
    """Return the title, paragraphs and indented lines of an example's docstring, unimported."""
    source = Path(find_spec(f"crosscheck.examples.{name}").origin).read_text(encoding="utf-8")
    title, *blocks = ast.get_docstring(ast.parse(source)).split("\n\n")
    paragraphs = [" ".join(each.split()) for each in blocks if not each.startswith(" ")]
    indented = "\n".join(each for each in blocks if each.startswith(" "))
    return " ".join(title.split()).rstrip("."), paragraphs, textwrap.dedent(indented)


def _embedded(path: Path) -> dict[str, Any]:
    """Return a picture as a data URI, and its size in CSS pixels, of which 96 are an inch."""
    image, file = Image.open(path).convert("RGB"), io.BytesIO()
    image.save(file, "WEBP", quality=QUALITY, method=6)
    uri = "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()
    width, height = (round(each * 96 / exhibit.DPI) for each in image.size)
    return dict(uri=uri, width=width, height=height)
