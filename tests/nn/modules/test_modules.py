"""Every module against PyTorch's: arguments, repr, state, output and gradients."""

import inspect

import numpy as np
import pytest
import torch

from crosscheck import nn

MODULES = [
    ("Conv2d", dict(in_channels=4, out_channels=6, kernel_size=3), (2, 4, 7, 8)),
    (
        "Conv2d",
        dict(
            in_channels=4,
            out_channels=6,
            kernel_size=(3, 2),
            stride=(2, 1),
            padding=(2, 1),
            dilation=(1, 2),
            groups=2,
            bias=False,
            padding_mode="reflect",
        ),
        (2, 4, 7, 8),
    ),
    *(
        (
            "Conv2d",
            dict(in_channels=2, out_channels=3, kernel_size=(3, 4), padding=pad, padding_mode=mode),
            (2, 2, 5, 6),
        )
        for pad, mode in (
            ((2, 1), "replicate"),
            (1, "circular"),
            ("same", "zeros"),
            ("same", "circular"),  # pads one column more on the right
            ("valid", "reflect"),
        )
    ),
    (
        "Conv2d",
        dict(in_channels=2, out_channels=1, kernel_size=1, padding_mode="reflect"),
        (2, 3, 4),
    ),
    ("ConvTranspose2d", dict(in_channels=4, out_channels=3, kernel_size=2, stride=2), (2, 4, 3, 4)),
    (
        "ConvTranspose2d",
        dict(
            in_channels=4,
            out_channels=6,
            kernel_size=(3, 2),
            stride=(2, 1),
            padding=1,
            output_padding=(1, 0),
            groups=2,
            bias=False,
            dilation=(1, 2),
        ),
        (4, 5, 4),
    ),
    ("MaxPool2d", dict(kernel_size=2), (2, 3, 6, 7)),
    ("MaxPool2d", dict(kernel_size=(3, 2), stride=1, padding=1, dilation=2), (2, 3, 6, 7)),
    ("MaxPool2d", dict(kernel_size=2, ceil_mode=True), (2, 3, 5, 7)),
    ("AvgPool2d", dict(kernel_size=2), (2, 3, 6, 7)),
    ("AvgPool2d", dict(kernel_size=3, stride=2, padding=1, count_include_pad=False), (2, 3, 6, 7)),
    ("AvgPool2d", dict(kernel_size=2, ceil_mode=True, divisor_override=3), (2, 3, 5, 7)),
    ("AdaptiveAvgPool2d", dict(output_size=(3, None)), (2, 3, 7, 5)),
    ("Upsample", dict(scale_factor=2), (2, 3, 4, 5)),
    ("Upsample", dict(size=7, mode="bicubic"), (2, 3, 4, 5)),
    ("Upsample", dict(scale_factor=(1.5, 0.7), mode="bilinear"), (2, 3, 4, 5)),
    ("Upsample", dict(size=(3, 2), mode="area"), (2, 3, 4, 5)),
    ("Upsample", dict(scale_factor=1.5, mode="linear", align_corners=True), (2, 3, 5)),
    ("UpsamplingNearest2d", dict(size=(3, 9)), (2, 3, 4, 5)),
    ("UpsamplingBilinear2d", dict(scale_factor=2), (2, 3, 4, 5)),
    ("PixelShuffle", dict(upscale_factor=2), (2, 8, 3, 5)),
    ("PixelUnshuffle", dict(downscale_factor=3), (3, 6, 9)),
    ("Unfold", dict(kernel_size=(3, 2), padding=1, stride=2), (2, 3, 5, 6)),
    ("Fold", dict(output_size=(5, 6), kernel_size=(3, 2), dilation=(1, 2)), (2, 12, 12)),
    ("ReLU", dict(), (2, 3)),
    ("Flatten", dict(), (2, 3, 4)),
    ("Flatten", dict(start_dim=0, end_dim=1), (2, 3, 4)),
    ("Linear", dict(in_features=4, out_features=5), (2, 3, 4)),
    ("Linear", dict(in_features=4, out_features=5, bias=False), (4,)),
    ("BatchNorm2d", dict(num_features=3), (4, 3, 5, 6)),
    ("BatchNorm2d", dict(num_features=3, momentum=None, eps=0.1), (4, 3, 5, 6)),
    ("BatchNorm2d", dict(num_features=3, affine=False, momentum=0.7), (4, 3, 5, 6)),
    ("BatchNorm2d", dict(num_features=3, track_running_stats=False, bias=False), (4, 3, 5, 6)),
    ("Dropout", dict(p=0.0), (2, 3)),
    ("ZeroPad2d", dict(padding=(1, 2, 0, 3)), (2, 3, 4, 5)),
    ("ConstantPad2d", dict(padding=1, value=2.5), (2, 3, 4)),
    ("ReflectionPad2d", dict(padding=2), (2, 3, 4, 5)),
    ("ReplicationPad2d", dict(padding=(1, 2, 0, 3)), (2, 3, 4, 5)),
    ("CircularPad2d", dict(padding=1), (2, 3, 4, 5)),
    ("Softmax", dict(dim=1), (2, 3, 4)),
]
modules = pytest.mark.parametrize(
    ("name", "options", "shape"), MODULES, ids=[f"{name} {options}" for name, options, _ in MODULES]
)
NAMES = sorted({name for name, _, _ in MODULES} | {"CrossEntropyLoss", "MSELoss", "Sequential"})


def random(shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def pair(name, options):
    """Return ours and torch's, in float64, with the same weights."""
    ours, theirs = getattr(nn, name)(**options), getattr(torch.nn, name)(**options)
    ours.load_state_dict(theirs.state_dict())
    return ours.double(), theirs.double()


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_torchs(name):
    ours = inspect.signature(getattr(nn, name)).parameters
    theirs = inspect.signature(getattr(torch.nn, name).__init__).parameters
    assert [(p.name, p.default, p.kind) for p in ours.values()] == [
        (p.name, p.default, p.kind) for p in theirs.values() if p.name != "self"
    ]


@modules
def test_repr_and_state_are_torchs(name, options, shape):
    ours, theirs = getattr(nn, name)(**options), getattr(torch.nn, name)(**options)
    assert repr(ours) == repr(theirs)
    described = [
        [(key, tuple(value.shape), str(value.dtype).split(".")[-1]) for key, value in each]
        for each in (ours.state_dict().items(), theirs.state_dict().items())
    ]
    assert described[0] == described[1]
    assert [key for key, _ in ours.named_parameters()] == [
        key for key, _ in theirs.named_parameters()
    ]


@modules
def test_output_gradients_and_state_are_torchs(name, options, shape):
    ours, theirs = pair(name, options)
    for step in range(3):
        x = nn.tensor(random(shape, step), requires_grad=True)
        tx = torch.tensor(random(shape, step), requires_grad=True)
        if step == 2:  # uses the running statistics of the steps before
            ours.eval(), theirs.eval()
        y, ty = ours(x), theirs(tx)
        gradient = random(y.shape, 10 + step)
        ours.zero_grad(), theirs.zero_grad()
        y.backward(gradient)
        ty.backward(torch.from_numpy(gradient))
        pairs = [(y, ty), (x.grad, tx.grad)]
        pairs += [
            (p.grad, tp.grad) for p, tp in zip(ours.parameters(), theirs.parameters(), strict=True)
        ]
        pairs += zip(ours.buffers(), theirs.buffers(), strict=True)
        for mine, expected in pairs:
            np.testing.assert_allclose(
                mine.numpy(), expected.detach().numpy(), rtol=1e-11, atol=1e-12, strict=True
            )


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("CrossEntropyLoss", dict()),
        ("CrossEntropyLoss", dict(reduction="sum", ignore_index=2, label_smoothing=0.1)),
        ("CrossEntropyLoss", dict(reduce=False)),
        ("CrossEntropyLoss", dict(weight=random(5) ** 2)),
        ("MSELoss", dict()),
        ("MSELoss", dict(reduction="none")),
        ("MSELoss", dict(size_average=False)),
    ],
)
@pytest.mark.filterwarnings("ignore:size_average and reduce")
def test_losses_are_torchs(name, options):
    x = random((4, 5))
    target = np.array([0, 2, 4, 4]) if name == "CrossEntropyLoss" else random((4, 5), 1)
    results = []
    for module, make in ((nn, nn.tensor), (torch.nn, torch.tensor)):
        arguments = {k: make(v) if k == "weight" else v for k, v in options.items()}
        loss = getattr(module, name)(**arguments)
        results.append([loss(make(x), make(target)).numpy(), loss.reduction, repr(loss)])
        assert list(loss.state_dict()) == (["weight"] if "weight" in options else [])
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-12)
    assert results[0][1:] == results[1][1:]


def test_a_transposed_convolution_takes_the_outputs_size():
    options = dict(in_channels=3, out_channels=2, kernel_size=3, stride=(2, 3), output_padding=1)
    ours, theirs = pair("ConvTranspose2d", options)
    x = random((2, 3, 4, 5))
    for size in ((9, 17), [10, 15], (2, 2, 9, 16)):
        y, ty = ours(nn.tensor(x), size), theirs(torch.from_numpy(x), size)
        np.testing.assert_allclose(y.numpy(), ty.detach().numpy(), rtol=1e-11, strict=True)
    message = r"output_size is \(8, 15\); expected \[9, 15\] to \[10, 17\] for this input"
    for size in ((8, 15), (11, 15), (9, 14), (9, 18)):
        with pytest.raises(ValueError, match=message if size == (8, 15) else "output_size"):
            ours(nn.tensor(x), size)
        with pytest.raises(ValueError):
            theirs(torch.from_numpy(x), size)
    with pytest.raises(ValueError, match="output_size is .*; expected 2 or 4 integers"):
        ours(nn.tensor(x), (2, 9, 15))


def test_dropout_drops_only_in_training():
    x = nn.tensor(np.ones(1000))
    dropout = nn.Dropout(0.25)
    assert set(np.unique(dropout(x).numpy())) == {0.0, 1 / 0.75}
    assert dropout.eval()(x) is x


def test_batch_norm_keeps_its_statistics_once_tracking_is_off():
    ours, theirs = pair("BatchNorm2d", dict(num_features=3))
    ours.track_running_stats = theirs.track_running_stats = False
    x = random((4, 3, 5, 6)) + 2
    np.testing.assert_allclose(
        ours(nn.tensor(x)).numpy(), theirs(torch.from_numpy(x)).detach().numpy(), rtol=1e-12
    )
    assert (ours.running_mean.numpy() == 0).all() and (ours.running_var.numpy() == 1).all()


@pytest.mark.parametrize("device", [None, "cpu"])
def test_dtype_and_device(device):
    assert nn.Conv2d(1, 2, 3, device=device).weight.dtype == np.float32
    layer = nn.BatchNorm2d(3, device=device, dtype=np.float64)
    assert [each.dtype.name for each in layer.state_dict().values()] == ["float64"] * 4 + ["int64"]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: nn.Conv2d(3, 4, 3, groups=2),
            ValueError,
            "Conv2d: in_channels is 3; expected a m",
        ),
        (lambda: nn.Conv2d(4, 3, 3, groups=2), ValueError, "Conv2d: out_channels is 3; expected a"),
        (lambda: nn.Conv2d(4, 3, 3, groups=0), ValueError, "Conv2d: groups is 0"),
        (lambda: nn.Conv2d(1, 1, 0), ValueError, "Conv2d: kernel_size is 0; expected an integer"),
        (lambda: nn.Conv2d(1, 1, 3, padding="full"), ValueError, "Conv2d: padding is 'full'"),
        (lambda: nn.Conv2d(1, 1, 3, 2, "same"), ValueError, "Conv2d: stride is 2; expected 1"),
        (lambda: nn.Conv2d(1, 1, 3, padding_mode="x"), ValueError, "Conv2d: padding_mode is 'x'"),
        (lambda: nn.Conv2d(1, 1, 3, device="tpu"), ValueError, "device is 'tpu'; expected None"),
        (lambda: nn.Linear(2.0, 3), TypeError, "Linear: in_features is 2.0; expected an integer"),
        (lambda: nn.Dropout(1.5), ValueError, "p is 1.5"),
        (lambda: nn.MSELoss(reduction="x"), ValueError, "MSELoss: reduction is 'x'; expected"),
        (
            lambda: nn.BatchNorm2d(2)(nn.tensor(np.ones((3, 2)))),
            ValueError,
            "expected 4 dimensions",
        ),
        (lambda: nn.Sequential(nn.ReLU(), 1), TypeError, "Sequential: 1 is 'int'; expected a Modu"),
        (
            lambda: nn.Sequential(nn.ReLU())[1],
            IndexError,
            "Sequential: index is 1; expected -1 to 0",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
