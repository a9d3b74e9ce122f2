"""A client of Debian's paho-mqtt: version 1.6 on Debian 12, and 2 on Debian 13, which requires the
callback version.
"""

import paho.mqtt.client as mqtt


def new_client(client_id):
    version = [mqtt.CallbackAPIVersion.VERSION1] if hasattr(mqtt, "CallbackAPIVersion") else []
    return mqtt.Client(*version, client_id, clean_session=True, protocol=mqtt.MQTTv311)
