"""Classifiers for CIFAR-10, as people write them for torch, run here once their imports changed.

Each file beside this one is a paper's architecture in torch's idiom: `full()` is the paper's model,
`small()` a narrow and shallow one, `test()` what its author ran to see it work.
"""

from pathlib import Path

import pytest
import torch

from tests.nn.beside_torch import assert_alike, load, moved

FOLDER = Path(__file__).parent
MODELS = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("test_"))

# Parameters of `full()`, as published for the same widths, depths and numbers of classes. Each stem
# is the smaller one for 32 x 32, which the paper's count is corrected for.
PARAMETERS = {
    "densenet": 769_162,  # DenseNet-BC, L = 100, k = 12: 0.8 M
    "dla": 15_742_104 - 16 * 3 * (49 - 9),  # DLA-34: a stem of 7x7
    "dpn": 37_668_392 - 64 * 3 * (49 - 9),  # DPN-92: a stem of 7x7
    "efficientnet": 5_288_548,  # B0
    "lenet": 62_006,
    "mobilenet": 4_231_976,
    "mobilenetv2": 3_504_872,
    "nin": 966_986,
    "preact_resnet": 1_703_258,  # of 164 layers: 1.7 M
    "regnet": 3_162_996,  # RegNetY-200MF
    "resnet": 269_722,  # of 20 layers: 0.27 M
    "resnext": 34_426_698,  # 29 layers, 8x64d: 34.4 M
    "senet": 11_173_962 + (64**2 + 128**2 + 256**2 + 512**2) // 4,  # ResNet-18, squeezed
    "shufflenet": 1_865_728,  # g = 3
    "shufflenetv2": 2_278_604,  # 1x
    "squeezenet": 1_235_496,  # 1.1
    "vgg": 14_728_266,  # VGG-16
    "wide_resnet": 36_479_194,  # WRN-28-10: 36.5 M
    "xception": 22_855_952,
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_model_is_the_papers(name):
    model = load(FOLDER / f"{name}.py").full()
    assert sum(parameter.numel() for parameter in model.parameters()) == PARAMETERS[name]


@pytest.mark.parametrize("name", MODELS)
def test_a_model_with_its_imports_changed_is_torchs(name, capsys):
    torch.manual_seed(0)
    ours, theirs = (load(FOLDER / f"{name}.py", change) for change in (moved, str))
    for module in (ours, theirs):
        module.test()
    assert capsys.readouterr().out
    assert_alike(ours.small(), theirs.small(), 2, 3, 32, 32)


def test_there_are_22():
    assert len(MODELS) == 22
