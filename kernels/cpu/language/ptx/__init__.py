"""Inline PTX: what its instructions mean on the CPU device."""
