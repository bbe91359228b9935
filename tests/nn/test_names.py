"""PyTorch's names: each expression, as text, evaluated with `torch` and with ours in its place."""

import numpy as np
import pytest
import torch

import crosscheck.nn

LIBRARIES = {"ours": crosscheck.nn, "torch": torch}

# x (2, 3, 4), y (3, 1), m (4, 5), b (2, 4, 3) and v (4) require a gradient; n is int64 (2, 3),
# k are classes (6), mask booleans (2, 3, 4), i and j numbers of rows.
EXPRESSIONS = """
x.view(6, 4) * 2
x.view(-1)
x.view((2, 12))
x.transpose(1, 2).reshape(2, 12)
x.view_as(b)
x.view(x.size(0), -1)
torch.reshape(x, (4, 6))
torch.flatten(x, 1)
torch.cat([x, x * 2], 1)
torch.cat((x, b.transpose(1, 2)), dim=-1)
torch.cat([x, n.unsqueeze(2)], 2)
torch.stack([x, x * x])
torch.stack([y, y], dim=2)
x.split(2, 1)
x.split([1, 2], 1)
torch.split(x, 3, dim=2)
x.chunk(3, 2)
torch.chunk(x, 2)
x.transpose(0, 1)
torch.transpose(x, -1, 0)
x.permute(2, 0, 1)
torch.permute(x, (0, 2, 1))
x.permute(0, 2, 1).contiguous()
x.contiguous() * 1
m.t()
m.T @ m
y.squeeze()
y.squeeze(1)
x.squeeze(1)
v.unsqueeze(0)
torch.unsqueeze(v, -1)
y.expand(3, 4)
y.expand(2, -1, 4)
y.expand_as(x)
v.repeat(2, 3)
x.repeat(1, 2, 1)
x.flip(0, 2)
torch.flip(x, [1])
x[0]
x[:, 1]
x[..., 1:3]
x[:, None, 0]
x[1, 2, 3]
x[-1, :, ::2]
x[0][1][2]
x[i]
x[:, i]
x[[0, 0, 1]]
x[i, :, j[:2]]
x[i, :, i]
x[mask]
x[mask[0, 0, 0]]
x[x > 0]
x[:, i, :, None]
x[0:0]
torch.take(x, n)
x.take(n - 24)
x.index_select(1, i)
x.gather(2, n.unsqueeze(2))
torch.stack([each * 2 for each in x])
torch.stack(list(x.unbind(2)))
x.narrow(1, 1, 2)
x.select(1, -1)
x.clone() * 3
x.detach() * x
x.data * x
x / y
x / 2
3 / x
1 / v
x / n.unsqueeze(2)
x - 1.5
2 - x
-x
x + n.unsqueeze(2)
n + 1
n * n
n / 2
n - 0.5
n + mask[:, :, 0]
x @ m
torch.mm(x[0], m)
torch.matmul(x, m)
torch.matmul(x, b)
torch.matmul(v, m)
v @ v
x @ v
torch.bmm(x, b)
torch.matmul(v, b.transpose(1, 2).unsqueeze(0).transpose(-1, -2).transpose(-1, -2).transpose(2, 3))
x == x
x.eq(y)
x > 0
x >= y
0 < x
x != 1
n == n[0]
(n == 2).sum()
(n == 2).sum().item()
(n > 1) & (n < 4)
~(n > 1) | (n == 3)
(n.float() > 1.5).float().mean()
torch.where(x > 0, x, y)
torch.where(mask, x, 0.0)
torch.where(mask, 1.0, x)
x.masked_fill(mask, -2.0)
x.max()
x.min()
torch.max(x, 1)
torch.max(x, 2, True)
torch.max(x, dim=1)[1]
torch.min(x, -1)
x.max(1).values
torch.max(x, y)
torch.min(x, y * 0.5)
torch.maximum(n, n.flip(0))
n.max()
n.max(1)
n.argmax(1)
x.amax((0, 2))
x.amin(1, keepdim=True)
v[0].max()
v[0].amin(0)
v[0].argmax()
v[0].max(0)
x.argmax()
x.argmax(1)
torch.argmax(x, dim=2, keepdim=True)
x.argmin(0)
x.sum()
x.sum(1)
torch.sum(x, (0, 2), keepdim=True)
n.sum()
n.sum(0)
mask.sum()
x.mean((1, 2))
x.mean(2, keepdim=True)
torch.mean(x)
x.var()
x.var(1)
x.var((0, 2), unbiased=False)
torch.var(x, dim=1, keepdim=True)
x.std()
x.std(1)
torch.std(x, dim=(0, 2), keepdim=True, correction=0)
torch.ones_like(x).requires_grad_().std(1)
x.norm()
x.norm(2, 1)
x.norm(p=1, dim=2, keepdim=True)
x.norm(float('inf'), dim=1)
x.norm(3, (0, 1))
x.norm(0.5, dim=-1)
x * x.norm(0, dim=1, keepdim=True)
x.norm(float('-inf'))
torch.norm(x)
torch.norm(x, 'fro', dim=(0, 2), keepdim=True)
torch.linalg.vector_norm(x, ord=1.5, dim=1)
(x - x).norm()
x ** 2
x // 0.75
7 // (x + 0.1)
torch.div(x, 0.3, rounding_mode='trunc') * x
x.pow(3)
(x.abs() + 1) ** x
2 ** x
torch.pow(x.abs() + 1, x)
abs(x)
(x.abs() + 1).log()
torch.exp(x) * torch.sqrt(x * x + 1)
x.clamp(-1, 1)
torch.clamp(x, min=0)
x.sigmoid() * x.tanh()
x.softmax(1)
torch.softmax(x, dim=-1)
x.log_softmax(2)
mask.any()
mask.all(1)
x.size()
x.size(1)
x.size()[1:]
x.shape
x.dim()
x.ndim
x.numel()
x.size().numel()
len(x)
x.dtype
x.float().dtype
n.float()
n.double()
x.float()
x.long()
x.int()
n.bool()
n.type(torch.float32)
n.type_as(x)
x.to(torch.float32)
x.to(n)
x.cpu() * 1
x.to(torch.device('cpu')) * 1
x.is_leaf
x.tolist()
x.is_contiguous()
x.transpose(0, 1).is_contiguous()
torch.zeros(2, 3)
torch.zeros((2, 3), dtype=torch.long)
torch.ones(3, dtype=torch.float64)
torch.full((2, 2), 3)
torch.full((2,), 0.5)
torch.zeros_like(x)
torch.ones_like(n)
torch.full_like(n, 3)
torch.arange(5)
torch.arange(1, 2, 0.25)
torch.arange(5, 1, -2)
torch.linspace(0, 1, 5)
torch.eye(3)
torch.eye(2, 3)
torch.randn(2, 3).shape
torch.rand(4).dtype
torch.randn_like(x).shape
torch.randint(0, 5, (2, 3)).dtype
torch.randperm(4).sum()
torch.from_numpy(array)
torch.tensor([1.0, 2.0])
F.one_hot(k)
F.one_hot(k, num_classes=7)
torch.isnan(x)
torch.floor(x)
x.round()
x.ceil() * x
torch.sign(x)
F.pad(x, (1, 2))
F.pad(x, (1, 0, 0, 2), "constant", 3.5)
F.pad(x, (-1, 2, 1, -1), value=2)
F.pad(x, (0, 0, 1, 1, 2, 0))
F.pad(x, (1, 2), mode="reflect")
F.pad(x, (1, 1, 2, 1), mode="replicate")
F.pad(x, (1, 1, 2, 1), mode="circular")
torch.equal(x, x * 1)
torch.allclose(x, x + 1e-12)
torch.logical_not(n)
torch.Size([2, 3])
"""


def integers(seed, *shape):
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(np.float64)


def names(library):
    """Return what an expression may name, and the tensors that require a gradient."""

    def make(array):
        return library.from_numpy(array.copy())

    arrays = {
        "x": np.random.default_rng(0).permutation(24).reshape(2, 3, 4) / 4.0 - 2.9,
        "y": integers(1, 3, 1) + 0.5,
        "m": integers(2, 4, 5),
        "b": integers(3, 2, 4, 3),
        "v": integers(4, 4) + 0.25,
    }
    leaves = {name: make(array).requires_grad_() for name, array in arrays.items()}
    constants = {
        "n": make(np.array([[0, 2, 1], [3, 2, 0]])),
        "k": make(np.array([0, 2, 1, 3, 3, 0])),
        "mask": make(arrays["x"] > -1),
        "i": make(np.array([1, 0])),
        "j": make(np.array([3, 0, 3])),
        "array": np.arange(3.0),
    }
    return {
        "torch": library,
        "nn": library.nn,
        "F": library.nn.functional,
        **leaves,
        **constants,
    }, leaves


def plain(value, library):
    """Return a result without its library."""
    if isinstance(value, library.Tensor):
        return value.detach().numpy()
    if isinstance(value, (tuple, list)):
        return [plain(each, library) for each in value]
    if isinstance(value, (torch.dtype, np.dtype)):
        return str(value).removeprefix("torch.")
    return value


def outputs(value, library):
    """Return the tensors of a result that require a gradient."""
    many = value if isinstance(value, (tuple, list)) else [value]
    return [each for each in many if isinstance(each, library.Tensor) and each.requires_grad]


def evaluated(text, library):
    """Return a result, and the gradients of the leaves of a random sum of its elements."""
    known, leaves = names(library)
    result = eval(text, known)
    for seed, each in enumerate(outputs(result, library)):
        each.backward(library.from_numpy(integers(seed, *each.shape)).to(each.dtype))
    gradients = {name: each.grad for name, each in leaves.items()}
    return plain(result, library), {
        name: None if each is None else each.numpy() for name, each in gradients.items()
    }


def assert_equal(ours, theirs):
    if isinstance(theirs, np.ndarray):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-14, strict=True)
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_equal(one, other)
    else:
        assert ours == theirs


@pytest.mark.parametrize("text", EXPRESSIONS.strip().splitlines())
def test_is_torchs(text):
    (ours, our_gradients), (theirs, gradients) = (
        evaluated(text, library) for library in LIBRARIES.values()
    )
    assert_equal(ours, theirs)
    for name, gradient in gradients.items():
        assert (our_gradients[name] is None) == (gradient is None), name
        if gradient is not None:
            assert_equal(our_gradients[name], gradient)


# Statements on h = x * 2, which is no leaf; h, x and w = v * 3 are compared.
STATEMENTS = """
h.add_(y)
h += 1
h -= y
h *= 2
h *= y
h /= y
h.mul_(3).div_(2).sub_(1)
h.clamp_(-1, 1)
h.pow_(2).sqrt_()
h.exp_()
h.relu_()
h.zero_()
h.fill_(2)
h.copy_(y)
h.masked_fill_(mask, 0.0)
h[0] = 1
h[:, 1] = w
h[mask] = 3
h[i] = w
h[0, 0, 0] = w[1]
h[..., 1:3] += y
h[0] += w
h = h * h; h += w
h = torch.zeros(2, 3, 4, dtype=torch.float64); h[1] = w
h = torch.zeros(4, dtype=torch.float64); h += w
h = h.view(6, 4); h[1] = w
h.data.zero_()
h.detach()[0] = 5
with torch.no_grad(): x -= y * 2
with torch.no_grad(): x[0] = 1
x.data = x.data * 2; h = x * 3
x.data.mul_(0.5)
h = h.to('cuda' if torch.cuda.is_available() else 'cpu')
a, c = h[0], h[1]; h = a * c
for row in h: h = row
"""


@pytest.mark.parametrize("text", STATEMENTS.strip().splitlines())
def test_a_statement_does_what_torchs_does(text):
    results = []
    for library in LIBRARIES.values():
        known, leaves = names(library)
        known |= {"h": leaves["x"] * 2, "w": leaves["v"] * 3}
        exec(text, known)
        h = known["h"]
        if h.requires_grad:
            h.backward(library.from_numpy(integers(7, *h.shape)))
        gradients = [each.grad for each in leaves.values()]
        values = [h, known["w"], known["x"], *(each for each in gradients if each is not None)]
        results.append(plain(values, library) + [each is None for each in gradients])
    assert_equal(*results)


ERRORS = """
x.view(5, 5)
x.transpose(0, 1).view(24)
x.permute(0, 1)
x.permute(0, 0, 1)
x.transpose(0, 3)
x.t()
x.unsqueeze(4)
x.squeeze(3)
x.expand(2, 3, 5)
x.expand(3, 4)
x.narrow(1, 2, 2)
x.select(0, 2)
x.split([1, 1], 1)
x.split(0, 1)
x.chunk(0)
torch.cat([])
torch.cat([x, y])
torch.cat([v, x])
torch.stack([x, y])
x[2]
x[0, 0, 0, 0]
x[::-1]
x[torch.tensor([0, 2])]
torch.take(x, torch.tensor([24]))
x @ y
torch.mm(x, m)
torch.bmm(x, m)
torch.matmul(x, m.t())
torch.max(x, 3)
x[:, 0:0].max(1)
x[0:0].max()
x.repeat(2)
x.flip(0, 0)
x.item()
bool(x)
n.requires_grad_()
torch.zeros(-1)
F.one_hot(k, 3)
x.mul_(2)
v[0].add_(1)
x.clone().add_(b.unsqueeze(0))
(x * 1).copy_(m)
torch.device('gpu')
torch.arange(3, 1)
x.to('gpu')
F.pad(x, (1, 2, 3))
F.pad(x, (-2, -3))
F.pad(x, (9, 9, 9, 9), mode='reflect')
"""


REFUSALS = ValueError, TypeError, IndexError, RuntimeError


@pytest.mark.parametrize("text", ERRORS.strip().splitlines())
def test_what_torch_refuses_is_refused_by_name(text):
    with pytest.raises(REFUSALS):
        eval(text, names(torch)[0])
    with pytest.raises(REFUSALS, match=r"^\w+: .+ (is .*; expected|requires grad)"):
        eval(text, names(crosscheck.nn)[0])
