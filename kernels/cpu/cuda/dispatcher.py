"""numba.cuda.dispatcher, for scripts that ask whether cuda.jit has made something."""

from ..functions.device_function import DeviceFunction
from ..launch.dispatcher import Dispatcher

CUDADispatcher = Dispatcher | DeviceFunction  # isinstance() takes it
