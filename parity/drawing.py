"""Draw arrays as PNG: colour, grey, signed values, errors, and sheets of small images."""

import io
from collections.abc import Iterable

import matplotlib
import numpy as np
from PIL import Image, ImageDraw


def color(image: np.ndarray) -> Image.Image:
    """Draw (1, 3, h, w) in [0, 1]."""
    return Image.fromarray(_bytes(image[0].transpose(1, 2, 0)))


def bright(plane: np.ndarray) -> Image.Image:
    """Draw (1, 1, h, w): 0 is black, the largest are white."""
    return Image.fromarray(_bytes(plane[0, 0] / _scale(plane)))


def signed(plane: np.ndarray) -> Image.Image:
    """Draw (1, 1, h, w): 0 is grey, negative darker, positive brighter."""
    return Image.fromarray(_bytes(0.5 + 0.5 * plane[0, 0] / _scale(abs(plane))))


def error(difference: np.ndarray) -> Image.Image:
    """Draw (h, w) of absolute errors: black is none, yellow the largest."""
    largest = difference.max()
    levels = _bytes(difference / largest if largest > 0 else difference)
    image = Image.fromarray(levels)
    palette = matplotlib.colormaps["inferno"](np.arange(256))[:, :3]
    image.putpalette(_bytes(palette).tobytes())  # grey levels become indices into the palette
    return image


def sheet(images: np.ndarray, gap: int = 1) -> np.ndarray:
    """Lay out (columns, rows, h, w) as one array (height, width) with gaps of NaN between."""
    columns, rows, h, w = images.shape
    padded = np.full((columns, rows, h + gap, w + gap), np.nan)
    padded[:, :, :h, :w] = images
    laid = padded.transpose(1, 2, 0, 3).reshape(rows * (h + gap), columns * (w + gap))
    return laid[:-gap, :-gap]


def rings(image: Image.Image, points: Iterable[tuple[int, int]], radius: int) -> Image.Image:
    """Return a copy with a red ring around each (row, column)."""
    marked = image.convert("RGB")
    pen = ImageDraw.Draw(marked)
    for row, column in points:
        box = (column - radius, row - radius, column + radius, row + radius)
        pen.ellipse(box, outline=(255, 64, 48), width=2)
    return marked


def png(image: Image.Image) -> bytes:
    """Return the image as a PNG file."""
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _scale(values: np.ndarray) -> float:
    """Return the value to draw as the brightest: not the largest, or outliers take the contrast."""
    return max(float(np.percentile(np.nan_to_num(values), 96)), 1e-30)


def _bytes(values: np.ndarray) -> np.ndarray:
    """Return [0, 1] as 0..255; values outside are clipped, NaN becomes 0."""
    return np.rint(255 * np.clip(np.nan_to_num(values), 0, 1)).astype(np.uint8)
