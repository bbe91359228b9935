"""Faults in transposed convolution: the output's size, whose arrays are whose, and the bias."""

from crosscheck.parity.faults.plant import Fault

FAMILY = "crosscheck.kernels.convolution"


def _fault(what: str, module: str, right: str, wrong: str, case: str, algorithm: str) -> Fault:
    return Fault(what, f"{FAMILY}.{module}", right, wrong, "conv_transpose2d", case, algorithm)


def _argument(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, f"{FAMILY}.transposed_problem", right, wrong, "conv_transpose2d", case)


FAULTS = (
    _argument(
        "output padding goes to the wrong axis",
        "paddings, further, dilations, strict=True)",
        "paddings, further[::-1], dilations, strict=True)",
        "output-padding",
    ),
    _argument(
        "the output has a row for each tap of a dilated window",
        "dilated * (taps - 1)",
        "(taps - 1)",
        "dilation",
    ),
    _argument(
        "output padding as large as the stride is accepted",
        "more >= max(steps)",
        "more > max(steps)",
        "rejects-output-padding-as-large-as-stride-and-dilation",
    ),
    _argument(
        "a weight may have no filters",
        "weight_size[axis] < 1",
        "weight_size[axis] < axis % 2 - 1",
        "rejects-a-weight-without-filters",
    ),
    _argument(
        "an output without rows is accepted",
        "if height < 1 or width < 1:",
        "if height < 1 and width < 1:",
        "rejects-padding-that-leaves-no-output",
    ),
    _fault(
        "the bias has a number for each channel of a group",
        "conv_transpose2d",
        'sizes={"bias": (this.c,)}',
        'sizes={"bias": (this.channels,)}',
        "groups",
        "direct",
    ),
    _fault(
        "the bias is left out",
        "transposed",
        "gradient(w, x, y, bias)",
        "gradient(w, x, y)",
        "stride-1",
        "blocked",
    ),
    _fault(
        "the weight's gradient takes the input for the image",
        "transposed",
        "gradient(dy, x, dw)",
        "gradient(x, dy, dw)",
        "doubles",
        "direct",
    ),
    _fault(
        "a bias for each filter of the input",
        "direct",
        "filters) + bias[c]",
        "filters) + bias[c % filters]",
        "groups",
        "direct",
    ),
    _fault(
        "a bias for each filter of the input in tiles",
        "tiled_input_gradient",
        "value + bias[c]",
        "value + bias[c % filters]",
        "groups",
        "tiled",
    ),
)
