"""Which rows a run has, and in which order."""

from crosscheck.benchmarks.protocol import roofline
from crosscheck.benchmarks.run.plan import DEFAULT, Choice, summary, tasks
from crosscheck.benchmarks.suites import SUITES


def test_what_tells_most_comes_first():
    found = tasks(Choice(suites=("resnet50",), device="cuda", peers=("torch", "compile")))
    stages = [each.stage for each in found]
    assert stages == sorted(stages) and set(stages) == set(range(6))
    first = [each for each in found if each.stage == 0]
    assert {(each.direction, each.peer, each.algorithm) for each in first} == {
        ("forward", "torch", ""),
        ("forward", "", DEFAULT),
    }
    takes = [each.layer.count * roofline.flops(each.layer) for each in first]
    assert takes == sorted(takes, reverse=True)
    assert {each.peer for each in found if each.stage >= 4} == {"compile"}
    assert found[0].layer is found[1].layer  # beside each other: they share arrays


def test_a_choice_leaves_only_what_it_names():
    found = tasks(Choice(op="conv2d", direction="weight_gradient", algorithm="tiled"))
    assert {each.layer.op for each in found} == {"conv2d"}
    assert {each.direction for each in found} == {"weight_gradient"}
    assert {each.algorithm for each in found if not each.peer} == {"tiled"}
    assert tasks(Choice(suites=("ladder",), op="relu")) == []


def test_layers_are_cut_down_on_a_cpu_only():
    on_cpu, on_gpu = (tasks(Choice(suites=("ladder",), device=d))[0] for d in ("cpu", "cuda"))
    assert on_gpu.layer.inputs["input"] == (32, 128, 28, 28)
    assert on_cpu.layer.inputs["input"] == (2, 8, 28, 28)


def test_only_images_have_another_layout():
    found = tasks(Choice(suites=("memory-bound",), layouts=("nhwc",), peers=()))
    assert found and {each.layer.name for each in found}.isdisjoint({"softmax", "cross entropy"})


def test_a_column_that_would_say_nothing_is_left_out():
    peers = "torch", "torch-tf32", "torch-deterministic"
    assert {each.peer for each in tasks(Choice(SUITES, peers=peers)) if each.peer} == {"torch"}
    on_gpu = tasks(Choice(suites=("memory-bound",), device="cuda", peers=peers))
    assert "torch-tf32" not in {each.peer for each in on_gpu}  # no products there


def test_steps_and_calls_have_pytorch_beside_them_on_a_gpu():
    peers = "torch", "torch-tf32", "compile", "torch-graph"
    found = tasks(Choice(suites=("training", "launch"), device="cuda", peers=peers))
    step = [each.peer for each in found if each.layer.name == "ResNet18"]
    assert sorted(step) == ["", "compile", "crosscheck-graph", "torch", "torch-graph"]
    relu = [(each.direction, each.peer) for each in found if each.layer.name == "F.relu"]
    assert relu == [("to_first_launch", ""), ("whole_call", ""), ("whole_call", "torch")]
    on_cpu = tasks(Choice(suites=("launch",), peers=peers))
    assert on_cpu and not any(each.peer for each in on_cpu)
    assert not tasks(Choice(suites=("training", "launch"), op="conv2d"))


def test_what_is_left_is_a_line_for_each_suite_and_direction():
    found = tasks(Choice(suites=("convnet",), algorithm="tiled"))
    done = 7  # of forward's ten: five layers by two
    assert summary(found[done:], found) == [
        f"convnet, forward, layers: {_left(found[done:])}",
        "convnet, input_gradient: everything",
        "convnet, weight_gradient: everything",
    ]
    assert summary([], found) == []


def _left(found):
    forward = [each for each in found if each.direction == "forward"]
    whom = dict.fromkeys(each.peer or "tiled nchw" for each in forward)
    assert len(forward) == 3
    return ", ".join(
        f"{who} {sum((each.peer or 'tiled nchw') == who for each in forward)} of 5" for who in whom
    )
