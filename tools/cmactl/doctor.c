// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmactl doctor: is everything there that lcma needs? One page: what was found, and
 * what to do about what is missing. It needs no module and no root, and says so
 * where it could not look.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmactl.h"
#include "size.h"

/* Half of a CMA area becomes a region, if that is at least four units of 8 MiB. */
#define CMA_LEAST_KIB	65536ULL

enum state { GOOD, BAD, NOTE, UNKNOWN };

/* The exam: whatever is written goes through told(). */
struct exam {
	struct session *session;
	const char *root;
	char release[80];
	int ignores_reserve_mem;
	char cmdline[2048];
	unsigned int nr_bad;
};

/**
 * told - one finding
 * @exam: the exam
 * @state: how it is
 * @check: what was looked at
 * @remedy: what to do; NULL: nothing
 * @format: what was found
 */
__attribute__((format(printf, 5, 6)))
static void told(struct exam *exam, enum state state, const char *check,
		 const char *remedy, const char *format, ...)
{
	static const char *const marks[] = { "\u2713", "\u2717", "!", "?" };
	static const char *const words[] = { "good", "bad", "note", "unknown" };
	struct json *json = &exam->session->json;
	char found[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(found, sizeof(found), format, ap);
	va_end(ap);
	exam->nr_bad += state == BAD;
	if (wants_json(exam->session)) {
		json_open(json, NULL, '{');
		json_text(json, "check", check);
		json_text(json, "state", words[state]);
		json_text(json, "found", found);
		if (remedy)
			json_text(json, "do", remedy);
		else
			json_null(json, "do");
		json_close(json, '}');
		return;
	}
	printf("%s %-12s %s\n", marks[state], check, found);
	if (remedy)
		printf("  %-12s do: %s\n", "", remedy);
}

static void path_of(const struct exam *exam, char *path, size_t size,
		    const char *format, va_list ap)
{
	const int len = snprintf(path, size, "%s", exam->root);

	vsnprintf(path + len, size - len, format, ap);
}

/* The first line of a file. Return: false if it cannot be read. */
__attribute__((format(printf, 4, 5)))
static bool line_of(const struct exam *exam, char *line, size_t size,
		    const char *format, ...)
{
	char path[512];
	bool is_there;
	va_list ap;
	FILE *file;

	va_start(ap, format);
	path_of(exam, path, sizeof(path), format, ap);
	va_end(ap);
	file = fopen(path, "re");
	if (!file)
		return false;
	is_there = fgets(line, size, file);
	fclose(file);
	if (is_there)
		line[strcspn(line, "\n")] = '\0';
	return is_there;
}

__attribute__((format(printf, 2, 3)))
static bool is_there(const struct exam *exam, const char *format, ...)
{
	char path[512];
	va_list ap;

	va_start(ap, format);
	path_of(exam, path, sizeof(path), format, ap);
	va_end(ap);
	return !access(path, F_OK);
}

/* How many entries a directory has, "." and ".." not counted. */
static unsigned int count_entries(const struct exam *exam, const char *name)
{
	struct dirent *entry;
	unsigned int nr = 0;
	char path[512];
	DIR *dir;

	snprintf(path, sizeof(path), "%s%s", exam->root, name);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		nr += *entry->d_name != '.';
	closedir(dir);
	return nr;
}

/* --- the kernel ----------------------------------------------------------------- */

static void check_release(struct exam *exam)
{
	unsigned int major = 0, minor = 0;

	if (!line_of(exam, exam->release, sizeof(exam->release),
		     "/proc/sys/kernel/osrelease") ||
	    sscanf(exam->release, "%u.%u", &major, &minor) != 2)
		told(exam, UNKNOWN, "kernel", NULL, "its version cannot be read");
	else if (major > 6 || (major == 6 && minor >= 1))
		told(exam, GOOD, "kernel", NULL, "%s, 6.1 or later is needed",
		     exam->release);
	else
		told(exam, BAD, "kernel", "install a newer kernel; lcma supports no older one",
		     "%s, 6.1 or later is needed", exam->release);
	exam->ignores_reserve_mem = major && (major < 6 || (major == 6 && minor < 12));
}

/* As it was built: in a file, or in the kernel itself. */
static FILE *open_config(const struct exam *exam, bool *is_pipe)
{
	static const char *const places[] = {
		"/boot/config-%s", "/lib/modules/%s/config",
		"/lib/modules/%s/build/.config",
	};
	char name[200], path[700];
	FILE *file;
	size_t i;

	*is_pipe = false;
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		/* Not a format of the caller's. */
		const char *mark = strstr(places[i], "%s");

		snprintf(name, sizeof(name), "%.*s%s%s",
			 (int)(mark - places[i]), places[i], exam->release,
			 mark + 2);
		snprintf(path, sizeof(path), "%s%s", exam->root, name);
		file = fopen(path, "re");
		if (file)
			return file;
	}
	if (*exam->root || !is_there(exam, "/proc/config.gz"))
		return NULL;
	*is_pipe = true;
	return popen("zcat /proc/config.gz 2>/dev/null", "re");
}

static const struct option {
	const char *name;
	bool is_needed;
	const char *without;
} options[] = {
	{ "CONFIG_CONTIG_ALLOC", true, NULL },
	{ "CONFIG_DMA_SHARED_BUFFER", true, NULL },
	{ "CONFIG_CMA", false, "without CONFIG_CMA, use private regions of a reserve_mem= reservation" },
	{ "CONFIG_DEBUG_FS", false, "without CONFIG_DEBUG_FS, lists of pages and holders are missing; numbers and maps are not" },
};

#define NR_OPTIONS	(sizeof(options) / sizeof(options[0]))

static void check_config(struct exam *exam)
{
	bool is_set[NR_OPTIONS] = { false }, is_pipe, any = false;
	FILE *file = open_config(exam, &is_pipe);
	char line[256];
	size_t i, len;

	while (file && fgets(line, sizeof(line), file)) {
		any = true;
		for (i = 0; i < NR_OPTIONS; i++) {
			len = strlen(options[i].name);
			is_set[i] |= !strncmp(line, options[i].name, len) &&
				     !strncmp(line + len, "=y", 2);
		}
	}
	if (file && is_pipe)
		pclose(file);
	else if (file)
		fclose(file);
	if (!any) {
		told(exam, UNKNOWN, "config", "look for CONFIG_CONTIG_ALLOC and CONFIG_DMA_SHARED_BUFFER where the kernel was built",
		     "neither /boot/config-%s nor /proc/config.gz can be read",
		     exam->release);
		return;
	}
	for (i = 0; i < NR_OPTIONS; i++) {
		if (is_set[i])
			told(exam, GOOD, "config", NULL, "%s", options[i].name);
		else if (options[i].is_needed)
			told(exam, BAD, "config", "build the kernel with it; Debian's kernels have it",
			     "%s is not set", options[i].name);
		else
			told(exam, NOTE, "config", options[i].without,
			     "%s is not set", options[i].name);
	}
}

/* --- the reservation ------------------------------------------------------------- */

/* Return: a number of KiB from /proc/meminfo; 0 if it is not there. */
static uint64_t meminfo_kib(const struct exam *exam, const char *name)
{
	char path[512], line[128], word[32];
	uint64_t kib = 0, value;
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/meminfo", exam->root);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%31[^:]: %" SCNu64, word, &value) == 2 &&
		    !strcmp(word, name))
			kib = value;
	if (file)
		fclose(file);
	return kib;
}

/* A word of the command line that begins so. */
static const char *parameter(const struct exam *exam, const char *name,
			     char *value, size_t size)
{
	const char *at = exam->cmdline;

	while ((at = strstr(at, name))) {
		if (at == exam->cmdline || at[-1] == ' ') {
			snprintf(value, size, "%.*s", (int)strcspn(at, " "), at);
			return value;
		}
		at++;
	}
	return NULL;
}

static void check_reservation(struct exam *exam)
{
	static const char *const remedy =
		"put cma=96M on the kernel command line and boot again (Debian: GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub; Raspberry Pi: cmdline.txt; U-Boot: bootargs), or a node with compatible = \"shared-dma-pool\", reusable, linux,cma-default in the device tree";
	const uint64_t kib = meminfo_kib(exam, "CmaTotal");
	const unsigned int nodes =
		count_entries(exam, "/proc/device-tree/reserved-memory");
	char cma[64], reserved[128], size[CMACTL_TEXT_BYTES];
	const char *has_cma, *has_reserved;

	line_of(exam, exam->cmdline, sizeof(exam->cmdline), "/proc/cmdline");
	has_cma = parameter(exam, "cma=", cma, sizeof(cma));
	has_reserved = parameter(exam, "reserve_mem=", reserved,
				 sizeof(reserved));
	size_text(kib << 10, size);
	if (has_reserved && exam->ignores_reserve_mem) {
		told(exam, kib >= CMA_LEAST_KIB ? NOTE : BAD, "reservation",
		     "use cma=, or a node of the device tree",
		     "%s on the command line, which this kernel ignores: it came with Linux 6.12",
		     reserved);
		has_reserved = NULL;
	}
	if (has_reserved)
		told(exam, GOOD, "reservation", NULL, "%s on the command line, source reserve_mem of regions=",
		     reserved);
	if (kib >= CMA_LEAST_KIB)
		told(exam, GOOD, "reservation", NULL, "CMA areas of %s%s%s",
		     size, has_cma ? ", command line " : "", has_cma ? cma : "");
	else if (kib)
		told(exam, has_reserved ? NOTE : BAD, "reservation", remedy,
		     "CMA areas of %s%s%s, which is too small to take half of it",
		     size, has_cma ? ", command line " : "", has_cma ? cma : "");
	else if (has_cma)
		told(exam, BAD, "reservation", "use a smaller cma=: the kernel could not reserve so much (dmesg | grep -i cma)",
		     "%s is on the command line, and there is no CMA area", cma);
	else if (!has_reserved)
		told(exam, BAD, "reservation", remedy,
		     "no CMA area, no reserve_mem=");
	if (nodes)
		told(exam, NOTE, "reservation", NULL,
		     "the device tree has /reserved-memory, with %u entries",
		     nodes);
}

/* --- the module and its device ---------------------------------------------------- */

static void check_signing(struct exam *exam)
{
	static const char *const remedy =
		"sign the module: DKMS makes a key, mokutil --import /var/lib/dkms/mok.pub enrols it at the next boot";
	char line[80];

	if (line_of(exam, line, sizeof(line), "/sys/kernel/security/lockdown") &&
	    !strstr(line, "[none]"))
		told(exam, NOTE, "lockdown", remedy,
		     "%s: the kernel loads signed modules only; files of debugfs that can be written are closed",
		     line);
	else if (line_of(exam, line, sizeof(line),
			 "/sys/module/module/parameters/sig_enforce") &&
		 *line == 'Y')
		told(exam, NOTE, "signature", remedy,
		     "the kernel loads signed modules only");
}

static void check_module(struct exam *exam)
{
	char line[80];

	if (line_of(exam, line, sizeof(line), "/sys/module/lcma/version"))
		told(exam, GOOD, "module", NULL, "lcma %s is loaded", line);
	else if (is_there(exam, "/sys/module/lcma"))
		told(exam, GOOD, "module", NULL, "lcma is loaded");
	else if (is_there(exam, "/lib/modules/%s/updates/lcma.ko", exam->release) ||
		 is_there(exam, "/lib/modules/%s/extra/lcma.ko", exam->release) ||
		 is_there(exam, "/lib/modules/%s/updates/dkms/lcma.ko", exam->release) ||
		 is_there(exam, "/lib/modules/%s/updates/dkms/lcma.ko.xz", exam->release))
		told(exam, BAD, "module", "modprobe lcma (as root); if that fails, dmesg says what is missing",
		     "lcma is installed for this kernel and not loaded");
	else
		told(exam, BAD, "module", "make && sudo make modules_install && sudo depmod -a, then sudo modprobe lcma; or sudo make dkms-install",
		     "lcma is not loaded, and was not found below /lib/modules/%s",
		     exam->release);
}

static void check_udev(struct exam *exam)
{
	static const char *const places[] = {
		"/etc/udev/rules.d", "/usr/local/lib/udev/rules.d",
		"/usr/lib/udev/rules.d", "/lib/udev/rules.d",
	};
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (is_there(exam, "%s/60-lcma.rules", places[i])) {
			told(exam, GOOD, "udev", NULL,
			     "%s/60-lcma.rules gives /dev/lcma to the group video",
			     places[i]);
			return;
		}
	}
	told(exam, NOTE, "udev", "sudo make install, then sudo udevadm control --reload && sudo udevadm trigger /dev/lcma",
	     "no 60-lcma.rules: /dev/lcma is root's only");
}

/* What regions leave to others: of the kernel's areas, and beside them. */
static void check_left(struct exam *exam, uint64_t taken_bytes)
{
	const uint64_t total = meminfo_kib(exam, "CmaTotal") << 10;
	const uint64_t outside = meminfo_kib(exam, "MemFree") -
				 meminfo_kib(exam, "CmaFree");
	char left[CMACTL_TEXT_BYTES], fixed[CMACTL_TEXT_BYTES];

	if (!total || taken_bytes > total)
		return;
	told(exam, taken_bytes == total ? NOTE : GOOD, "left",
	     taken_bytes == total ? "drivers that allocate from the kernel's CMA area find none: make cma= larger, or the region smaller" :
				    NULL,
	     "%s of the CMA areas for the kernel's own drivers; %s are free beside them, for what cannot be moved",
	     size_text(total - taken_bytes, left),
	     size_text(outside << 10, fixed));
}

static void check_regions(struct exam *exam, int device)
{
	char (*names)[LCMA_NAME_SIZE] = calloc(64, LCMA_NAME_SIZE);
	struct lcma_region_info info;
	char bytes[CMACTL_TEXT_BYTES], largest[CMACTL_TEXT_BYTES];
	uint64_t failures = 0, taken = 0;
	int i, nr = names ? lcma_get_regions(device, names, 64) : -ENOMEM;

	for (i = 0; i < nr && i < 64; i++) {
		if (lcma_get_region(device, names[i], &info))
			continue;
		failures += info.failures;
		/* In the area that cma= made; the device tree's count by themselves. */
		if (!strncmp(info.origin, "cma", 3))
			taken += info.bytes;
		told(exam, info.quarantined ? NOTE : GOOD, "region",
		     info.quarantined ? "something still holds pages of buffers that are gone: /sys/kernel/debug/lcma/NAME/quarantine" : NULL,
		     "%s, %s from %s, %s can be had in one piece", info.name,
		     size_text(info.bytes, bytes), info.origin,
		     size_text(info.largest, largest));
	}
	free(names);
	if (nr > 0)
		check_left(exam, taken);
	if (nr <= 0)
		told(exam, BAD, "region", "see dmesg", "there is none");
	else if (failures)
		told(exam, NOTE, "failures", "cmactl why tells the last one (--all as root)",
		     "%" PRIu64 " allocations have failed since the module was loaded",
		     failures);
}

static void check_device(struct exam *exam)
{
	const char *path = device_path(exam->session);
	int device = lcma_open(exam->session->args->device);

	if (device >= 0) {
		told(exam, GOOD, "device", NULL, "%s can be opened", path);
		check_regions(exam, device);
		lcma_close(device);
	} else if (device == -EACCES || device == -EPERM) {
		told(exam, BAD, "device", "sudo usermod -aG video $USER, and log in again; or use sudo",
		     "%s is there, but this user may not open it", path);
	} else {
		told(exam, BAD, "device", "load the module first", "%s: %s",
		     path, lcma_strerror(device));
	}
}

/* --- the machine -------------------------------------------------------------------- */

static void check_iommu(struct exam *exam)
{
	const unsigned int groups =
		count_entries(exam, "/sys/kernel/iommu_groups");
	const unsigned int iommus = count_entries(exam, "/sys/class/iommu");

	if (groups)
		told(exam, NOTE, "IOMMU", NULL,
		     "there is one: devices behind it (%u groups) see scattered pages as one piece, and need no contiguous memory",
		     groups);
	else if (iommus)
		told(exam, NOTE, "IOMMU", NULL,
		     "there is one, and no device is behind it");
	else
		told(exam, GOOD, "IOMMU", NULL,
		     "none: devices need contiguous memory, which lcma is for");
}

static void check_debugfs(struct exam *exam)
{
	if (geteuid())
		told(exam, UNKNOWN, "debugfs", NULL,
		     "only root can look; holders and quarantine are there");
	else if (is_there(exam, "/sys/kernel/debug/lcma"))
		told(exam, GOOD, "debugfs", NULL, "/sys/kernel/debug/lcma");
	else
		told(exam, NOTE, "debugfs", "mount -t debugfs debugfs /sys/kernel/debug",
		     "no /sys/kernel/debug/lcma");
}

int cmd_doctor(struct session *session)
{
	struct exam exam = {
		.session = session,
		.root = session->args->root ? session->args->root : "",
	};
	struct json *json = &session->json;

	if (wants_json(session)) {
		json_open(json, NULL, '{');
		json_open(json, "doctor", '[');
	}
	check_release(&exam);
	check_config(&exam);
	check_reservation(&exam);
	check_signing(&exam);
	check_module(&exam);
	check_device(&exam);
	check_udev(&exam);
	check_debugfs(&exam);
	check_iommu(&exam);
	if (wants_json(session)) {
		json_close(json, ']');
		json_close(json, '}');
		json_end(json);
	} else if (exam.nr_bad) {
		printf("\n%u of these have to be put right.\n", exam.nr_bad);
	} else {
		printf("\nlcma can be used.\n");
	}
	return exam.nr_bad ? EXIT_FAILED : EXIT_OK;
}
