"""aedes 1.2.0 from npm, started by a minimal program."""

from server import Server


class Aedes(Server):
    def __init__(self):
        super().__init__("aedes-1.2")
