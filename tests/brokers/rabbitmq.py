"""Debian 12's RabbitMQ 3.10.8 with its MQTT plug-in."""

from server import Server


class RabbitMq(Server):
    def __init__(self):
        super().__init__("rabbitmq-3.10")
