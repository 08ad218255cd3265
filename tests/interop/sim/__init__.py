"""The page of `make sim` in a real browser: two pins are dragged together there and become friends."""
