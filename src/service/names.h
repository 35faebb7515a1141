/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the service is on the bus: dbus/org.nicfix.Nicfix1.xml. */
#pragma once

#define DOOR_NAME         "org.nicfix.Nicfix1"
#define DOOR_PATH         "/org/nicfix/Nicfix1"
#define DOOR_INTERFACE    "org.nicfix.Nicfix1"
#define DOOR_COMMAND_LINE "org.nicfix.Nicfix1.CommandLine"
