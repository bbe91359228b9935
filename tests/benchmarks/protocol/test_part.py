"""A part's own call gives the whole call's numbers, in every direction."""

import numpy as np
import pytest

from crosscheck.benchmarks.protocol import exact, exact_mean, part
from crosscheck.benchmarks.protocol.exact import Rounds

LAYERS = {
    "plain": ((3, 4, 9, 8), (6, 4, 3, 3), {"stride": 2, "padding": 1}),
    "groups": ((2, 6, 7, 7), (12, 2, 3, 3), {"groups": 3}),
    "depthwise": ((2, 5, 8, 8), (5, 1, 3, 3), {"groups": 5, "padding": 1}),
}


def whole_and_part(op, direction, tensors, options, seed):
    sizes = {name: each.shape for name, each in tensors.items()}
    taken = part.draw(op, direction, sizes, options, np.random.default_rng(seed))
    sliced = {name: np.ascontiguousarray(e[taken.tensors[name]]) for name, e in tensors.items()}
    whole, _ = exact.of(op, direction, tensors, options, "float32", Rounds())
    own, limit = exact.of(op, direction, sliced, taken.options, "float32", Rounds())
    assert own.shape == limit.shape
    return whole, whole[taken.result], own


@pytest.mark.parametrize("direction", ["forward", "input_gradient", "weight_gradient"])
@pytest.mark.parametrize("name", LAYERS)
def test_a_convolutions_part_is_the_slice_of_the_whole(name, direction, monkeypatch):
    monkeypatch.setattr(part, "PRODUCTS", 500)  # so that it is a part
    image, weight, options = LAYERS[name]
    n, _, h, w = image
    stride, padding = options.get("stride", 1), options.get("padding", 0)
    p, q = ((each + 2 * padding - 3) // stride + 1 for each in (h, w))
    rng = np.random.default_rng(0)
    tensors = {"input": image, "weight": weight, "grad_output": (n, weight[0], p, q)}
    tensors = {key: rng.standard_normal(e).astype(np.float32) for key, e in tensors.items()}
    for seed in range(4):
        whole, expected, own = whole_and_part("conv2d", direction, tensors, options, seed)
        assert own.size < whole.size
        np.testing.assert_allclose(own, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("direction", ["forward", "input_gradient", "weight_gradient"])
def test_a_batch_norms_part_has_some_channels(direction, monkeypatch):
    monkeypatch.setattr(part, "ELEMENTS", 2 * 4 * 25)
    rng = np.random.default_rng(0)
    tensors = {"input": (4, 6, 5, 5), "grad_output": (4, 6, 5, 5)}
    names = ("running_mean", "running_var", "weight", "bias")
    tensors = {"input": (4, 6, 5, 5), **dict.fromkeys(names, (6,)), "grad_output": (4, 6, 5, 5)}
    tensors = {k: rng.random(e).astype(np.float32) + np.float32(0.5) for k, e in tensors.items()}
    whole, expected, own = whole_and_part("batch_norm", direction, tensors, {"training": True}, 1)
    assert own.size == whole.size // 3
    np.testing.assert_allclose(own, expected, rtol=1e-9, atol=1e-9)


def test_a_pools_part_has_some_images(monkeypatch):
    monkeypatch.setattr(part, "ELEMENTS", 1)
    rng = np.random.default_rng(0)
    sizes = {"input": (3, 2, 6, 6), "grad_output": (3, 2, 3, 3)}
    tensors = {key: rng.standard_normal(each).astype(np.float32) for key, each in sizes.items()}
    whole, expected, own = whole_and_part("max_pool2d", "forward", tensors, {"kernel_size": 2}, 0)
    assert own.shape == (1, 2, 3, 3)
    np.testing.assert_array_equal(own, expected)


def test_a_mean_over_everything_has_no_part():
    sizes = {"input": (30, 4), "target": (30,), "grad_output": ()}
    taken = part.draw("cross_entropy", "forward", sizes, {}, np.random.default_rng(0))
    assert set(taken.tensors.values()) == {()} and taken.result == ()


def test_a_cross_entropys_gradient_has_a_part_with_the_same_numbers(monkeypatch):
    monkeypatch.setattr(part, "ELEMENTS", 30)
    tensors = {**scores(24, 10), "grad_output": np.float32(0.3).reshape(())}
    sizes = {name: each.shape for name, each in tensors.items()}
    rng = np.random.default_rng(1)
    taken = part.draw("cross_entropy", "input_gradient", sizes, {}, rng)
    assert taken.scale == 1 / 8 and taken.result[0].stop - taken.result[0].start == 3
    whole, limits = exact.of("cross_entropy", "input_gradient", tensors, {}, "float32", Rounds())
    sliced = {name: each[taken.tensors[name]] for name, each in tensors.items()}
    sliced["grad_output"] = sliced["grad_output"] * np.float32(taken.scale)
    own, limit = exact.of("cross_entropy", "input_gradient", sliced, {}, "float32", Rounds())
    np.testing.assert_allclose(own, whole[taken.result], rtol=1e-12)
    # 24 ones are added up without an error, for which the whole's bound leaves room.
    assert (limit < limits[taken.result]).all() and (limit > limits[taken.result] / 4).all()


def test_a_mean_of_weighted_or_ignored_rows_has_no_part(monkeypatch):
    monkeypatch.setattr(part, "ELEMENTS", 30)
    sizes = {"input": (24, 10), "target": (24,), "grad_output": ()}
    for more, options in (({"weight": (10,)}, {}), ({}, {"ignore_index": 3})):
        rng = np.random.default_rng(0)
        taken = part.draw("cross_entropy", "input_gradient", sizes | more, options, rng)
        assert taken.scale == 1 and taken.result == ()


def test_a_mean_in_pieces_is_the_mean_of_all_rows(monkeypatch):
    monkeypatch.setattr(exact_mean, "PIECE", 40)
    tensors = {**scores(23, 10), "grad_output": np.float32(1).reshape(())}
    given = "cross_entropy", "forward", tensors, {"label_smoothing": 0.1}, "float32", Rounds()
    asked = []
    of_call = exact._of_call

    def noted(*call, **more):
        asked.append(len(call[2]["target"]))
        return of_call(*call, **more)

    monkeypatch.setattr(exact, "_of_call", noted)
    mean, limit = exact.of(*given)
    assert sorted(asked) == [3, *[4] * 5] and mean.shape == limit.shape == ()
    whole, known = of_call(*given)
    np.testing.assert_allclose(mean, whole, rtol=1e-14)
    np.testing.assert_allclose(limit, known, rtol=1e-6)


def scores(n, classes):
    rng = np.random.default_rng(0)
    input = rng.standard_normal((n, classes)).astype(np.float32)
    return {"input": input, "target": rng.integers(0, classes, n)}


def test_a_wider_bound_for_tf32_and_for_winograd():
    rng = np.random.default_rng(0)
    sizes = {"input": (1, 4, 6, 6), "weight": (4, 4, 3, 3), "grad_output": (1, 4, 4, 4)}
    tensors = {key: rng.standard_normal(each).astype(np.float32) for key, each in sizes.items()}
    limits = {
        rounds: exact.of("conv2d", "forward", tensors, {}, "float32", rounds)[1]
        for rounds in (Rounds("tiled"), Rounds("winograd"), Rounds(), Rounds(factors=exact.TF32))
    }
    plain, winograd, any_of_ours, tf32 = limits.values()
    assert (plain < winograd).all() and (any_of_ours >= winograd).all()
    assert (tf32 > 2 * plain).all()
