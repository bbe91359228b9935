"""Activations: functions of one element at a time, each operator a module of its own."""
