"""Plant faults in the kernels, to prove that the suite catches them (mutation testing)."""
