"""The companion on the command line: `make companion ARGS="friends ada"`, on any laptop that bleak knows the radio of.

`arguments` reads the command, `commands` carries it out, `client` speaks the protocol, `radio` finds the pin and brings bytes
there, `words` puts answers into lines, `files` writes what is exported. What can be asked stands in ../protocol.json.
"""
