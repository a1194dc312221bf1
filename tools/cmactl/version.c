// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl version.
 */
#include <inttypes.h>
#include <stdio.h>

#include "cmactl.h"
#include "size.h"

static void version_json(struct session *session,
			 const struct lcma_version *version)
{
	struct json *json = &session->json;
	char text[48];

	snprintf(text, sizeof(text), "%" PRIu32 ".%" PRIu32 ".%" PRIu32,
		 version->major, version->minor, version->patch);
	json_open(json, NULL, '{');
	json_text(json, "cmactl", lcma_library_version());
	json_text(json, "module", text);
	json_number(json, "abi", version->abi);
	json_text(json, "device", device_path(session));
	json_number(json, "regions", version->nr_regions);
	json_number(json, "quota_file", version->quota_file);
	json_number(json, "quota_user", version->quota_user);
	json_close(json, '}');
	json_end(json);
}

static void quota_write(const char *whose, uint64_t bytes)
{
	char text[CMACTL_TEXT_BYTES];

	printf("quota   %s %s\n", bytes ? size_text(bytes, text) : "none",
	       whose);
}

int cmd_version(struct session *session)
{
	struct lcma_version version;
	int device, status, err;

	if (!wants_json(session))
		printf("cmactl  %s\n", lcma_library_version());
	device = device_open(session, &status);
	if (device < 0)
		return status;
	err = lcma_get_version(device, &version);
	lcma_close(device);
	if (err)
		return fail(session, err, NULL, "version");
	if (wants_json(session)) {
		version_json(session, &version);
		return EXIT_OK;
	}
	printf("module  %" PRIu32 ".%" PRIu32 ".%" PRIu32 ", ABI %" PRIu32
	       ", %" PRIu32 " region%s, at %s\n",
	       version.major, version.minor, version.patch, version.abi,
	       version.nr_regions, version.nr_regions == 1 ? "" : "s",
	       device_path(session));
	quota_write("for an open file", version.quota_file);
	quota_write("for a user", version.quota_user);
	return EXIT_OK;
}
