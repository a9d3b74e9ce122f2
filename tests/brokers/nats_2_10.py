"""Debian 13's NATS server 2.10.27 with JetStream."""

from server import Server


class Nats210(Server):
    def __init__(self):
        super().__init__("nats-2.10")
