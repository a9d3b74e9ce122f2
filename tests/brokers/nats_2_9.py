"""Debian 12's NATS server 2.9.10 with JetStream."""

from server import Server


class Nats29(Server):
    def __init__(self):
        super().__init__("nats-2.9")
