"""DCGAN: Radford et al., "Unsupervised Representation Learning with Deep Convolutional Generative
Adversarial Networks", 2015; for images of 64 x 64, or of 32 x 32 with one layer fewer."""

from crosscheck import nn
from crosscheck.nn import Tensor


class Generator(nn.Module):
    """Takes noise (n, noise, 1, 1); returns images (n, channels, size, size) from -1 to 1."""

    def __init__(self, noise: int = 100, channels: int = 3, size: int = 64, width: int = 64):
        super().__init__()
        outputs = width * size // 8  # of 4 x 4 pixels; halved with each doubling of the size
        layers = [
            nn.ConvTranspose2d(noise, outputs, 4, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        ]
        while outputs > width:
            layers += [
                nn.ConvTranspose2d(outputs, outputs // 2, 4, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(outputs // 2),
                nn.ReLU(inplace=True),
            ]
            outputs //= 2
        layers += nn.ConvTranspose2d(width, channels, 4, 2, padding=1, bias=False), nn.Tanh()
        self.main = nn.Sequential(*layers)
        self.apply(_initialize)

    def forward(self, noise: Tensor) -> Tensor:
        return self.main(noise)


class Discriminator(nn.Module):
    """Takes images (n, channels, size, size); returns logits (n): whether each is a real image."""

    def __init__(self, channels: int = 3, size: int = 64, width: int = 64):
        super().__init__()
        layers = [
            nn.Conv2d(channels, width, 4, stride=2, padding=1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
        ]
        inputs = width
        while inputs < width * size // 8:
            layers += [
                nn.Conv2d(inputs, 2 * inputs, 4, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(2 * inputs),
                nn.LeakyReLU(0.2, inplace=True),
            ]
            inputs *= 2
        layers.append(nn.Conv2d(inputs, 1, 4, bias=False))
        self.main = nn.Sequential(*layers)
        self.apply(_initialize)

    def forward(self, images: Tensor) -> Tensor:
        return self.main(images).flatten()


def _initialize(module: nn.Module) -> None:
    """Draw weights as the paper does: from a normal distribution, sigma 0.02."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
