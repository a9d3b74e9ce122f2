// The library's header: from 2.1 on it holds the constants of the protocol, which were in a header of their
// own.
#pragma once

#include <mosquitto.h>

#if LIBMOSQUITTO_VERSION_NUMBER < 2001000
#include <mqtt_protocol.h>
#endif
