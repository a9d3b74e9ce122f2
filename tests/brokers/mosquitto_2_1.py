"""Debian 14's mosquitto 2.1.2, tuned as docs/brokers.md says."""

from server import Server


class Mosquitto21(Server):
    def __init__(self):
        super().__init__("mosquitto-2.1", ["set_tcp_nodelay true"])
