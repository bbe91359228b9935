"""What the language is lowered with: definitions, typed intrinsics, C functions, conversions."""
