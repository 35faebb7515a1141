/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds back the signals that would end the program (SIGINT, SIGTERM, SIGHUP) during a change: the
 * transaction then ends by itself and undoes what it did.
 *
 * Rules: hold them before the first thread starts (threads inherit the mask) and for as long as
 * anything may be changed. SIGKILL cannot be held; SIGQUIT still ends the program at once. */
#pragma once

#include <stdbool.h>

/* Holds the signals back. */
void interruption_hold(void);

/* The name of a signal that has arrived since, such as "SIGTERM", or NULL (static). */
const char *interruption_pending(void);

/* Forgets the signals that have arrived: what is done because of them must not end, too. */
void interruption_forget(void);

/* Waits until FD has something to read, or is at its end; false where a signal that is held back arrives
 * first. */
bool interruption_wait_readable(int fd);

/* Waits until FD takes what is written, likewise. */
bool interruption_wait_writable(int fd);

/* Sleeps for MS milliseconds; false at once where a signal that is held back arrives first. */
bool interruption_pause(unsigned int ms);
