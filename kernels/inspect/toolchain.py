"""The parts of the CUDA compiler: where they are, and of which version."""

from importlib.metadata import PackageNotFoundError, version

DISTRIBUTIONS = {
    "nvvm": "nvidia-nvvm",
    "nvrtc": "nvidia-cuda-nvrtc",
    "nvJitLink": "nvidia-nvjitlink",
    "nvdisasm": "nvidia-cuda-nvdisasm",
}


def versions() -> dict[str, str | None]:
    """Return each part's version, its path where pip did not install it, None where it is missing.

    The result is empty without numba-cuda, which depends on the package that finds them.
    """
    try:
        from cuda import pathfinder
    except ImportError:
        return {}
    paths: dict[str, str | None] = {}
    for part in ("nvvm", "nvrtc", "nvJitLink"):  # as kernels.gpu asks for them
        try:
            paths[part] = pathfinder.load_nvidia_dynamic_lib(part).abs_path
        except pathfinder.DynamicLibNotFoundError:
            paths[part] = None
    paths["nvdisasm"] = pathfinder.find_nvidia_binary_utility("nvdisasm")
    return {part: _version(path, DISTRIBUTIONS[part]) for part, path in paths.items()}


def _version(path: str | None, distribution: str) -> str | None:
    if path is None or "site-packages" not in path:
        return path
    try:
        return version(distribution)
    except PackageNotFoundError:
        return path
