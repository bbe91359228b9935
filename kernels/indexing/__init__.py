"""Elements by their numbers: gathered, and gradients scattered back without atomics."""
