"""numba.cuda.models for extensions: how a type lies in memory."""

from numba.core.datamodel.models import *  # noqa: F403
from numba.core.extending import register_model  # noqa: F401
