// Includes libmosquitto's header. Since 2.1 it contains the constants of the protocol, which were in a header
// of their own.
#pragma once

#include <mosquitto.h>

#if LIBMOSQUITTO_VERSION_NUMBER < 2001000
#include <mqtt_protocol.h>
#endif
