"""The parts that integration tests are built from: private brokers, gateways, callers and remote devices."""

import faulthandler
import os

from .authority import Authority, Identity
from .broker import Broker
from .bus import Bus, Message
from .caller import Answer, PythonCaller, Unusable
from .case import IntegrationTest
from .cli import Cli
from .datagrams import Datagrams
from .detour import Detour
from .device import Device
from .gateway import Gateway
from .protocol import CODES, NAMESPACE, new_id, now_ms, request_payload, request_topic, response_topic

if "MQCOAP_TRACEBACK_AFTER" in os.environ:  # the tracebacks show where a test hangs before ctest kills it
    faulthandler.dump_traceback_later(float(os.environ["MQCOAP_TRACEBACK_AFTER"]))

__all__ = [
    "Answer",
    "Authority",
    "Broker",
    "Bus",
    "CODES",
    "Cli",
    "Datagrams",
    "Detour",
    "Device",
    "Gateway",
    "Identity",
    "IntegrationTest",
    "Message",
    "NAMESPACE",
    "PythonCaller",
    "Unusable",
    "new_id",
    "now_ms",
    "request_payload",
    "request_topic",
    "response_topic",
]
