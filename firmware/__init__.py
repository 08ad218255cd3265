"""The Cloud Pin application; `firmware.pin` is where its services come together."""

VERSION = '0.1.0'                               # also in pyproject.toml
COMPANION = 'https://cloudpin.example/'         # guess: where the companion page is going to be
