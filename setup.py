"""The packages of the distribution: folders at the top of the tree, imported below `crosscheck`."""

from setuptools import find_namespace_packages, setup

FOLDERS = ("kernels", "nn", "parity", "benchmarks", "examples")

setup(
    package_dir={f"crosscheck.{folder}": folder for folder in FOLDERS},
    packages=["crosscheck"]
    + [f"crosscheck.{folder}" for folder in FOLDERS]
    + [f"crosscheck.{top}.{below}" for top in FOLDERS for below in find_namespace_packages(top)],
)
