"""What tests of commands for a board have at hand."""
from tests.scenarios.conftest import world as world
