"""A run measures each case once and reports its progress."""

from crosscheck.benchmarks.cpu_device import run, simulator, waiting


def test_a_case_and_one_that_the_simulator_cannot_run(monkeypatch):
    names = ["saxpy", "scan, shuffles"]
    simulated = []

    def times(given):
        simulated.extend(given)
        yield from ((name, 60.0) for name in given)

    monkeypatch.setattr(simulator, "times", times)
    monkeypatch.setattr(waiting, "costs", lambda: {"barrier": 1.0})
    monkeypatch.setattr(
        run, "shortest_times", lambda name, problem, which, **_: {each: 2.0 for each in which}
    )
    steps = []
    results, costs = run.run(names, steps.append)
    assert simulated == ["saxpy"] and costs == {"barrier": 1.0}
    assert [(r.name, r.simulator, r.device_small, r.device_large, r.loop) for r in results] == [
        ("saxpy", 60.0, 2.0, 2.0, 2.0),
        ("scan, shuffles", None, 2.0, 2.0, 2.0),
    ]
    assert len(steps) == run.steps(names)
