"""Convolution of float32 by wgmma: three TF32 products make one of float32, as in tensor_core_3x.

What it adds to `warp_group` (tensor_cores/group_steps.py has it): images are split in registers,
from which wgmma takes an operand, too; the weights are split once, where they are laid out, and
big and small parts are both in shared memory.

What it gains: a third of what wgmma can give, 165 TFLOP/s of an H200, of which 155 are counted in
the loop, where mma.sync leaves 102 and FFMA has 67.

Numbers: those of `tensor_core_3x`. For compute capability 9.0 and nothing else, and by name only:
it has not been run on a GPU yet.
"""

from functools import partial

from crosscheck.kernels.convolution.tensor_cores import launch
from crosscheck.kernels.convolution.tensor_cores.group_tile import GroupTile
from crosscheck.kernels.convolution.tensor_cores.tile import Kind
from crosscheck.kernels.schedule import Scheduled

TILES = {"float32": (GroupTile(128, 128, Kind.TF32_3X, stages=4, blocks=1, ceiling=2.31),)}


forward = Scheduled(partial(launch.forward, TILES, kernels=launch.BY_GROUPS))
input_gradient = Scheduled(partial(launch.input_gradient, TILES, kernels=launch.BY_GROUPS))
