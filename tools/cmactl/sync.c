// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl sync: hands a part of the buffer that "cmactl alloc -- COMMAND" passed
 * on to the CPU, or to devices.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cmactl.h"

int cmd_sync(struct session *session)
{
	const struct args *args = session->args;
	const bool is_end = args->given & ARG_END;
	const char *fd = getenv("LCMA_BUFFER_FD");
	int device, status, err;

	if (!fd || !*fd)
		return fail(session, -EBADF,
			    "$LCMA_BUFFER_FD is not set: sync is for a command of \"cmactl alloc SIZE -- COMMAND\"",
			    "sync");
	device = device_open(session, &status);
	if (device < 0)
		return status;
	err = lcma_sync(device, atoi(fd), LCMA_SYNC_RW |
			(is_end ? LCMA_SYNC_END : LCMA_SYNC_START),
			args->offset, args->bytes);
	lcma_close(device);
	if (err)
		return fail(session, err, NULL, "sync");
	if (wants_json(session)) {
		json_open(&session->json, NULL, '{');
		json_text(&session->json, "sync", is_end ? "end" : "start");
		json_number(&session->json, "offset", args->offset);
		json_number(&session->json, "bytes", args->bytes);
		json_close(&session->json, '}');
		json_end(&session->json);
	}
	return EXIT_OK;
}
