"""The gallery: examples that run on the CPU device in minutes, and one page of what they drew.

    make gallery                                   # all of them
    python -m crosscheck.examples.gallery --only checkerboard

An example is a file of `crosscheck.examples` with a command of its own. It writes what there is to
show into a folder, as an `Exhibit`.
"""

EXAMPLES = (  # modules of crosscheck.examples, in the order of the page
    "photograph_filters",
    "convolution_matrix",
    "train_digits",
    "adversarial_digits",
    "checkerboard",
    "shifted_digits",
    "segment_shapes",
    "detect_shapes",
)
