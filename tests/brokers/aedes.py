"""aedes 1.2.0 of npm, as a program of a few lines starts it."""

from server import Server


class Aedes(Server):
    def __init__(self):
        super().__init__("aedes-1.2")
