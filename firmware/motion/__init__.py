"""What the pin feels: steps, step days and gestures. `motion.Motion` is the service; the rest are plain classes."""
