"""What several commands let one choose among."""

from enum import StrEnum

from crosscheck.benchmarks.row import DIRECTIONS

Direction = StrEnum("Direction", DIRECTIONS)
Layout = StrEnum("Layout", ("nchw", "nhwc"))
Device = StrEnum("Device", ("cpu", "cuda"))
