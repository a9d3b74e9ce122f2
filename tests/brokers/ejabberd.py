"""Debian 12's ejabberd 23.01 with mod_mqtt. It requires a user name of the form USER@HOST."""

from server import Server


class Ejabberd(Server):
    username = "lab@localhost"
    password = "any"

    def __init__(self):
        super().__init__("ejabberd-23.01")
