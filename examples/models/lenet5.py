"""LeNet-5: LeCun, "Gradient-based learning applied to document recognition", 1998.

With ReLU and max pooling, which came later.
"""

from crosscheck import nn


def lenet5(channels: int, size: int) -> nn.Sequential:
    """Return the model for images (n, channels, size, size) of ten classes; size is 28 or 32."""
    return nn.Sequential(
        nn.Conv2d(channels, 6, 5, padding=(32 - size) // 2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 5 * 5, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )
