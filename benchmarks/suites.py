"""The layers that are measured, as data: what networks and other benchmarks are made of.

Sources: He et al. 2016 (ResNet-50), Sandler et al. 2018 (MobileNetV2), soumith/convnet-benchmarks,
ScalingIntelligence/KernelBench level 1. Shapes are (n, c, h, w) and (k, c / groups, r, s).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from crosscheck.benchmarks import launch, training

Shape = tuple[int, ...]

LARGEST_ON_A_CPU = 8  # of a cut-down layer: images and channels of a group; 4 times as many pixels


@dataclass(frozen=True)
class Layer:
    """One call of an operator, by the name that it has in parity.

    inputs   shapes by PyTorch's argument
    count    how often the network has it: its weight in a mean over the network
    """

    name: str
    op: str
    inputs: Mapping[str, Shape]
    options: Mapping[str, Any] = field(default_factory=dict)
    count: int = 1


def conv(name: str, image: Shape, k: int, r: Any, count: int = 1, **options: Any) -> Layer:
    """Return a convolution without bias; `r` is the filter's height, or its height and width."""
    r, s = (r, r) if isinstance(r, int) else r
    weight = (k, image[1] // options.get("groups", 1), r, s)
    return Layer(name, "conv2d", {"input": image, "weight": weight}, options, count)


def _resnet50() -> Iterator[Layer]:
    n = 32
    yield conv("stem", (n, 3, 224, 224), 64, 7, stride=2, padding=3)
    # (pixels, channels within a block, of its ends, how many blocks)
    stages = ((56, 64, 256, 3), (28, 128, 512, 4), (14, 256, 1024, 6), (7, 512, 2048, 3))
    before, pixels_before = 64, 56
    for h, inner, outer, blocks in stages:
        stride, image = pixels_before // h, (n, before, pixels_before, pixels_before)
        narrow = (n, inner, h, h)
        yield conv(f"{h} {before}->{inner} 1x1 first", image, inner, 1, stride=stride)
        yield conv(f"{h} {before}->{outer} 1x1 skip", image, outer, 1, stride=stride)
        yield conv(f"{h} {inner}->{inner} 3x3", narrow, inner, 3, blocks, padding=1)
        yield conv(f"{h} {inner}->{outer} 1x1", narrow, outer, 1, blocks)
        yield conv(f"{h} {outer}->{inner} 1x1", (n, outer, h, h), inner, 1, blocks - 1)
        before, pixels_before = outer, h


def _mobilenet() -> Iterator[Layer]:
    n = 32
    yield conv("stem", (n, 3, 224, 224), 32, 3, stride=2, padding=1)
    # (expansion, channels, blocks, stride), as in the paper's table 2
    table = (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    )
    c, h = 32, 112
    found: dict[Layer, int] = {}
    layers: list[Layer] = []
    for expansion, k, blocks, first_stride in table:
        for block in range(blocks):
            stride, wide = (first_stride if block == 0 else 1), expansion * c
            if expansion > 1:
                layers.append(conv(f"{h} {c}->{wide} 1x1", (n, c, h, h), wide, 1))
            name = f"{h} {wide} depthwise 3x3" + (" stride 2" if stride > 1 else "")
            layers.append(
                conv(name, (n, wide, h, h), wide, 3, stride=stride, padding=1, groups=wide)
            )
            h //= stride
            layers.append(conv(f"{h} {wide}->{k} 1x1", (n, wide, h, h), k, 1))
            c = k
    layers.append(conv(f"{h} {c}->1280 1x1", (n, c, h, h), 1280, 1))
    for each in layers:
        found[each.name] = found.get(each.name, 0) + 1
    yield from (replace(each, count=found.pop(each.name)) for each in layers if each.name in found)


def _convnet() -> Iterator[Layer]:
    yield conv("L1", (128, 3, 128, 128), 96, 11)
    yield conv("L2", (128, 64, 64, 64), 128, 9)
    yield conv("L3", (128, 128, 32, 32), 128, 9)
    yield conv("L4", (128, 128, 16, 16), 128, 7)
    yield conv("L5", (128, 384, 13, 13), 384, 3)


def _kernelbench() -> Iterator[Layer]:
    yield conv("#50 conv", (256, 3, 224, 224), 96, 11, stride=4, padding=2)
    yield conv("#55 conv", (8, 64, 512, 1024), 128, 3)
    yield conv("#56 conv", (8, 64, 512, 256), 128, (5, 7))
    yield conv("#63 conv", (16, 16, 1024, 1024), 128, 3)
    yield conv("#82 depthwise", (16, 64, 512, 512), 64, 3, groups=64)
    yield conv("#83 depthwise", (64, 8, 512, 512), 8, (3, 1), groups=8)
    yield conv("#84 depthwise", (64, 128, 256, 512), 128, 3, groups=128)
    yield conv("#85 depthwise", (32, 128, 128, 256), 128, (3, 7), groups=128)
    yield conv("#87 conv 1x1", (16, 64, 1024, 1024), 128, 1)
    window = dict(kernel_size=4, stride=1, padding=1)
    yield Layer("#42 max pool", "max_pool2d", {"input": (32, 64, 512, 512)}, window)
    yield Layer("#45 average pool", "avg_pool2d", {"input": (16, 64, 2048, 2048)}, _window(11))
    yield Layer("#19 relu", "relu", {"input": (4096, 393216)})
    yield Layer("#33 batch norm", "batch_norm", _normalized(64, 64, 512), {"training": True})
    yield Layer("#95 cross entropy", "cross_entropy", {"input": (32768, 4096), "target": (32768,)})


def _memory_bound() -> Iterator[Layer]:
    image = (32, 256, 56, 56)
    yield Layer("relu", "relu", {"input": image})
    yield Layer("add", "add", {"input": image, "other": image})
    yield Layer("mul", "mul", {"input": image, "other": image})
    yield Layer("max pool 3x3", "max_pool2d", {"input": image}, _window(3, stride=2, padding=1))
    yield Layer("average pool 2x2", "avg_pool2d", {"input": image}, _window(2))
    yield Layer("global average", "adaptive_avg_pool2d", {"input": image}, {"output_size": 1})
    yield Layer("batch norm", "batch_norm", _normalized(32, 256, 56), {"training": True})
    yield Layer("softmax", "softmax", {"input": (4096, 1000)}, {"dim": 1})
    yield Layer("cross entropy", "cross_entropy", {"input": (4096, 1000), "target": (4096,)})


def _scaling() -> Iterator[Layer]:
    """Yield one layer with more and more images, and with larger and larger ones."""
    for n in (1, 2, 4, 8, 16, 64, 128):
        yield conv(f"batch {n}", (n, 128, 28, 28), 128, 3, padding=1)
    for h in (7, 14, 28, 56, 112):
        yield conv(f"image {h}", (32, 128, h, h), 128, 3, padding=1)


def _window(size: int, **options: int) -> dict[str, int]:
    return {"kernel_size": size, **options}


def _normalized(n: int, c: int, h: int) -> dict[str, Shape]:
    statistics = ("running_mean", "running_var", "weight", "bias")
    return {"input": (n, c, h, h), **dict.fromkeys(statistics, (c,))}


SUITES: Mapping[str, tuple[Layer, ...]] = {
    "resnet50": tuple(_resnet50()),
    "mobilenet": tuple(_mobilenet()),
    "convnet": tuple(_convnet()),
    "kernelbench": tuple(_kernelbench()),
    "memory-bound": tuple(_memory_bound()),
    "scaling": tuple(_scaling()),
    "ladder": (conv("28 128->128 3x3", (32, 128, 28, 28), 128, 3, padding=1),),
}


NAMES = (*SUITES, training.SUITE, launch.SUITE)  # the last two have no layers


def cut_down(layer: Layer) -> Layer:
    """Return the layer at a size that a CPU computes in milliseconds: fewer images, channels, and
    pixels. It tells nothing about a GPU.
    """
    if layer.op != "conv2d":
        return replace(layer, inputs={name: _smaller(each) for name, each in layer.inputs.items()})
    groups, (k, c, r, s) = layer.options.get("groups", 1), layer.inputs["weight"]
    least = LARGEST_ON_A_CPU
    fewer = min(groups, least) if groups > 1 else 1
    multiplier = k // groups if groups > 1 else min(k, least)
    channels = min(c, least)
    n, _, h, w = layer.inputs["input"]
    image = (1 if n == 1 else 2, fewer * channels, *(max(r, min(e, 4 * least)) for e in (h, w)))
    weight = (fewer * multiplier, channels, r, s)
    options = {**layer.options, **({"groups": fewer} if groups > 1 else {})}
    return replace(layer, inputs={"input": image, "weight": weight}, options=options)


def _smaller(shape: Shape) -> Shape:
    """Return a shape with no extent above four times LARGEST_ON_A_CPU; equal ones stay equal."""
    return tuple(min(each, 4 * LARGEST_ON_A_CPU) for each in shape)
