"""The designs as SVG, how they are drawn (README.md), and the compiler from SVG to the pin's own picture files."""
