"""numba.cuda.dispatcher, for scripts that ask whether cuda.jit has made something."""

from crosscheck.kernels.cpu.device_function import DeviceFunction
from crosscheck.kernels.cpu.dispatcher import Dispatcher

CUDADispatcher = Dispatcher | DeviceFunction  # isinstance() takes it
