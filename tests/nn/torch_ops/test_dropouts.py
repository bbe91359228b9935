"""dropout under PyTorch's rules for random numbers: seeds, checkpoints, compiled graphs, vmap."""

import pytest
import torch
from torch.utils.checkpoint import checkpoint

from crosscheck.kernels import dropout as kernels
from crosscheck.nn import torch_ops
from crosscheck.nn.torch_ops import dropouts

X = torch.randn(40, 30, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
P = 0.3


def seeded(function, *arguments, seed=5):
    torch.manual_seed(seed)
    return function(*arguments)


def test_the_kernel_gets_a_seed_from_torchs_generator():
    y = seeded(torch_ops.dropout, X, P)
    seed = seeded(torch.randint, 2**63 - 1, ())
    assert seed > 2**32, "draw another: this one would not show a seed cut to 32 bits"
    assert torch.equal(y, torch.from_numpy(kernels.forward(X.numpy(), P, seed=int(seed))))
    assert 0.2 < (y == 0).double().mean() < 0.4


def test_every_call_drops_other_elements_until_the_seed_is_set_again():
    first, second = seeded(torch_ops.dropout, X), torch_ops.dropout(X)
    assert not torch.equal(first, second)
    assert torch.equal(first, seeded(torch_ops.dropout, X))
    with torch.random.fork_rng():
        torch_ops.dropout(X)
    assert torch.equal(second, torch_ops.dropout(X))


def test_the_gradient_drops_what_the_output_drops_at_any_order():
    x, dy = X.clone().requires_grad_(), X.flip(0).clone().requires_grad_()
    y = torch_ops.dropout(x, P)
    factor = (y != 0) / (1 - P)
    (dx,) = torch.autograd.grad(y, x, dy, create_graph=True)
    (ddy,) = torch.autograd.grad(dx, dy, X)
    torch.testing.assert_close(dx, dy * factor)
    torch.testing.assert_close(ddy, X * factor)


@pytest.mark.parametrize("options", [{"training": False}, {"p": 0.0}, {"p": 0}])
def test_where_nothing_is_dropped_the_input_itself_comes_back_and_no_seed_is_drawn(options):
    state = torch.get_rng_state()
    assert torch_ops.dropout(X, **options) is X
    assert torch.equal(torch.get_rng_state(), state)


def test_in_place():
    x = X.clone()
    assert seeded(lambda: torch_ops.dropout(x, P, inplace=True)) is x
    assert torch.equal(x, seeded(torch_ops.dropout, X, P))


def twice(x):
    return torch_ops.dropout(torch.cos(torch_ops.dropout(x, P)), P)


def outcome(function):
    x = X.clone().requires_grad_()
    y = seeded(function, x)
    return y, *torch.autograd.grad(y, x, X.flip(1))


def checkpointed(x):
    return checkpoint(twice, x, use_reentrant=False)


@pytest.mark.parametrize("reentrant", [True, False])
def test_a_checkpoint_draws_the_same_seeds_again(reentrant):
    def backward(x):
        y = checkpoint(twice, x, use_reentrant=reentrant)
        torch_ops.dropout(x)  # moves the generator on between the two forward passes
        y.backward(X.flip(1))
        return y

    x = X.clone().requires_grad_()
    y, (expected, gradient) = seeded(backward, x), outcome(twice)
    assert torch.equal(y, expected) and torch.equal(x.grad, gradient)


# Backend "eager" runs a checkpoint without its random state, PyTorch's own dropout in it, too.
@pytest.mark.parametrize(
    ("function", "backend"),
    [(twice, "eager"), (twice, "aot_eager"), (checkpointed, "aot_eager")],
)
def test_one_graph_draws_what_eager_mode_draws(function, backend):
    torch._dynamo.reset()
    compiled = torch.compile(function, backend=backend, fullgraph=True)
    first, expected = outcome(compiled), outcome(twice)
    for ours, theirs in zip(first, expected, strict=True):
        assert torch.equal(ours, theirs)
    assert not torch.equal(compiled(X.clone().requires_grad_()), first[0])


def test_vmap_asks_how_random_it_may_be():
    def rows(randomness):
        return torch.vmap(lambda x: torch_ops.dropout(x, P), randomness=randomness)(
            torch.ones(9, 64)
        )

    same, different = rows("same"), rows("different")
    assert (same == same[0]).all() and not (different == different[0]).all()
    with pytest.raises(RuntimeError, match="randomness"):
        rows("error")


def test_the_seed_stays_in_the_computers_own_memory():
    with pytest.raises(
        TypeError, match="dropout: seed.dtype is torch.float64; expected torch.int64"
    ):
        dropouts.forward(X, P, torch.zeros((), dtype=torch.float64))
    y = dropouts.forward(X.to("meta"), P, torch.zeros((), dtype=torch.int64))
    assert y.is_meta and y.shape == X.shape
