// SPDX-License-Identifier: GPL-2.0-only
/*
 * lcma: a contiguous memory allocator as a loadable module.
 *
 * The order in which things come up, and its reverse. Nothing else.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "buffer/device.h"
#include "fault.h"
#include "front/bind.h"
#include "front/dev.h"
#include "front/heap.h"
#include "life/attach.h"
#include "life/door.h"
#include "page/cache.h"
#include "page/watch.h"
#include "supply/claim.h"
#include "supply/prepare.h"
#include "supply/shrink.h"
#include "supply/upkeep.h"
#include "supply/worker.h"
#include "view/arrival.h"
#include "view/debugfs.h"
#include "view/sysfs.h"

static int __init lcma_init(void)
{
	int err;

	lcma_claim_init();
	lcma_watch_init();
	err = lcma_cache_init();
	if (err)
		goto err_stop_watching;
	err = lcma_workers_start();
	if (err)
		goto err_drop_cache;
	err = lcma_prepare_init();
	if (err)
		goto err_stop_workers;
	err = lcma_attach_all();
	if (err)
		goto err_drop_prepare;
	err = lcma_upkeep_init();
	if (err)
		goto err_detach;
	err = lcma_shrink_init();
	if (err)
		goto err_stop_upkeep;
	err = lcma_bind_init();
	if (err)
		goto err_stop_shrinking;
	err = lcma_sysfs_init();
	if (err)
		goto err_forget_rules;
	err = lcma_arrivals_init();
	if (err)
		goto err_remove_sysfs;
	err = lcma_heaps_init();
	if (err)
		goto err_stop_arrivals;
	err = lcma_dev_init();
	if (err)
		goto err_remove_heaps;

	/* From here on nothing can fail. */
	lcma_doors_open();
	lcma_faults_init();
	lcma_debugfs_init();
	lcma_attach_share();
	lcma_shrink_start();
	lcma_upkeep_start();
	lcma_bind_start();
	lcma_arrivals_start();
	return 0;

err_remove_heaps:
	lcma_heaps_exit();
err_stop_arrivals:
	lcma_arrivals_exit();
err_remove_sysfs:
	lcma_sysfs_exit();
err_forget_rules:
	lcma_bind_exit();
err_stop_shrinking:
	lcma_shrink_exit();
err_stop_upkeep:
	lcma_upkeep_stop();
err_detach:
	lcma_detach_all();
err_drop_prepare:
	lcma_prepare_exit();
err_stop_workers:
	lcma_workers_stop();
	lcma_doors_await();
err_drop_cache:
	lcma_cache_exit();
err_stop_watching:
	lcma_watch_stop();
	lcma_watch_exit();
	return err;
}
module_init(lcma_init);

static void __exit lcma_exit(void)
{
	lcma_doors_close();
	lcma_arrivals_exit();
	lcma_watch_stop();
	lcma_debugfs_exit();
	lcma_faults_exit();
	lcma_dev_exit();
	lcma_heaps_exit();
	lcma_bind_stop();
	lcma_devices_forget();
	lcma_sysfs_exit();
	lcma_bind_exit();
	lcma_shrink_exit();
	lcma_upkeep_stop();
	lcma_detach_all();
	lcma_prepare_exit();
	lcma_workers_stop();
	lcma_cache_exit();
	lcma_watch_exit();
}
module_exit(lcma_exit);

MODULE_AUTHOR("The lcma authors");
MODULE_DESCRIPTION("Contiguous memory allocator on boot-time reservations");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
