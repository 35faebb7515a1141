/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A document that anybody may have written becomes a row or is told of, and whatever is in it can be
 * shown in every form. */
#include "fleet/fleet-documents.h"
#include "fleet/fleet-html.h"
#include "fleet/fleet-json.h"
#include "fleet/fleet-text.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static FleetHost *read_bytes(const guint8 *data, gsize size)
{
    int fd = memfd_create("document", MFD_CLOEXEC);
    g_assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    FleetHost *host = fleet_document_read(path, NULL);
    close(fd);
    return host;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const TextStyle style = {.width = 60};
    g_autoptr(FleetReport) report = fleet_report_new();
    FleetHost *host = read_bytes(data, size);
    g_assert(fleet_host_is_judged(host) || (host->error != NULL && host->findings->len == 0));
    fleet_report_add(report, host);
    fleet_report_finish(report);
    g_autofree char *text = fleet_text(report, &style);
    g_autofree char *page = fleet_html(report);
    json_auto_t *document = fleet_json(report);
    g_assert(g_utf8_validate(text, -1, NULL) && g_utf8_validate(page, -1, NULL));
    g_assert(document != NULL);
    return 0;
}
