"""Training runs, step for step beside PyTorch: not one call, but hundreds in a row.

models.py has what is trained, once for both sides; ours.py and ../reference_training.py are the
sides, drift.py says how far apart they are and may be, check.py makes a result of it.
"""
