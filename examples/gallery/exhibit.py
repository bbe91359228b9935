"""What an example has to show: pictures with captions, and figures that it measured."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import matplotlib

matplotlib.use("agg")
from matplotlib import pyplot as plt

FILE = "exhibit.json"
DPI = 120


@dataclass
class Exhibit:
    """Collects what an example shows, in its folder, which is made where it is missing.

    facts     measured figures by their names, in words
    captions  of the pictures, by their file names
    """

    folder: Path
    facts: dict[str, str] = field(default_factory=dict)
    captions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def draw(self, name: str, figure: plt.Figure, caption: str) -> Path:
        """Write a figure as a picture called `name`, close it, and return the file's path."""
        path = self.folder / f"{name}.png"
        figure.savefig(path, dpi=DPI, bbox_inches="tight")
        plt.close(figure)
        self.captions[path.name] = caption
        return path

    def save(self) -> None:
        """Write the facts and captions for the page, and print the facts."""
        content = {name: value for name, value in asdict(self).items() if name != "folder"}
        (self.folder / FILE).write_text(json.dumps(content, indent=1), encoding="utf-8")
        for name, value in self.facts.items():
            print(f"{name}: {value}")


def read(folder: Path) -> Exhibit:
    """Return what an example saved. Raises FileNotFoundError where it has saved nothing."""
    return Exhibit(folder, **json.loads((folder / FILE).read_text(encoding="utf-8")))
