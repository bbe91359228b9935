"""`crosscheck bench compare A B`: what got faster or slower, and what a compiler makes of it."""
