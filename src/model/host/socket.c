/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/host/socket.h"

bool socket_is_anywhere(const Socket *socket)
{
    const IpAddress any = {.family = socket->address.family};
    return ip_address_equal(&socket->address, &any);
}
