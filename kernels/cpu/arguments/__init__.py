"""The arguments of a launch: their numba types, declared signatures, packing, device memory."""
