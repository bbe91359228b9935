"""A drawing as SVG text: rectangles, lines and words in the few colours of the course.

The colours follow the reader's dark or light theme, and the drawing brings its own paper, so that
it stays clear where a page has one theme and the system another.
"""

from html import escape

_STYLE = """
:root { --paper: #fff; --ink: #1f2328; --faint: #d8dee4; --one: #9ec5fe; --two: #f7c67f;
  --three: #a3d9a5; --four: #d8b4e2; --bad: #cf222e }
@media (prefers-color-scheme: dark) {
  :root { --paper: #0d1117; --ink: #e6edf3; --faint: #30363d; --one: #1f4f8f; --two: #8a5a0f;
    --three: #22662c; --four: #65397a; --bad: #ff7b72 }
}
text { font: 13px sans-serif; fill: var(--ink) } text.small { font-size: 11px }
text.bad { fill: var(--bad) }
""".strip()


class Drawing:
    """Collects shapes, and `svg()` is their text. Lengths are pixels, colours names of _STYLE."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self._size, self._title = (width, height), title
        self._shapes: list[str] = []

    def box(
        self, x: float, y: float, w: float, h: float, fill: str = "paper", edge: str = "ink"
    ) -> None:
        style = f"fill: var(--{fill}); stroke: var(--{edge})"
        self._shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" style="{style}"/>'
        )

    def words(
        self, x: float, y: float, text: object, anchor: str = "start", kind: str = ""
    ) -> None:
        attributes = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"' + (
            f' class="{kind}"' if kind else ""
        )
        self._shapes.append(f"<text {attributes}>{escape(str(text))}</text>")

    def cell(self, x: float, y: float, size: float, text: object = "", fill: str = "paper") -> None:
        """Draw a square with a word in its middle."""
        self.box(x, y, size, size, fill)
        if text != "":
            self.words(x + size / 2, y + size / 2 + 4, text, "middle", "small")

    def line(
        self, *points: tuple[float, float], colour: str = "ink", arrow: bool = False, dash: str = ""
    ) -> None:
        style = f"fill: none; stroke: var(--{colour}); stroke-width: 1.5"
        style += f"; stroke-dasharray: {dash}" if dash else ""
        at = " ".join(f"{x:g},{y:g}" for x, y in points)
        head = f' marker-end="url(#{colour})"' if arrow else ""
        self._shapes.append(f'<polyline points="{at}" style="{style}"{head}/>')

    def svg(self) -> str:
        width, height = self._size
        heads = "".join(
            f'<marker id="{colour}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            f'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" '
            f'style="fill: var(--{colour})"/></marker>'
            for colour in ("ink", "bad")
        )
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{escape(self._title)}</title>",
            f"<style>{_STYLE}</style><defs>{heads}</defs>",
            f'<rect width="{width}" height="{height}" rx="8" style="fill: var(--paper)"/>',
            *self._shapes,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"
