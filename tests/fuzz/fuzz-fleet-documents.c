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

static FleetReport *report_of(const guint8 *data, gsize size, const FleetView *view)
{
    FleetReport *report = fleet_report_new(view);
    FleetHost *host = read_bytes(data, size);
    g_assert(fleet_host_is_judged(host) || (host->error != NULL && host->findings->len == 0));
    fleet_report_add(report, host);
    fleet_report_finish(report);
    return report;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const TextStyle style = {.width = 60};
    Output pages = {.format = FORMAT_SPECIAL, .held = g_string_new(NULL)};
    Output documents = {.format = FORMAT_JSON, .held = g_string_new(NULL)};
    g_autoptr(FleetReport) table = report_of(data, size, NULL);
    g_autoptr(FleetReport) page = report_of(data, size, &fleet_html_view);
    g_autoptr(FleetReport) json = report_of(data, size, &fleet_json_view);
    g_autofree char *text = fleet_text(table, &style);
    g_assert(fleet_html_write(page, &pages, NULL) && fleet_json_write(json, &documents, NULL));
    json_auto_t *document = json_loads(documents.held->str, 0, NULL);
    g_assert(g_utf8_validate(text, -1, NULL) && g_utf8_validate(pages.held->str, -1, NULL));
    g_assert(document != NULL);
    g_string_free(pages.held, TRUE);
    g_string_free(documents.held, TRUE);
    return 0;
}
