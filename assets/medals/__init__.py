"""The medals as SVG: their fronts; the pin turns them."""
