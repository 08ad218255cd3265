"""The designs as SVG, and the compiler from SVG to the pin's own picture files."""
