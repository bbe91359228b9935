"""What a call costs the host before its kernel is launched on a GPU; measured without one."""
