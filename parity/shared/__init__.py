"""What several operators share: bounds, integers, random and named problems."""
