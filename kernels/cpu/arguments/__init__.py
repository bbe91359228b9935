"""What a launch is given: types, packing, declared signatures, device memory."""
