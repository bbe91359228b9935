"""Inputs that no operator takes: a replaced layer computes as its PyTorch class, and says so."""

import copy
from itertools import cycle

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from crosscheck.nn import torch_ops
from crosscheck.nn.torch_ops import fall_back, operators
from crosscheck.nn.torch_ops.modules import LAYERS
from tests.nn.torch_ops.sixteen_bits import DTYPES, assert_rounded, doubled

X = torch.randn(2, 4, 6, 6, generator=torch.Generator().manual_seed(0))
PLACES = torch.arange(36).reshape(6, 6).expand(2, 4, 6, 6)
WHOLE = torch.arange(16).reshape(1, 1, 4, 4)
CLASSES = torch.arange(72).reshape(2, 6, 6) % 4
KNOWN = "kernels take float16, bfloat16, float32 and float64"
OTHER = f"{{}} is torch.int64; {KNOWN}"
HALF = "{} is torch.bfloat16, input torch.float16; kernels take one dtype"
ONE = "target is torch.float64, input torch.float32; kernels take one dtype"


def norm(channels=4):
    return nn.BatchNorm2d(channels)


def parametric_loss():
    return nn.CrossEntropyLoss(weight=nn.Parameter(torch.arange(1.0, 5)))


MISFITS = [
    (nn.ReLU, [WHOLE], OTHER.format("input")),
    (lambda: nn.ReLU(inplace=True), [WHOLE - 5], "input is torch.int64"),
    (nn.ReLU, [X[0, 0].to_sparse()], "input is torch.sparse_coo; kernels take dense tensors"),
    (nn.ReLU, [torch.quantize_per_tensor(X, 0.1, 0, torch.quint8)], "input is torch.quint8"),
    (nn.ReLU, [X.to("meta")], "input is on 'meta'; kernels run on cpu and cuda"),
    (lambda: nn.LeakyReLU(torch.tensor(0.2)), [X], "negative_slope is a tensor"),
    (lambda: nn.MaxPool2d(2), [WHOLE], "input is torch.int64"),
    (lambda: nn.Upsample(scale_factor=2), [WHOLE[None].float()], "input is a volume; kernels take"),
    (lambda: nn.Upsample(3, mode="area"), [X[0]], "mode is 'area'; kernels take images"),
    (lambda: nn.PixelShuffle(2), [PLACES], "input is torch.int64"),
    (lambda: nn.PixelUnshuffle(2), [WHOLE], "input is torch.int64"),
    (lambda: nn.Unfold(3), [X.to(torch.complex64)], "input is torch.complex64; kernels take"),
    (lambda: nn.UpsamplingNearest2d(3), [PLACES.byte()], "input is torch.uint8"),
    (lambda: nn.ReplicationPad2d((1, -1, 0, 2)), [X], "padding is (1, -1, 0, 2); kernels cut"),
    (lambda: nn.ZeroPad2d(1), [WHOLE], "input is torch.int64"),
    (lambda: nn.ConstantPad2d((1, -1, 0, 2), 2), [WHOLE], OTHER.format("input")),
    (lambda: nn.LocalResponseNorm(3, beta=torch.tensor(0.5)), [X], "beta is a tensor"),
    (lambda: nn.CircularPad1d(1), [WHOLE[0]], "input is torch.int64"),
    (lambda: nn.MaxPool2d(2, return_indices=True), [WHOLE], OTHER.format("input")),
    (lambda: nn.MaxPool2d(torch.tensor(2)), [X], "kernel_size is a tensor"),
    (lambda: nn.AvgPool2d(2), [WHOLE], "input is torch.int64"),
    (nn.MSELoss, [X, X.double() + 1], ONE),
    (nn.MSELoss, [X.double(), X + 1], "target is torch.float32, input torch.float64"),
    (nn.MSELoss, [X, (X > 0).long()], OTHER.format("target")),
    (nn.MSELoss, [X, X > 0], "target is torch.bool"),
    (nn.CrossEntropyLoss, [X, X.double().softmax(1)], ONE),
    (lambda: nn.CrossEntropyLoss(label_smoothing=-0.1), [X, CLASSES], "label_smoothing is -0.1"),
    (parametric_loss, [X, X.softmax(1)], "weight requires grad"),
    (nn.L1Loss, [X, X.double() + 1], ONE),
    (lambda: nn.SmoothL1Loss(beta=torch.tensor(0.5)), [X, X + 1], "beta is a tensor"),
    (nn.MSELoss, [X.half(), X.bfloat16() + 1], HALF.format("target")),
    (nn.L1Loss, [X.bfloat16(), X + 1], "target is torch.float32, input torch.bfloat16; kernels"),
    (nn.BCEWithLogitsLoss, [X.double(), X.sigmoid()], "target is torch.float32, input torch.fl"),
    (lambda: nn.Embedding(4, 3), [CLASSES.int()], "input is torch.int32; kernels take"),
    (lambda: nn.Embedding(4, 3, max_norm=0.5), [CLASSES], "max_norm is 0.5"),
    (lambda: nn.Embedding(4, 3, scale_grad_by_freq=True), [CLASSES], "scale_grad_by_freq is True"),
    (lambda: nn.Embedding(4, 3, sparse=True), [CLASSES], "sparse is True"),
]  # fmt: skip


def assert_same(ours, theirs, arguments):
    """Compare outputs and gradients bit by bit: both are PyTorch's."""
    results = []
    for layer in (ours, theirs):
        inputs = [each.clone() for each in arguments]
        leaves = [each.requires_grad_() for each in inputs if each.is_floating_point()]
        wanted = [*leaves, *layer.parameters()]
        output = layer(*inputs)
        tensors = list(output) if isinstance(output, tuple) else [output]
        if tensors[0].requires_grad and not (tensors[0].is_meta or tensors[0].is_sparse):
            tensors += torch.autograd.grad(tensors[0].float().square().sum(), wanted)
        results.append(tensors + list(layer.buffers()))
    for our, their in zip(*results, strict=True):
        assert our.dtype == their.dtype and our.shape == their.shape
        assert our.is_meta or torch.equal(our.to_dense(), their.to_dense())


def replaced(layer):
    """Replace a copy in float32, as in a model that is converted later."""
    made = copy.deepcopy(layer).float()
    assert torch_ops.replace(made).replaced
    states = [*layer.parameters(), *layer.buffers()]
    return made.to(states[0].dtype) if states else made


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("make", "arguments", "reason"), MISFITS)
def test_what_does_not_fit_is_computed_by_torch_and_counted(make, arguments, reason):
    theirs = make()
    ours = replaced(theirs)
    assert_same(ours, theirs, arguments)
    (layer,) = torch_ops.report(ours).fell_back
    ((said, calls),) = layer.fell_back.items()
    assert said.startswith(reason) and calls == 1


def test_what_fits_is_not_counted():
    model = nn.Sequential(nn.Conv2d(4, 4, 3), norm(), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3))
    replacement = torch_ops.replace(model)
    loss = nn.CrossEntropyLoss(weight=torch.ones(3))
    losses = torch_ops.replace(loss)
    loss(model(X), torch.tensor([0, 2], dtype=torch.uint8)).backward()
    assert replacement.fell_back == losses.fell_back == ()


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_model_of_half_precision_is_replaced_and_computes_in_it(dtype):
    model = nn.Sequential(nn.Conv2d(4, 2, 3), norm(2), nn.ReLU(), nn.MaxPool2d(2)).to(dtype).eval()
    x, exact = X.to(dtype), copy.deepcopy(model).double()
    replacement = torch_ops.replace(model)
    assert [layer.kind for layer in replacement.replaced] == [type(each).__name__ for each in model]
    y = x
    for ours, theirs in zip(model, exact, strict=True):
        before, y = y, ours(y)
        assert y.dtype == dtype
        assert_rounded(y, theirs(before.double()))
    assert replacement.left == replacement.fell_back == ()


def test_every_reason_has_its_own_count_and_report_says_the_same():
    model = nn.Sequential(nn.ReLU())
    replacement = torch_ops.replace(model)
    for x in (X, WHOLE, CLASSES.int(), X, CLASSES.int()):
        model(x)
    (layer,) = replacement.fell_back
    assert list(layer.fell_back.values()) == [1, 2]
    assert torch_ops.report(model).fell_back[0].fell_back == layer.fell_back
    assert "1 call by PyTorch: input is torch.int64" in str(torch_ops.report(model))
    other = copy.deepcopy(model)
    other(WHOLE)
    assert list(torch_ops.report(other).fell_back[0].fell_back.values()) == [2, 2]
    assert list(layer.fell_back.values()) == [1, 2]


def test_the_device_without_cupy_falls_back(monkeypatch):
    monkeypatch.setattr(fall_back, "NEEDS_CUPY", ("cuda",))
    relu = nn.ReLU()
    replacement = torch_ops.replace(relu)
    with FakeTensorMode():
        assert relu(torch.empty(3, device="cuda")).device.type == "cuda"
    assert list(replacement.fell_back[0].fell_back) == [
        "input is on 'cuda'; kernels need CuPy there"
    ]


class Transparent(torch.Tensor):
    pass


class Own(torch.Tensor):
    """A subclass that knows the functions of PyTorch and no others."""

    @classmethod
    def __torch_function__(cls, function, types, arguments=(), options=None):
        if "crosscheck" in str(function):
            return NotImplemented
        return super().__torch_function__(function, types, arguments, options or {})


def test_a_tensor_that_overrides_operators_gets_torchs():
    relu, expected = nn.ReLU(), X.relu()
    replacement = torch_ops.replace(relu)
    assert torch.equal(relu(X.as_subclass(Transparent)), expected) and not replacement.fell_back
    assert torch.equal(relu(X.as_subclass(Own)), expected)
    assert list(replacement.fell_back[0].fell_back) == [
        "input is a Own, which has operators of its own"
    ]


def test_torchs_operators_are_exported_to_onnx(monkeypatch):
    relu = nn.ReLU()
    replacement = torch_ops.replace(relu)
    monkeypatch.setattr(torch.onnx, "is_in_onnx_export", lambda: True)  # it needs packages
    graph = torch.fx.experimental.proxy_tensor.make_fx(relu)(X).graph
    assert "aten.relu" in str(graph) and "onnx" in str(replacement)


def test_a_dropout_that_drops_nothing_computes_nothing():
    dropout = nn.Dropout(0.5).eval()
    replacement = torch_ops.replace(dropout)
    assert dropout(WHOLE) is WHOLE and replacement.fell_back == ()
    with pytest.raises(RuntimeError):  # as PyTorch's
        dropout.train()(WHOLE)
    assert replacement.fell_back


def test_a_wrong_input_raises_and_so_does_an_operator_that_fails(monkeypatch):
    conv, theirs = nn.Conv2d(4, 2, 3), nn.Conv2d(4, 2, 3)
    torch_ops.replace(conv)
    for x, error in ((X[:, :2], ValueError), (X[:, :2].half(), RuntimeError)):
        with pytest.raises(error):
            conv(x)
        with pytest.raises(RuntimeError):
            theirs(x)
    with pytest.raises(TypeError):
        conv([1.0])

    def fail(*_):
        raise MemoryError("no")

    monkeypatch.setattr(operators, "launch", fail)
    with pytest.raises(MemoryError):
        conv(X)


def test_a_compiled_graph_counts_when_it_is_traced():
    model = nn.Sequential(nn.ReLU(), nn.ZeroPad2d(1), nn.MaxPool2d(2))
    replacement = torch_ops.replace(model)
    torch._dynamo.reset()
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    for _ in range(3):
        assert torch.equal(compiled(WHOLE), model(WHOLE))
    counts = {tuple(layer.fell_back.values()) for layer in replacement.replaced}
    assert counts == {(1 + 3,)}  # once for the graph, and the model itself three times


WITHOUT_SAMPLES = (  # of PyTorch's
    nn.Hardsigmoid,
    nn.Dropout,
    nn.Dropout2d,
    nn.MaxUnpool2d,
    nn.Upsample,
    nn.UpsamplingNearest2d,
    nn.UpsamplingBilinear2d,
    nn.PixelShuffle,
    nn.PixelUnshuffle,
    nn.Unfold,
    nn.Fold,
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("kind", "short"),
    list(zip((kind for kind in LAYERS if kind not in WITHOUT_SAMPLES), cycle(DTYPES))),
    ids=lambda each: each.__name__ if isinstance(each, type) else str(each)[6:],
)
def test_torchs_own_samples_of_every_layer(kind, short):
    """A replaced layer raises where PyTorch's raises, and nowhere else."""
    from torch.testing._internal.common_modules import module_db  # takes seconds to import

    (info,) = (info for info in module_db if info.module_cls is kind)
    for dtype in (torch.float32, short, torch.int64):
        try:
            samples = info.module_inputs_func(info, "cpu", dtype, False, training=True)
        except (NotImplementedError, RuntimeError):  # drawn with what does not take the dtype
            continue
        for sample in samples:
            made, given = sample.constructor_input, sample.forward_input
            theirs = kind(*made.args, **made.kwargs)
            theirs = theirs.to(dtype) if dtype.is_floating_point else theirs
            exact = copy.deepcopy(theirs).double()
            ours = replaced(theirs)
            our, their = attempt(ours, given, torch.clone), attempt(theirs, given, torch.clone)
            if dtype is short and not torch_ops.report(ours).fell_back:
                expected = attempt(exact, given, doubled)  # on a CPU PyTorch has not all in float16
                assert (our is None) == (expected is None), sample
                for each in zip(*map(several, (our, expected)), strict=True):
                    compare = assert_rounded if each[0].is_floating_point() else assert_equal
                    compare(*each)
            else:
                assert (our is None) == (their is None), sample
                torch.testing.assert_close(our, their, equal_nan=True)


def attempt(layer, given, copied):
    """Return the output, or None where the layer raises."""

    def copy_of(each):
        return copied(each) if isinstance(each, torch.Tensor) else each

    named = {name: copy_of(each) for name, each in given.kwargs.items()}
    try:
        return layer(*map(copy_of, given.args), **named)
    except (RuntimeError, TypeError, ValueError, NotImplementedError):
        return None


def several(output):
    return output if isinstance(output, tuple) else () if output is None else (output,)


def assert_equal(ours, theirs):
    assert torch.equal(ours, theirs)
