// Includes libmosquitto's header. Since 2.1 it contains the protocol constants, which were in a separate
// header before.
#pragma once

#include <mosquitto.h>

#if LIBMOSQUITTO_VERSION_NUMBER < 2001000
#include <mqtt_protocol.h>
#endif
