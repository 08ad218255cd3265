"""The Cloud Pin application; `firmware.pin` is where its services come together."""
