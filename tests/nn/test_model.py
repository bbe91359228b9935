"""Code written for PyTorch runs here once its imports are changed."""

import numpy as np
import pytest
import torch

from crosscheck import nn

MODEL = """
class SimpleCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels=3, out_channels=16, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)
        self.fc = nn.Linear(16 * 16 * 16, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = self.pool(x)
        x = flatten(x, 1)
        return self.fc(x)
"""
TORCH = "import torch.nn as nn\nimport torch.nn.functional as F\nfrom torch import flatten\n"
OURS = TORCH.replace("torch.nn", "crosscheck.nn").replace("from torch", "from crosscheck.nn")
TRAINING = """
optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
criterion = nn.CrossEntropyLoss()
losses = []
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(images), classes)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
"""


def model_from(imports):
    scope = {"__name__": "script"}
    exec(imports + MODEL, scope)
    return scope, scope["SimpleCNN"]()


def images(dtype=np.float32):
    return np.random.default_rng(0).standard_normal((4, 3, 32, 32)).astype(dtype)


def test_simple_cnn_gives_torchs_logits():
    (_, ours), (_, theirs) = model_from(OURS), model_from(TORCH)
    assert repr(ours) == repr(theirs)
    ours.load_state_dict(theirs.state_dict())
    logits = ours(nn.tensor(images()))
    expected = theirs(torch.from_numpy(images())).detach().numpy()
    assert logits.shape == (4, 10)
    np.testing.assert_allclose(logits.numpy(), expected, rtol=1e-4, atol=1e-5, strict=True)
    ours.double(), theirs.double()
    logits = ours(nn.tensor(images(np.float64)))
    expected = theirs(torch.from_numpy(images(np.float64))).detach().numpy()
    np.testing.assert_allclose(logits.numpy(), expected, rtol=1e-12, atol=1e-13, strict=True)


def test_five_steps_of_training_are_torchs():
    torch.manual_seed(0)  # some weights fit at once: a loss near 0 is a difference of logits
    classes = np.array([1, 3, 3, 7])
    losses, weights = [], []
    ours, theirs = model_from(OURS), model_from(TORCH)
    ours[1].load_state_dict(theirs[1].state_dict())
    for (scope, model), make, optim in (
        (ours, nn.tensor, nn.optim),
        (theirs, torch.tensor, torch.optim),
    ):
        scope |= dict(model=model.double(), images=make(images(np.float64)), classes=make(classes))
        exec(TRAINING, scope | dict(optim=optim), result := {})
        losses.append(result["losses"])
        weights.append([each.detach().numpy() for each in model.parameters()])
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-11)
    for mine, expected in zip(*weights, strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-10, atol=1e-12)
    assert losses[0][-1] < losses[0][0]


@pytest.mark.parametrize("seed", [0, 1])
def test_two_runs_give_the_same_bits(seed):
    def run():
        nn.manual_seed(seed)
        scope, model = model_from(OURS)
        scope |= dict(
            model=nn.Sequential(model, nn.Dropout(0.1)),
            images=nn.tensor(images()),
            classes=nn.tensor(np.array([1, 3, 3, 7])),
        )
        exec(TRAINING, scope | dict(optim=nn.optim), result := {})
        return result["losses"]

    assert run() == run()
