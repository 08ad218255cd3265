"""The companion: what a phone or a laptop runs to talk to a pin."""
