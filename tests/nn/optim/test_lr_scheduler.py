"""The schedulers against PyTorch's, rate by rate, also when saved and resumed."""

import inspect
import pickle
import warnings

import numpy as np
import pytest
import torch

from crosscheck import nn


def half(epoch):
    return 0.5**epoch


SCHEDULES = [
    ("StepLR", dict(step_size=3)),
    ("StepLR", dict(step_size=1, gamma=0.9)),
    ("CosineAnnealingLR", dict(T_max=5)),  # 20 steps: twice down and up
    ("CosineAnnealingLR", dict(T_max=1, eta_min=0.01)),
    ("ExponentialLR", dict(gamma=0.9)),
    ("MultiStepLR", dict(milestones=[3, 7, 7, 15], gamma=0.5)),
    ("LambdaLR", dict(lr_lambda=half)),
    ("CosineAnnealingWarmRestarts", dict(T_0=4)),
    ("CosineAnnealingWarmRestarts", dict(T_0=3, T_mult=2, eta_min=0.01)),
    ("OneCycleLR", dict(max_lr=0.5, total_steps=20)),
    ("OneCycleLR", dict(max_lr=[0.5, 0.2], epochs=4, steps_per_epoch=5, anneal_strategy="linear")),
    ("OneCycleLR", dict(max_lr=0.5, total_steps=20, three_phase=True, pct_start=0.25)),
    ("OneCycleLR", dict(max_lr=0.5, total_steps=30, cycle_momentum=False, div_factor=10)),
    ("OneCycleLR", dict(max_lr=1, total_steps=20, base_momentum=[0.7, 0.8], max_momentum=0.9)),
]
IDS = [  # a function by its name: the same in every process
    f"{name} { {key: getattr(value, '__name__', value) for key, value in options.items()} }"
    for name, options in SCHEDULES
]
schedules = pytest.mark.parametrize(("name", "options"), SCHEDULES, ids=IDS)
optimizers = pytest.mark.parametrize("optimizer", ["SGD", "AdamW"])


def make(module, name):
    ours = module is nn
    parameters = [
        nn.tensor(np.ones(1), requires_grad=True) if ours else torch.nn.Parameter(torch.ones(1))
        for _ in range(2)
    ]
    groups = [{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.3}]
    return getattr(module.optim, name)(groups, lr=0.1)


def rates_and_momenta(optimizer):
    return [
        (group["lr"], group.get("betas", group.get("momentum"))) for group in optimizer.param_groups
    ]


def run(module, name, options, optimizer, steps):
    made = make(module, optimizer)
    schedule = getattr(module.optim.lr_scheduler, name)(made, **options)
    rates = [rates_and_momenta(made)]
    for _ in range(steps):
        made.step()
        schedule.step()
        rates.append(rates_and_momenta(made))
        assert schedule.get_last_lr() == [lr for lr, _ in rates[-1]]
    return rates


@pytest.mark.parametrize("name", sorted({name for name, _ in SCHEDULES}))
def test_signature_is_torchs(name):
    ours = inspect.signature(getattr(nn.optim.lr_scheduler, name)).parameters
    theirs = inspect.signature(getattr(torch.optim.lr_scheduler, name)).parameters
    assert [(p.name, p.default) for p in ours.values()] == [
        (p.name, p.default) for p in theirs.values()
    ]


@schedules
@optimizers
def test_every_rate_is_torchs(name, options, optimizer):
    ours = run(nn, name, options, optimizer, 19)
    assert ours == run(torch, name, options, optimizer, 19)


@schedules
@optimizers
def test_resumes_from_a_saved_state(name, options, optimizer):
    expected = run(nn, name, options, optimizer, 19)[8:]
    made = make(nn, optimizer)
    schedule = getattr(nn.optim.lr_scheduler, name)(made, **options)
    for _ in range(8):
        schedule.step()
    saved = pickle.loads(pickle.dumps((made.state_dict(), schedule.state_dict())))
    made = make(nn, optimizer)
    schedule = getattr(nn.optim.lr_scheduler, name)(made, **options)
    made.load_state_dict(saved[0])
    schedule.load_state_dict(saved[1])
    rates = [rates_and_momenta(made)]
    for _ in range(11):
        schedule.step()
        rates.append(rates_and_momenta(made))
    assert rates == expected


@schedules
def test_last_epoch_is_torchs(name, options):
    rates = []
    for module in (nn, torch):
        made = make(module, "SGD")
        cls = getattr(module.optim.lr_scheduler, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch warns: the optimizer made no step
            cls(made, **options)
            schedule = cls(made, **options, last_epoch=6)
            rates.append([rates_and_momenta(made)])
            schedule.step()
        rates[-1].append(rates_and_momenta(made))
    assert rates[0] == rates[1]


LR = nn.optim.lr_scheduler


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda o: LR.StepLR(o, 0), ValueError, "StepLR: step_size is 0; expected an integer"),
        (lambda o: LR.StepLR(o, 2, last_epoch=3), KeyError, "StepLR: last_epoch is 3; expected"),
        (lambda o: LR.StepLR("x", 2), TypeError, "StepLR: optimizer is 'str'; expected an nn"),
        (lambda o: LR.CosineAnnealingLR(o, 0), ValueError, "CosineAnnealingLR: T_max is 0"),
        (lambda o: LR.OneCycleLR("x", 1, 2), TypeError, "OneCycleLR: optimizer is 'str'"),
        (lambda o: LR.OneCycleLR(o, 1), ValueError, "OneCycleLR: total_steps is None; expected"),
        (lambda o: LR.OneCycleLR(o, 1, -1), ValueError, "OneCycleLR: total_steps is -1"),
        (lambda o: LR.OneCycleLR(o, 1, 9, pct_start=2.0), ValueError, "pct_start is 2.0"),
        (lambda o: LR.OneCycleLR(o, 1, 9, anneal_strategy="x"), ValueError, "strategy is 'x'"),
        (lambda o: LR.OneCycleLR(o, [1, 2, 3], 9), ValueError, "max_lr is [1, 2, 3]; expected"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call(make(nn, "SGD"))
    assert message in str(raised.value)


def test_one_cycle_refuses_steps_beyond_its_end():
    schedule = LR.OneCycleLR(make(nn, "SGD"), 1.0, 2)
    schedule.step()
    schedule.step()
    with pytest.raises(ValueError, match="OneCycleLR: step is 3; expected at most 2 steps"):
        schedule.step()


METRICS = np.random.default_rng(0).uniform(0.5, 1, 50) / np.arange(1, 51) ** 0.1


@pytest.mark.parametrize(
    "options",
    [
        dict(patience=2),
        dict(patience=1, cooldown=3, factor=0.5, min_lr=[0.02, 0.05]),
        dict(mode="max", patience=3, threshold=0.01, threshold_mode="abs"),
        dict(patience=0, threshold=0.05, eps=0.01),
    ],
)
def test_plateau_is_torchs_over_50_steps(options):
    rates = []
    for module in (nn, torch):
        made = make(module, "SGD")
        schedule = module.optim.lr_scheduler.ReduceLROnPlateau(made, **options)
        own = []
        for metric in METRICS:
            schedule.step(metric)
            own.append(schedule.get_last_lr())
        rates.append(own)
    assert rates[0] == rates[1] and rates[0][0] != rates[0][-1]


@pytest.mark.parametrize(("name", "options"), [each for each in SCHEDULES if "One" not in each[0]])
def test_50_steps_are_torchs(name, options):
    assert run(nn, name, options, "SGD", 50) == run(torch, name, options, "SGD", 50)


def test_warm_restarts_take_fractions_of_epochs():
    rates = []
    for module in (nn, torch):
        made = make(module, "SGD")
        schedule = module.optim.lr_scheduler.CosineAnnealingWarmRestarts(made, 3, 2)
        own = []
        for step in range(40):
            schedule.step(step / 4)
            own.append(schedule.get_last_lr())
        rates.append(own)
    assert rates[0] == rates[1]
