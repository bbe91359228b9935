"""The packages of the distribution: folders of the tree, imported below `crosscheck`."""

from setuptools import find_namespace_packages, setup

FOLDERS = ("kernels", "nn", "parity", "benchmarks", "examples", "docs/course")
BELOW = {folder: f"crosscheck.{folder.replace('/', '.')}" for folder in FOLDERS}

setup(
    package_dir={name: folder for folder, name in BELOW.items()},
    packages=["crosscheck", "crosscheck.course", "crosscheck.course.lessons"]
    + [*BELOW.values()]
    + [
        f"{top}.{below}"
        for folder, top in BELOW.items()
        for below in find_namespace_packages(folder)
    ],
)
