"""The functions a kernel is made of, before and while they are compiled."""
