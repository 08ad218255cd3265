"""Font recipes and the compiler from OpenType to the pin's own font files."""
