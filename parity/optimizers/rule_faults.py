"""Faults in the formulas of the optimizers that are rules, and in the kernels made of them."""

from functools import partial

from crosscheck.parity.faults.plant import Fault

RULE = "crosscheck.kernels.optimizer.rule"
RMSPROP = "crosscheck.kernels.optimizer.rmsprop"
ADADELTA = "crosscheck.kernels.optimizer.adadelta"
ADAGRAD = "crosscheck.kernels.optimizer.adagrad"
NADAM = "crosscheck.kernels.optimizer.nadam"
OPTIMIZERS = "crosscheck.nn.optim.rules"

_in_foreach = partial(Fault, algorithm="foreach")

FAULTS = (
    Fault(
        "RMSprop is centered with the mean of the step before",
        RMSPROP,
        "        spread = v - m * m",
        "        spread = v - (m - rest * slope) * m",
        "RMSprop",
        "step centered=True",
    ),
    Fault(
        "RMSprop's mean starts from the far end",
        RMSPROP,
        "m = slope - (slope - m) * (real(1) - rest)",
        "m = slope - (slope - m) * rest",
        "RMSprop",
        "step alpha=0.3 centered=True momentum=0.9 weight_decay=0.1 maximize=True",
    ),
    Fault(
        "RMSprop's eps is under the root",
        RMSPROP,
        "math.sqrt(spread) + eps",
        "math.sqrt(spread + eps)",
        "RMSprop",
        "step",
    ),
    Fault(
        "RMSprop's momentum is of the gradient, not divided",
        RMSPROP,
        "b * momentum + slope / divisor",
        "b * momentum + slope",
        "RMSprop",
        "step momentum=0.9",
    ),
    Fault(
        "Adadelta's length is that of this step, not of those before",
        ADADELTA,
        "math.sqrt(u + eps) / math.sqrt(v + eps)",
        "math.sqrt(v + eps) / math.sqrt(u + eps)",
        "Adadelta",
        "step",
    ),
    Fault(
        "Adadelta's mean of changes is of gradients",
        ADADELTA,
        "rest * change * change",
        "rest * slope * slope",
        "Adadelta",
        "step",
    ),
    Fault(
        "Adadelta decays without maximize alone",
        ADADELTA,
        "slope = slope + decay * p",
        "slope = slope - decay * p",
        "Adadelta",
        "step rho=0.5 eps=0.001 weight_decay=0.1 maximize=True",
    ),
    Fault(
        "Adagrad's rate decays by the steps, this one too",
        ADAGRAD,
        "(step - 1) * scalar",
        "step * scalar",
        "Adagrad",
        "step lr_decay=0.5 eps=0.001 weight_decay=0.1 maximize=True",
    ),
    Fault(
        "Adagrad divides by the root of the sum so far",
        ADAGRAD,
        "(math.sqrt(s) + eps)",
        "(math.sqrt(s - slope * slope) + eps)",
        "Adagrad",
        "step",
    ),
    Fault(
        "Adagrad's sum starts with zeros",
        OPTIMIZERS,
        "state_of(each, start)",
        "state_of(each, 0)",
        "Adagrad",
        "first step initial_accumulator_value=0.5 lr_decay=0.5",
    ),
    Fault(
        "NAdam's mean is weighted by the momentum of this step",
        NADAM,
        "lr * following / (1 - product * following)",
        "lr * mu / (1 - product * following)",
        "NAdam",
        "step",
    ),
    Fault(
        "NAdam's momenta before this step are forgotten",
        NADAM,
        "product = mu_product * mu",
        "product = mu",
        "NAdam",
        "step",
    ),
    Fault(
        "NAdam corrects the root, not what is under it",
        NADAM,
        "math.sqrt(v / correction)",
        "math.sqrt(v) / correction",
        "NAdam",
        "step",
    ),
    Fault(
        "NAdam decays the gradient, too, where decay is decoupled",
        NADAM,
        "(1 - lr * decay, 0.0) if",
        "(1 - lr * decay, decay) if",
        "NAdam",
        "step weight_decay=0.1 decoupled_weight_decay=True",
    ),
    _in_foreach(
        "the third state of a quad is the second",
        RULE,
        "third = load_quad(c, at)",
        "third = load_quad(b, at)",
        "RMSprop",
        "step alpha=0.3 centered=True momentum=0.9 weight_decay=0.1 maximize=True",
    ),
    _in_foreach(
        "the second of a quad gets the first state of the third",
        RULE,
        "return (p0, p1, p2, p3), (a0, a1, a2, a3)",
        "return (p0, p1, p2, p3), (a0, a2, a2, a3)",
        "Adadelta",
        "step",
    ),
    Fault(
        "a state that there is none of is written where another is",
        RULE,
        "        if has_b:\n            b[i] = second",
        "        if has_a:\n            a[i] = second",
        "NAdam",
        "step",
        algorithm="direct",
    ),
)
