"""How tensor cores add is found from sums: of each model of the CPU device, and of a GPU."""

import pytest

from crosscheck.kernels.cpu import modes
from crosscheck.kernels.inspect import adding
from crosscheck.kernels.inspect.adding import Adding


@pytest.mark.parametrize("kind", adding.KINDS)
def test_the_models_are_told_apart(kind):
    wide = 1 if kind == "tf32" else 2
    found = {}
    for model in modes.MMA_MODELS:
        with modes.using(mma=model):
            found[model] = adding.measure(kind)
    assert found == {
        "h100": Adding(8 * wide, 2, cuts=True),
        "a100": Adding(4 * wide, 1, cuts=True),
        "exact": Adding(8 * wide, 8 * wide - 1, cuts=False),
    }
    assert found == {model: adding.expected(model, kind) for model in modes.MMA_MODELS}


def test_another_kind_is_named():
    with pytest.raises(ValueError, match="kind is 'fp8'; expected one of tf32, f16, bf16"):
        adding.measure("fp8")


def test_blocks_of_others_than_neighbours_fit_no_model(monkeypatch):
    def every_other(kind, terms, library):
        return 1 + len({place % 2 for place in terms} if len(terms) == 2 else ()) % 2

    monkeypatch.setattr(adding, "_sum", every_other)
    with pytest.raises(RuntimeError, match="tf32 are not added in blocks of neighbours"):
        adding.measure("tf32")


def test_a_gpu_adds_as_a_model():
    cupy = pytest.importorskip("cupy")
    try:
        major = cupy.cuda.Device().compute_capability[:-1]
    except cupy.cuda.runtime.CUDARuntimeError:
        pytest.skip("no GPU")
    if int(major) < 8:
        pytest.skip("its tensor cores have neither TF32 nor bfloat16")
    for kind in adding.KINDS:
        found = adding.measure(kind, cupy)
        known = [adding.expected(model, kind) for model in ("h100", "a100")]
        assert found in known, f"{kind}: {found}; the bounds of parity rest on one of {known}"


def test_the_command_names_the_model(capsys):
    adding.main("cpu")
    lines = [line for line in capsys.readouterr().out.splitlines() if "h100" in line]
    assert len(lines) == len(adding.KINDS)
