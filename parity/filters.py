"""The classical image filters as conv2d weights, (k, 1, r, s) each, for cross-correlation.

Gaussian, Sobel, Laplacian and the Harris corner response (Harris and Stephens, "A combined corner
and edge detector", 1988) are sums of products: convolutions.
"""

import math

import numpy as np

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=np.float64)
SOBEL_Y = SOBEL_X.T
LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=np.float64)
LUMINANCE = np.array([0.299, 0.587, 0.114]).reshape(1, 3, 1, 1)  # ITU-R BT.601
HARRIS_K = 0.05


def gaussian(size: int, sigma: float) -> np.ndarray:
    """Return a size x size Gaussian that sums to 1; an even size has its centre between taps."""
    x = np.arange(size) - (size - 1) / 2
    line = np.exp(-(x**2) / (2 * sigma**2))
    line /= line.sum()
    return np.outer(line, line)


def bank(*taps: np.ndarray, channels: int = 1) -> np.ndarray:
    """Return (channels * len(taps), 1, r, s): every filter on every channel, groups=channels."""
    return np.tile(np.stack(taps)[:, np.newaxis], (channels, 1, 1, 1))


def oriented(count: int, size: int = 3) -> np.ndarray:
    """Return `count` edge filters (count, 1, size, size) turned by equal steps, each of sum 0."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    angles = [math.pi * i / count for i in range(count)]
    return bank(*(math.cos(a) * x + math.sin(a) * y for a in angles))


def harris(tensor: np.ndarray) -> np.ndarray:
    """Return det - k trace^2 of the structure tensor (n, 3, h, w): sums of Ix Ix, Ix Iy, Iy Iy."""
    xx, xy, yy = tensor[:, 0:1], tensor[:, 1:2], tensor[:, 2:3]
    return xx * yy - xy * xy - HARRIS_K * (xx + yy) ** 2


def products(gradients: np.ndarray) -> np.ndarray:
    """Return Ix Ix, Ix Iy, Iy Iy as (n, 3, h, w) from the gradients Ix, Iy as (n, 2, h, w)."""
    x, y = gradients[:, 0:1], gradients[:, 1:2]
    return np.concatenate([x * x, x * y, y * y], axis=1)
