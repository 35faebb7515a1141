/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telling systemd how a service of its is, sd_notify(3); nothing happens where it did not ask. */
#pragma once

/* The service is ready; from now on the main loop keeps its watchdog quiet. */
void readiness_begin(void);

/* Tells what the service is doing, in words. */
void readiness_tell(const char *status);

/* The service ends. */
void readiness_end(void);
