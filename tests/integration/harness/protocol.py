"""The wire protocol as spoken by callers and devices in Python (docs/protocol.md, "Topics"
and "Payloads").
"""

import json
import time
import uuid

NAMESPACE = "gf_int_v1"

# All codes that a gateway may send (docs/protocol.md, "Response codes").
CODES = frozenset(
    [201, 202, 203, 204, 205, 400, 401, 402, 403, 404, 405, 406, 412, 413, 415, 500, 501, 502, 503, 504, 505]
)


def new_id():
    return str(uuid.uuid4())


def now_ms():
    return int(time.time() * 1000)


def request_topic(tag, subsystem, request_id, namespace=NAMESPACE):
    return f"{namespace}/{subsystem}/request/{tag}/{request_id}"


def response_topic(tag, subsystem, request_id, namespace=NAMESPACE):
    return f"{namespace}/{subsystem}/response/{tag}/{request_id}"


def request_payload(method, path, body=None, request_id=None, source="desk-7", **fields):
    """Returns a request as version 0.2.0 of the Python library writes it; `fields` are further
    header fields.
    """
    header = {
        "request_id": request_id or new_id(),
        "path": path,
        "correlation_id": None,
        "source": source,
        "token": None,
        "method": method,
    }
    header.update(fields)
    return json.dumps({"timestamp": now_ms(), "body": body, "header": header})
