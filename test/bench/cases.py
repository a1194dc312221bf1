# SPDX-License-Identifier: GPL-2.0-only
"""
From what a guest printed to one summary a measurement.

A line `# bench {...}` is one measurement: arrays with one number a repetition
(test/kmod/bench). A summary is a dictionary with the fields that
docs/benchmark.md describes.
"""

import json

import stats

# Sides whose parts differ by more of their pages in use are not compared.
MAX_UNEQUAL_PERCENT = 5

NS_PER_INSTRUCTION = 8      # -icount shift=3


class Invalid(Exception):
    """A measurement that must not be believed."""


def read(lines):
    """The measurements in the lines of a guest."""
    out = []
    for line in lines:
        if line.startswith('# bench '):
            try:
                out.append(json.loads(line[len('# bench '):]))
            except ValueError as why:
                raise Invalid('not JSON (%s): %s' % (why, line[:80]))
    return out


def _rounded(value, digits=4):
    if value is None:
        return None
    return float('%.*g' % (digits, value))


def _equal(raw):
    """Which pairs had both parts in use alike."""
    limit = raw['part_pages'] * MAX_UNEQUAL_PERCENT / 100
    return [abs(a - b) <= limit
            for a, b in zip(raw['lcma_in_use'], raw['kernel_in_use'])]


def _head(raw):
    keys = ('case', 'keep', 'mode', 'peer', 'init_on_alloc', 'zero', 'load',
            'pinned_percent', 'run_pages', 'exists', 'size_pages', 'policy')
    return {key: raw[key] for key in keys if key in raw}


def _latencies(out, raw, keep):
    """The fields that every comparison of single allocations has."""
    lcma = [ns for ns, k in zip(raw['lcma_ns'], keep) if k]
    kernel = [ns for ns, k in zip(raw['kernel_ns'], keep) if k]
    ratios = stats.ratios(kernel, lcma)
    out.update({
        'n': len(lcma),
        'lcma_ns': stats.median(lcma),
        'kernel_ns': stats.median(kernel),
        'ratio': _rounded(stats.geometric_mean(ratios)),
        'ratio_low95': _rounded(stats.lower_bound(ratios)),
        'lcma_mean_ns': _rounded(stats.mean(lcma), 7),
        'kernel_mean_ns': _rounded(stats.mean(kernel), 7),
    })
    for side, values in (('lcma', lcma), ('kernel', kernel)):
        out[side + '_p99_ns'] = stats.percentile(values, 99)
        out[side + '_max_ns'] = max(values) if values else None
    out['p99_ratio'] = (_rounded(out['kernel_p99_ns'] / out['lcma_p99_ns'])
                        if lcma and out['lcma_p99_ns'] else None)


def pair(raw):
    """One allocation of each side, many times (pair.c)."""
    if raw['astray']:
        raise Invalid('%d allocations outside of their part' % raw['astray'])
    out = _head(raw)
    n = len(raw['lcma_ns'])
    lcma_ok = [e == 0 for e in raw['lcma_err']]
    kernel_ok = [e == 0 for e in raw['kernel_err']]
    equal = _equal(raw)
    keep = [a and b and c for a, b, c in zip(lcma_ok, kernel_ok, equal)]
    if raw['case'] == 'B2':         # the first call is shown apart
        out['first_lcma_ns'] = raw['lcma_ns'][0]
        out['first_kernel_ns'] = raw['kernel_ns'][0]
        keep[0] = False
    _latencies(out, raw, keep)
    out['fail_lcma'] = n - sum(lcma_ok)
    out['fail_kernel'] = n - sum(kernel_ok)
    out['discarded'] = n - sum(equal)
    out['unsettled'] = raw['unsettled']

    # What ran, less what the caller did itself.
    for side in ('lcma', 'kernel'):
        other = [max(0, busy - alloc - free) for busy, alloc, free in
                 zip(raw[side + '_busy_ns'], raw[side + '_ns'],
                     raw[side + '_free_ns'])]
        if side == 'lcma':
            other = [a + b for a, b in zip(other, raw['upkeep_ns'])]
        name = 'background_ns' if side == 'lcma' else 'kernel_background_ns'
        out[name] = stats.median(other)
        out[side + '_free_ns'] = stats.median(
            [ns for ns, k in zip(raw[side + '_free_ns'], keep) if k])
    both = [stats.ratios(
        [a + b for a, b in zip(raw['kernel_ns'], raw['kernel_free_ns'])],
        [a + b for a, b in zip(raw['lcma_ns'], raw['lcma_free_ns'])], keep)]
    out['ratio_with_free'] = _rounded(stats.geometric_mean(both[0]))
    for side in ('lcma', 'kernel'):
        for key in ('in_use', 'hit_in_use', 'moved'):
            out['%s_%s' % (side, key)] = stats.median(
                [v for v, k in zip(raw['%s_%s' % (side, key)], keep) if k])
    if 'clear_ns' in raw:
        clears = stats.ratios(raw['lcma_ns'], raw['clear_ns'], keep)
        out['clear_ns'] = stats.median(raw['clear_ns'])
        out['by_clear'] = _rounded(stats.geometric_mean(clears))
    out['samples'] = {
        'lcma': [ns for ns, k in zip(raw['lcma_ns'], keep) if k],
        'kernel': [ns for ns, k in zip(raw['kernel_ns'], keep) if k],
        'lcma_hit_in_use': [v for v, k in zip(raw['lcma_hit_in_use'], keep)
                            if k],
    }
    return out


def held(raw):
    """Allocations that are held, and all the CPU time they cost (held.c)."""
    out = _head(raw)
    out['count'] = raw['count']
    quiet = stats.median(raw['quiet_ns'])
    lcma = [max(1, busy + upkeep - quiet) for busy, upkeep in
            zip(raw['lcma_busy_ns'], raw['upkeep_ns'])]
    kernel = [max(1, busy - quiet) for busy in raw['kernel_busy_ns']]
    all_ratios = stats.ratios(kernel, lcma)
    out.update({
        'n': len(lcma),
        'lcma_ns': stats.median(raw['lcma_ns']),
        'kernel_ns': stats.median(raw['kernel_ns']),
        'lcma_cpu_ns': stats.median(lcma),
        'kernel_cpu_ns': stats.median(kernel),
        'ratio': _rounded(stats.geometric_mean(all_ratios)),
        'ratio_low95': _rounded(stats.lower_bound(all_ratios)),
        'background_ns': stats.median(
            [max(0, a - b) for a, b in zip(lcma, raw['lcma_ns'])]),
        'fail_lcma': sum(e != 0 for e in raw['lcma_err']),
        'fail_kernel': sum(e != 0 for e in raw['kernel_err']),
    })
    return out


def crowd(raw):
    """Many threads at once (crowd.c)."""
    out = _head(raw)
    sides = {}
    for side in ('lcma', 'kernel'):
        turns = [t for t in raw['turns'] if t['side'] == side]
        if any(t['astray'] for t in turns):
            raise Invalid('allocations outside of their part')
        seconds = sum(t['took_ns'] for t in turns) / 1e9
        allocs = sum(t['allocs'] for t in turns)
        sides[side] = [t['allocs'] / (t['took_ns'] / 1e9) for t in turns]
        out[side + '_per_s'] = _rounded(allocs / seconds)
        out['fail_' + side] = sum(t['busy'] + t['full'] for t in turns)
        out['busy_' + side] = sum(t['busy'] for t in turns)
        out['tries_' + side] = allocs + out['fail_' + side]
        out[side + '_max_ns'] = max(t['max_ns'] for t in turns)
        out[side + '_ns'] = _rounded(
            sum(t['sum_ns'] for t in turns) / max(1, out['tries_' + side]), 7)
        if side == 'lcma':
            out['background_ns'] = _rounded(
                sum(t['upkeep_ns'] for t in turns) / max(1, allocs), 7)
    rates = stats.ratios(sides['lcma'], sides['kernel'])
    out.update({
        'threads': raw['threads'],
        'n': len(rates),
        'ratio': _rounded(stats.geometric_mean(rates)),
        'ratio_low95': _rounded(stats.lower_bound(rates)),
    })
    return out


def hungry(raws):
    """The memory-hungry job, by keep: one summary each but for `none`."""
    keeps = {}
    for raw in raws:
        keeps.setdefault(raw['keep'], {})[raw['seed']] = raw
    none = keeps.pop('none', {})
    out = []
    for keep, runs in sorted(keeps.items()):
        seeds = sorted(set(runs) & set(none))
        more = stats.ratios([runs[s]['ns'] for s in seeds],
                            [none[s]['ns'] for s in seeds])
        out.append({
            'case': 'B6', 'keep': keep, 'mode': runs[seeds[0]]['mode']
            if seeds else None, 'n': len(seeds),
            'instructions': _rounded(stats.median(
                [runs[s]['ns'] / NS_PER_INSTRUCTION for s in seeds]), 6),
            'instructions_none': _rounded(stats.median(
                [none[s]['ns'] / NS_PER_INSTRUCTION for s in seeds]), 6),
            'more_percent': _rounded(
                (stats.geometric_mean(more) - 1) * 100) if more else None,
            'more_max_percent': _rounded((max(more) - 1) * 100)
            if more else None,
        })
    return out


def maps(lines):
    """The search benchmark of the host (test/unit/bench_map.c), as it prints."""
    out = []
    what, percent = None, None
    for line in lines:
        words = line.replace('|', ' ').split()
        if line.startswith('# region:'):
            percent = float(line.split(',')[-1].split()[0])
        elif line.startswith(('# trace:', '# random:', '# badly')):
            what = words[1].rstrip(':,')
        elif what and '|' in line and words[0] == '#':
            length, align = words[1], words[2]
            numbers = [float(w) for w in words[-7:] if w.replace(
                '.', '', 1).isdigit()][-6:]
            if len(numbers) != 6:
                continue
            out.append({
                'case': 'B7', 'mode': 'host', 'trace': what,
                'size_pages': int(length) if length.isdigit() else None,
                'align_pages': int(align),
                'lcma_ns': numbers[2] * 1000, 'lcma_p99_ns': numbers[3] * 1000,
                'kernel_ns': numbers[0] * 1000,
                'kernel_p99_ns': numbers[1] * 1000,
                'ratio': numbers[4],
                'p99_ratio': _rounded(numbers[1] / numbers[3])
                if numbers[3] else None,
                'metadata_percent': percent,
            })
    return out


KINDS = {'B1': pair, 'B2': pair, 'B2held': held, 'B3': pair, 'B4': crowd,
         'B5': pair, 'B8': held, 'B8crowd': crowd}


def merged(raws):
    """B3 is measured twice, with the sides' parts exchanged: one of each two. So is
    B8, with other memory in use."""
    out, whole = [], {}
    for raw in raws:
        if raw['case'] not in ('B3', 'B8'):
            out.append(raw)
            continue
        key = (raw['case'], raw['keep'], raw['size_pages'], raw['mode'],
               raw.get('policy'))
        if key not in whole:
            whole[key] = dict(raw)
            out.append(whole[key])
            continue
        one = whole[key]
        for name, value in raw.items():
            if isinstance(value, list):
                one[name] = one[name] + value
            elif name in ('astray', 'unsettled'):
                one[name] += value
    return out


def summaries(raws):
    """All of them, and what is wrong: (summaries, complaints)."""
    out, complaints = [], []
    raws = merged(raws)
    move = [raw for raw in raws if raw['case'] == 'move']
    for raw in raws:
        kind = KINDS.get(raw['case'])
        if not kind:
            continue
        try:
            out.append(kind(raw))
        except (Invalid, KeyError, IndexError) as why:
            complaints.append('%s, keep=%s, %s pages: %r' % (
                raw['case'], raw.get('keep'), raw.get('size_pages'), why))
    for one in out:
        if one['case'] == 'B3':
            _by_move(one, [m for m in move if m['keep'] == one['keep']])
    out += hungry([raw for raw in raws if raw['case'] == 'B6'])
    return out, complaints


def _by_move(one, moves):
    """How often the cost of moving the pages in use an allocation took."""
    costs = [ns for m in moves for ns in m['move_page_ns']]
    if not costs:
        return
    one['move_page_ns'] = stats.median(costs)
    times = stats.ratios(
        one['samples']['lcma'],
        [n * one['move_page_ns'] for n in one['samples']['lcma_hit_in_use']])
    one['by_move'] = _rounded(stats.geometric_mean(times))
