"""Training runs compared with PyTorch's after every step: hundreds of calls in a row.

models.py has the models, written once for both sides. ours.py and ../reference_training.py train
them, drift.py measures how far apart they are, and check.py compares that with the limit.
"""
