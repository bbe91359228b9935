"""What `crosscheck bench predict` wrote: the least time of each call on a GPU, by its resources."""

import json
from dataclasses import dataclass
from pathlib import Path

KIND = "prediction"  # what such a file says that it is
COMMITTED = Path(__file__).parent / "results"  # where the repository keeps some

_NAMED = ("suite", "layer", "op", "direction", "algorithm", "dtype", "layout", "device", "bound")
_NUMBERS = ("microseconds", "share", "flops", "bytes")


@dataclass(frozen=True)
class Prediction:
    """The part of a prediction that a report shows; see `bench predict` for what it means.

    device         the GPU's name
    microseconds   at least; `share` of the FFMA peak, at most; `bound`: by which resource
    flops, bytes   of the layer
    """

    suite: str
    layer: str
    op: str
    direction: str
    algorithm: str
    dtype: str
    layout: str
    device: str
    bound: str
    microseconds: float
    share: float
    flops: float
    bytes: float

    @property
    def call(self) -> tuple[str, ...]:
        """What a measured row of the same call has, too."""
        what = self.suite, self.layer, self.op, self.direction
        return *what, self.algorithm, self.dtype, self.layout


def find(folder: Path) -> list[Prediction]:
    """Return the predictions in a folder's files, without those that have a problem.

    Raises ValueError for a file of predictions that cannot be read, and OSError.
    """
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json"))}
    return [each for path, text in texts.items() for each in parse(text, str(path))]


def known(folder: Path) -> list[Prediction]:
    """Return the predictions in a folder, and behind them the repository's of other calls or GPUs.

    Raises like `find`.
    """
    own = find(folder)
    there = {(each.device, each.call) for each in own}
    return own + [each for each in find(COMMITTED) if (each.device, each.call) not in there]


def parse(text: str, name: str) -> list[Prediction]:
    """Return the predictions in a file's text, nothing where it is a file of anything else.

    Raises ValueError, with the file's name, where they cannot be read.
    """
    try:
        content = json.loads(text)
    except ValueError:
        return []
    if not isinstance(content, dict) or content.get("kind") != KIND:
        return []
    try:
        return [
            Prediction(*(each[name] for name in (*_NAMED, *_NUMBERS)))
            for each in content["rows"]
            if not each.get("problem")
        ]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{name}: no results of `crosscheck bench predict`: {error!r}") from None
