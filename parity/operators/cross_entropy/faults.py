"""Faults in cross_entropy: the tree, the mean and the arguments."""

from crosscheck.parity.faults.plant import Fault

TREE = "crosscheck.kernels.loss.cross_entropy.tree"
CLASSES = "crosscheck.kernels.loss.cross_entropy.classes"
DIVISOR = "crosscheck.kernels.loss.cross_entropy.divisor"
PROBLEM = "crosscheck.kernels.loss.cross_entropy.problem"
REDUCTION = "crosscheck.kernels.loss.reduction"

FAULTS = (
    Fault(
        "the tree adds up one class a thread",
        TREE,
        "range(t, C, THREADS):\n                        smooth",
        "range(t, C, C):\n                        smooth",
        "cross_entropy",
        "classes-300-all",
    ),
    Fault(
        "only one thread's classes are in the loss",
        TREE,
        "value = block_sum(scratch, t, value)",
        "value = value + real(0)",
        "cross_entropy",
        "probabilities-300",
    ),
    Fault(
        "the tree's gradient sums one thread's probabilities",
        TREE,
        "        whole = block_sum(scratch, t, whole)\n",
        "",
        "cross_entropy",
        "probabilities-300",
    ),
    Fault(
        "the tree's target gradient has one class a thread",
        TREE,
        "range(t, C, THREADS):\n            dq",
        "range(t, C, C):\n            dq",
        "cross_entropy",
        "probabilities-300",
    ),
    Fault(
        "an ignored target counts in the mean",
        CLASSES,
        "if t != ignore and is_class(t, classes):",
        "if is_class(t, classes):",
        "cross_entropy",
        "ignored-class",
    ),
    Fault(
        "the mean divides by the number of rows, not by their weights",
        DIVISOR,
        "target_weights(target, w, np",
        "target_weights(target, none, np",
        "cross_entropy",
        "classes-mean-weighted",
    ),
    Fault(
        "the mean over probabilities divides by the weights of nothing",
        DIVISOR,
        "float(this.rows * this.positions if this.classes else 0)",
        "float(this.rows)",
        "cross_entropy",
        "images-probabilities",
    ),
    Fault(
        "smoothing is shared by one class too many",
        PROBLEM,
        "return self.label_smoothing / self.classes",
        "return self.label_smoothing / (self.classes + 1)",
        "cross_entropy",
        "smooth-1",
    ),
    Fault(
        "a number that is no class is accepted",
        "crosscheck.kernels.in_range",
        "if wrong.size:",
        "if False:",
        "cross_entropy",
        "rejects-a-class-too-large",
    ),
    Fault(
        "smoothing may exceed 1",
        PROBLEM,
        "if not 0.0 <= label_smoothing <= 1.0:",
        "if not 0.0 <= label_smoothing:",
        "cross_entropy",
        "rejects-smoothing-above-1",
    ),
    Fault(
        "the last sum stops after one term a thread",
        REDUCTION,
        "index(terms.shape[0]), THREADS",
        "index(terms.shape[0]), index(terms.shape[0])",
        "cross_entropy",
        "rows-129",
    ),
)
