/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: the story of each allocation, live, for perf, bpftrace and tracefs.
 * Off, each is one jump label: arguments that need a call stand behind
 * trace_..._enabled(). Numbers have their units in their names; texts are
 * copied, because what they name may be gone when the trace is read, and padded
 * with zeros: bpftrace compares all of a key's bytes.
 *
 * They take plain values, so every wing can include this. tracefs is root's: page
 * frames may be told here.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM lcma

#if !defined(LCMA_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define LCMA_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

/* Room for a region's name, an obstacle's word, a label. */
#define LCMA_TRACE_BYTES	32

TRACE_EVENT(lcma_alloc_start,
	TP_PROTO(const char *region, unsigned long nr_pages,
		 unsigned long align_pages, unsigned int flags),
	TP_ARGS(region, nr_pages, align_pages, flags),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__field(unsigned long, nr_pages)
		__field(unsigned long, align_pages)
		__field(unsigned int, flags)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		__entry->nr_pages = nr_pages;
		__entry->align_pages = align_pages;
		__entry->flags = flags;
	),
	TP_printk("region=%s nr_pages=%lu align_pages=%lu flags=%#x",
		  __entry->region, __entry->nr_pages, __entry->align_pages,
		  __entry->flags)
);

TRACE_EVENT(lcma_alloc_candidate,
	TP_PROTO(const char *region, unsigned long pfn, unsigned long nr_pages,
		 bool is_proof),
	TP_ARGS(region, pfn, nr_pages, is_proof),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__field(unsigned long, pfn)
		__field(unsigned long, nr_pages)
		__field(bool, is_proof)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		__entry->pfn = pfn;
		__entry->nr_pages = nr_pages;
		__entry->is_proof = is_proof;
	),
	TP_printk("region=%s pfn=0x%lx nr_pages=%lu is_proof=%d",
		  __entry->region, __entry->pfn, __entry->nr_pages,
		  __entry->is_proof)
);

TRACE_EVENT(lcma_alloc_obstacle,
	TP_PROTO(const char *region, unsigned long pfn, unsigned long nr_pages,
		 const char *kind, int err),
	TP_ARGS(region, pfn, nr_pages, kind, err),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__field(unsigned long, pfn)
		__field(unsigned long, nr_pages)
		__array(char, kind, LCMA_TRACE_BYTES)
		__field(int, err)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		__entry->pfn = pfn;
		__entry->nr_pages = nr_pages;
		strscpy_pad(__entry->kind, kind, LCMA_TRACE_BYTES);
		__entry->err = err;
	),
	TP_printk("region=%s pfn=0x%lx nr_pages=%lu kind=%s err=%d",
		  __entry->region, __entry->pfn, __entry->nr_pages,
		  __entry->kind, __entry->err)
);

TRACE_EVENT(lcma_alloc_retry,
	TP_PROTO(const char *region, unsigned int nr_tried,
		 unsigned int waited_ms),
	TP_ARGS(region, nr_tried, waited_ms),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__field(unsigned int, nr_tried)
		__field(unsigned int, waited_ms)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		__entry->nr_tried = nr_tried;
		__entry->waited_ms = waited_ms;
	),
	TP_printk("region=%s nr_tried=%u waited_ms=%u", __entry->region,
		  __entry->nr_tried, __entry->waited_ms)
);

TRACE_EVENT(lcma_alloc_finish,
	TP_PROTO(const char *region, unsigned long pfn, unsigned long nr_pages,
		 const char *outcome, int err, u64 took_ns),
	TP_ARGS(region, pfn, nr_pages, outcome, err, took_ns),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__field(unsigned long, pfn)
		__field(unsigned long, nr_pages)
		__array(char, outcome, LCMA_TRACE_BYTES)
		__field(int, err)
		__field(u64, took_ns)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		__entry->pfn = pfn;
		__entry->nr_pages = nr_pages;
		strscpy_pad(__entry->outcome, outcome, LCMA_TRACE_BYTES);
		__entry->err = err;
		__entry->took_ns = took_ns;
	),
	TP_printk("region=%s pfn=0x%lx nr_pages=%lu outcome=%s err=%d took_ns=%llu",
		  __entry->region, __entry->pfn, __entry->nr_pages,
		  __entry->outcome, __entry->err, __entry->took_ns)
);

TRACE_EVENT(lcma_claim,
	TP_PROTO(const char *region, unsigned long pfn, unsigned long nr_pages,
		 int err, u64 took_ns),
	TP_ARGS(region, pfn, nr_pages, err, took_ns),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__field(unsigned long, pfn)
		__field(unsigned long, nr_pages)
		__field(int, err)
		__field(u64, took_ns)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		__entry->pfn = pfn;
		__entry->nr_pages = nr_pages;
		__entry->err = err;
		__entry->took_ns = took_ns;
	),
	TP_printk("region=%s pfn=0x%lx nr_pages=%lu err=%d took_ns=%llu",
		  __entry->region, __entry->pfn, __entry->nr_pages,
		  __entry->err, __entry->took_ns)
);

DECLARE_EVENT_CLASS(lcma_pages,
	TP_PROTO(const char *region, unsigned long pfn, unsigned long nr_pages),
	TP_ARGS(region, pfn, nr_pages),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__field(unsigned long, pfn)
		__field(unsigned long, nr_pages)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		__entry->pfn = pfn;
		__entry->nr_pages = nr_pages;
	),
	TP_printk("region=%s pfn=0x%lx nr_pages=%lu", __entry->region,
		  __entry->pfn, __entry->nr_pages)
);

/* Pages go back to the buddy allocator. */
DEFINE_EVENT(lcma_pages, lcma_give_back,
	TP_PROTO(const char *region, unsigned long pfn, unsigned long nr_pages),
	TP_ARGS(region, pfn, nr_pages)
);

/* The pool hands out pages. */
DEFINE_EVENT(lcma_pages, lcma_pool_hit,
	TP_PROTO(const char *region, unsigned long pfn, unsigned long nr_pages),
	TP_ARGS(region, pfn, nr_pages)
);

TRACE_EVENT(lcma_life,
	TP_PROTO(const char *region, const char *life),
	TP_ARGS(region, life),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__array(char, life, LCMA_TRACE_BYTES)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		strscpy_pad(__entry->life, life, LCMA_TRACE_BYTES);
	),
	TP_printk("region=%s life=%s", __entry->region, __entry->life)
);

TRACE_EVENT(lcma_buffer_new,
	TP_PROTO(const char *region, u64 id, unsigned long pfn, u64 bytes,
		 u64 latency_ns, const char *label),
	TP_ARGS(region, id, pfn, bytes, latency_ns, label),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__field(u64, id)
		__field(unsigned long, pfn)
		__field(u64, bytes)
		__field(u64, latency_ns)
		__array(char, label, LCMA_TRACE_BYTES)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		__entry->id = id;
		__entry->pfn = pfn;
		__entry->bytes = bytes;
		__entry->latency_ns = latency_ns;
		strscpy_pad(__entry->label, label, LCMA_TRACE_BYTES);
	),
	TP_printk("region=%s id=%llu pfn=0x%lx bytes=%llu latency_ns=%llu label=%s",
		  __entry->region, __entry->id, __entry->pfn, __entry->bytes,
		  __entry->latency_ns, __entry->label)
);

TRACE_EVENT(lcma_buffer_gone,
	TP_PROTO(const char *region, u64 id, u64 bytes, u64 held_ns),
	TP_ARGS(region, id, bytes, held_ns),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__field(u64, id)
		__field(u64, bytes)
		__field(u64, held_ns)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		__entry->id = id;
		__entry->bytes = bytes;
		__entry->held_ns = held_ns;
	),
	TP_printk("region=%s id=%llu bytes=%llu held_ns=%llu", __entry->region,
		  __entry->id, __entry->bytes, __entry->held_ns)
);

TRACE_EVENT(lcma_device_attach,
	TP_PROTO(const char *region, u64 id, const char *device, bool is_attached),
	TP_ARGS(region, id, device, is_attached),
	TP_STRUCT__entry(
		__array(char, region, LCMA_TRACE_BYTES)
		__field(u64, id)
		__array(char, device, LCMA_TRACE_BYTES)
		__field(bool, is_attached)
	),
	TP_fast_assign(
		strscpy_pad(__entry->region, region, LCMA_TRACE_BYTES);
		__entry->id = id;
		strscpy_pad(__entry->device, device, LCMA_TRACE_BYTES);
		__entry->is_attached = is_attached;
	),
	TP_printk("region=%s id=%llu device=%s is_attached=%d", __entry->region,
		  __entry->id, __entry->device, __entry->is_attached)
);

#endif

/* Found by way of -I: see Kbuild. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
