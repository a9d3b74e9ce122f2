"""Debian 12's mosquitto 2.0.11, tuned as docs/brokers.md says."""

from server import Server


class Mosquitto20(Server):
    def __init__(self):
        super().__init__("mosquitto-2.0", ["set_tcp_nodelay true"])
