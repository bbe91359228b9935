"""One step of an optimizer on one parameter: `kernels.optimizer.sgd`, `adam` and `adamw`."""

from crosscheck.kernels.optimizer import adam, adamw, sgd

__all__ = ["adam", "adamw", "sgd"]
