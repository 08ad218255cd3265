"""Small one-colour signs as SVG, compiled into a font so that they are drawn and tinted like text."""
