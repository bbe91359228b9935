"""What intrinsics are made with: definitions, signatures, the C library, conversions."""
