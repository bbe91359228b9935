"""float16 and bfloat16: representation, conversions, operators, functions."""
