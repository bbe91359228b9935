"""The optimizers, the options that their steps are taken with, and the state that these need."""

from collections.abc import Mapping
from typing import Any

OPTIONS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "SGD": (
        {},
        {"weight_decay": 0.1, "maximize": True},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 1.0, "weight_decay": 0.01},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01, "maximize": True},
    ),
    "Adam": (
        {},
        {"betas": (0.0, 0.9)},
        {"betas": (0.3, 0.7), "weight_decay": 0.1, "maximize": True},
        {"amsgrad": True},
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
    "AdamW": (
        {},
        {"betas": (0.3, 0.7), "amsgrad": True, "maximize": True},
        {"weight_decay": 0.0},
    ),
    "RMSprop": (
        {},
        {"alpha": 0.3, "weight_decay": 0.1, "maximize": True},
        {"momentum": 0.9},
        {"centered": True},
        {"alpha": 0.3, "centered": True, "momentum": 0.9, "weight_decay": 0.1, "maximize": True},
    ),
    "Adadelta": ({}, {"rho": 0.5, "eps": 1e-3, "weight_decay": 0.1, "maximize": True}),
    "Adagrad": ({}, {"lr_decay": 0.5, "eps": 1e-3, "weight_decay": 0.1, "maximize": True}),
    "NAdam": (
        {},
        {"betas": (0.3, 0.7), "momentum_decay": 0.5, "weight_decay": 0.1, "maximize": True},
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
}
FIRST_STEPS: Mapping[str, dict[str, Any]] = {
    "SGD": {"momentum": 0.9, "dampening": 0.5},
    "Adam": {"amsgrad": True},
    "AdamW": {},
    "RMSprop": {"centered": True, "momentum": 0.9},
    "Adadelta": {},
    "Adagrad": {"initial_accumulator_value": 0.5, "lr_decay": 0.5},
    "NAdam": {},
}
SQUARES = ("exp_avg_sq", "max_exp_avg_sq", "square_avg", "acc_delta", "sum")  # never negative


def state_of(optimizer: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the arrays of state that a step with these options reads."""
    if optimizer == "Adadelta":
        return "square_avg", "acc_delta"
    if optimizer == "Adagrad":
        return ("sum",)
    names = {"SGD": (), "RMSprop": ("square_avg",)}.get(optimizer, ("exp_avg", "exp_avg_sq"))
    wanted = {"amsgrad": "max_exp_avg_sq", "centered": "grad_avg", "momentum": "momentum_buffer"}
    return names + tuple(name for option, name in wanted.items() if options.get(option))


def counts_of(optimizer: str) -> tuple[str, ...]:
    """Return the names of the numbers in the state of a parameter."""
    if optimizer == "SGD":
        return ()
    return ("step", "mu_product") if optimizer == "NAdam" else ("step",)
