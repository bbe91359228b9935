"""Kernels as programs hold them, and their launches.

decorator.py has `jit`, which makes a Dispatcher (dispatcher.py). It compiles an Overload for the
types of a launch's arguments (overload.py), and launch.py runs that on the workers. watcher.py
looks after launches that take long.
"""
