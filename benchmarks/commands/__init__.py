"""The commands of `crosscheck bench`, their options; what one does is in a folder of its name."""
