# SPDX-License-Identifier: GPL-2.0-only
"""
What the bench is to reach, and whether it does.

Each goal looks at the summaries (cases.py) and answers with the worst value that
counts, so that a goal is reached only where all of it is.
"""

import cases


class Goal:
    """`value` is what was measured, and `met` whether that is enough. `first`: one of
    the few that say what lcma is for; the others are about tails, and about what must
    not get worse."""

    def __init__(self, case, keep, text, limit, at_most=False, unit='', first=False):
        self.case, self.keep, self.text = case, keep, text
        self.limit, self.at_most, self.unit = limit, at_most, unit
        self.first = first
        self.value = None
        self.at = ''
        self.met = None

    def judge(self, found):
        """found: (value, where) pairs; the worst of them counts."""
        found = [(v, at) for v, at in found if v is not None]
        if not found:
            return self
        worst = max if self.at_most else min
        self.value, self.at = worst(found, key=lambda f: f[0])
        self.met = (self.value <= self.limit if self.at_most else
                    self.value >= self.limit)
        return self

    def number(self, value):
        if abs(value) >= 1000:
            return '{:,.0f}{}'.format(value, self.unit)
        return '{:.3g}{}'.format(value, self.unit)

    def wanted(self):
        return '%s %s' % ('≤' if self.at_most else '≥', self.number(self.limit))

    def words(self):
        if self.value is None:
            return 'not measured'
        where = ' (%s)' % self.at if self.at else ''
        return '%s: %s%s' % ('reached' if self.met else 'short',
                             self.number(self.value), where)


def _pages(one):
    count = one['size_pages']
    return '%s page%s' % (count, '' if count == 1 else 's')


def _pick(found, case, keep=None, **wanted):
    return [one for one in found if one['case'] == case and
            (keep is None or one.get('keep') == keep) and
            all(one.get(k) == v for k, v in wanted.items())]


def _sizes(found, least=0, most=1 << 40):
    return [one for one in found if least <= one['size_pages'] <= most]


def _values(found, key, at=_pages):
    return [(one.get(key), at(one)) for one in found]


def _by(found, key, at=_pages):
    """The kernel's number by lcma's."""
    lcma, kernel = 'lcma_%s_ns' % key, 'kernel_%s_ns' % key
    return [(one[kernel] / one[lcma], at(one)) for one in found
            if one.get(lcma) and one.get(kernel)]


def _tail(found, at=_pages):
    """The longest by the median, of lcma."""
    return [(one['lcma_max_ns'] / one['lcma_ns'], at(one)) for one in found
            if one.get('lcma_ns')]


def _instructions(ns):
    return ns / cases.NS_PER_INSTRUCTION


def _warm(found):
    out = []
    for keep in ('default', '8M'):
        hits = [one for one in _pick(found, 'B1', keep, zero=True)
                if one['n']]
        out.append(Goal(
            'B1', keep, 'a hit that need not zero, instructions', 2000,
            at_most=True, first=keep == 'default').judge(
                [(_instructions(one['lcma_ns']), '%s, init_on_alloc=%d' % (
                    _pages(one), one['init_on_alloc'])) for one in hits]))
        out.append(Goal(
            'B1', keep, 'the longest such hit, by the median', 2,
            at_most=True).judge(_tail(hits)))
        dirty = [one for one in _pick(found, 'B1', keep, zero=False)
                 if one['n']]
        out.append(Goal(
            'B1', keep, 'a hit that must zero, instructions beyond 1.1 × clearing and cleaning',
            2500, at_most=True, first=keep == 'default').judge(
                [(_instructions(one['lcma_ns'] - 1.1 * one['clear_ns']),
                  _pages(one)) for one in dirty]))
        out.append(Goal(
            'B1', keep, 'p99 of hits that must zero, kernel ÷ lcma', 1).judge(
                _values(dirty, 'p99_ratio')))
    small = _sizes(_pick(found, 'B1', 'default', zero=True), most=256)
    out.append(Goal('B1', 'default', 'hits of ≤ 256 pages, kernel ÷ lcma',
                    100).judge(_values(small, 'ratio')))
    return out


# Sizes in pages, and how many times as fast as the kernel in its better place.
LITTLE_HELD = ((0, 16, '≤ 16 pages', 5), (17, 64, '64 pages', 3),
               (65, 1024, '≤ 1024 pages', 1.5), (1025, 1 << 40, 'above', 1))


def _cold(found):
    out = []
    # With fewer pages the rest of a block goes back as well, after the call.
    large = _sizes(_pick(found, 'B2', '0'), 2048)
    out.append(Goal(
        'B2', '0', 'giving back, a page', 0.6, at_most=True, unit=' µs',
        first=True).judge(
            [(one['lcma_after_ns'] / one['size_pages'] / 1000, _pages(one))
             for one in large if one['lcma_after_ns'] is not None]))
    some = _pick(found, 'B2', 'wedge')
    for least, most, text, limit in LITTLE_HELD:
        out.append(Goal(
            'B2', 'wedge', 'kernel in its better place ÷ lcma in its worse one, '
            + text, limit, first=True).judge(_values(
                _sizes(some, least, most), 'ratio_better')))
    out.append(Goal('B2', 'wedge', 'the longest, kernel ÷ lcma', 0.95).judge(
        _by(some, 'max')))
    none = _pick(found, 'B2', '0')
    for least, most, text, limit in ((0, 1024, '≤ 1024 pages', 1.5),
                                     (1025, 1 << 40, 'above', 1)):
        out.append(Goal(
            'B2', '0', 'whole free blocks on both sides, kernel ÷ lcma, '
            'bound, ' + text, limit, first=True).judge(_values(
                _sizes(none, least, most), 'ratio_whole_low95')))
    for keep in ('0', 'default'):
        some = _pick(found, 'B2', keep)
        out.append(Goal('B2', keep, 'kernel ÷ lcma at every size, bound',
                        0.95).judge(_values(some, 'ratio_low95')))
        out.append(Goal('B2', keep, 'p99, kernel ÷ lcma', 0.95).judge(
            _values(some, 'p99_ratio')))
        out.append(Goal('B2', keep, 'the longest, kernel ÷ lcma', 0.95).judge(
            _by(some, 'max')))
        out.append(Goal(
            'B2', keep, 'all that it cost until all is as before, '
            'kernel ÷ lcma', 0.95).judge(_values(some, 'ratio_bill')))
    for keep, limit in (('0', 0.95), ('wedge', 0.95), ('128K', 0.95), ('default', 5)):
        out.append(Goal(
            'B2', keep, '32 held allocations of ≤ 64 pages, all that they cost, '
            'kernel ÷ lcma', limit, first=keep == 'default').judge(
                _values(_pick(found, 'B2held', keep), 'ratio')))
    return out


def _pressure(found):
    out = []
    classic = _pick(found, 'B3', '0')
    at_256 = _sizes(classic, 256, 256)
    out.append(Goal('B3', '0', 'kernel ÷ lcma at 256 pages, bound', 1.2,
                    first=True).judge(
        _values(at_256, 'ratio_low95')))
    out.append(Goal('B3', '0', 'kernel ÷ lcma at every size, bound',
                    0.95, first=True).judge(_values(classic, 'ratio_low95')))
    out.append(Goal(
        'B3', '0', 'by one call + 1.5 × moving + clearing and cleaning, median', 1,
        at_most=True, first=True).judge(_values(classic, 'by_budget')))
    small = _sizes(_pick(found, 'B3', '8M'), most=1024)
    out.append(Goal('B3', '8M', 'kernel ÷ lcma at ≤ 1024 pages, average',
                    15).judge(_by(small, 'mean')))
    for keep in ('0', 'default', '8M'):
        some = _pick(found, 'B3', keep)
        out.append(Goal('B3', keep, 'p99, kernel ÷ lcma', 0.95).judge(
            _values(some, 'p99_ratio')))
        out.append(Goal('B3', keep, 'the longest, kernel ÷ lcma', 0.5).judge(
            _by(some, 'max')))
    out.append(Goal('B3', 'all', 'failures of lcma less the kernel\'s', 0,
                    at_most=True).judge(
        [(one['fail_lcma'] - one['fail_kernel'], 'keep=%s, %s' % (
            one['keep'], _pages(one))) for one in _pick(found, 'B3')]))
    return out


# What a crowd was measured with.
MODES = {'tcg4': 'four CPUs', 'icount': 'one CPU, icount'}


def _more_failures(one):
    return 100 * (one['fail_lcma'] / max(1, one['tries_lcma']) -
                  one['fail_kernel'] / max(1, one['tries_kernel']))


def _threads(one):
    return '%d threads' % one['threads']


def _crowd(found):
    out = []
    for keep, limits in (('0', {'tcg4': 1.3, 'icount': 2.2}),
                         ('default', {'tcg4': 4, 'icount': 5})):
        for mode, limit in sorted(limits.items(), reverse=True):
            some = _pick(found, 'B4', keep, mode=mode)
            how = MODES[mode]
            out.append(Goal('B4', keep, 'replacements a second, lcma ÷ kernel, '
                            + how, limit, first=True).judge(
                                _values(some, 'ratio', _threads)))
            out.append(Goal('B4', keep, 'p99, kernel ÷ lcma, ' + how,
                            0.5).judge(_by(some, 'p99', _threads)))
            out.append(Goal('B4', keep, 'the longest, kernel ÷ lcma, ' + how,
                            0.5).judge(_by(some, 'max', _threads)))
    out.append(Goal('B4', 'all', 'tries that failed, lcma\'s share less the '
                    'kernel\'s', 0, at_most=True, unit=' %').judge(
        [(_more_failures(one), 'keep=%s, %s, %s' % (
            one['keep'], _threads(one), MODES.get(one['mode'], one['mode'])))
         for one in _pick(found, 'B4')]))
    out.append(Goal('B4', 'all', '-EBUSY of lcma', 0, at_most=True).judge(
        _values(_pick(found, 'B4'), 'busy_lcma', lambda one: '')))
    return out


def _pinned(one):
    return 'keep=%s, %s, %s %% pinned' % (one['keep'], _pages(one),
                                          one['pinned_percent'])


def _pins(found):
    some = _pick(found, 'B5')
    half = [one for one in _pick(found, 'B5', '0', every=2)
            if one['size_pages'] == 64]
    return [
        Goal('B5', 'all', 'failures of lcma although there was a run without a '
             'pin', 0, at_most=True).judge(_values(
                 [one for one in some if one.get('exists')], 'fail_lcma',
                 _pinned)),
        Goal('B5', '0', '64 pages, half of the blocks pinned, kernel ÷ lcma',
             1, first=True).judge(_values(half, 'ratio', _pinned)),
        Goal('B5', 'all', 'p99, kernel ÷ lcma', 0.95).judge(
            _values(some, 'p99_ratio', _pinned)),
        Goal('B5', 'all', 'the longest, kernel ÷ lcma', 0.5).judge(
            _by(some, 'max', _pinned))]


def _given_back(found):
    out = []
    for keep in ('0', 'default', '8M'):
        some = _pick(found, 'B6', keep)
        out.append(Goal('B6', keep, 'more instructions than with no '
                        'reservation', 0.25, at_most=True, unit=' %',
                        first=True).judge(
                            _values(some, 'more_percent', lambda one: '')))
        out.append(Goal('B6', keep, 'the same, at most', 0.5, at_most=True,
                        unit=' %').judge(_values(some, 'more_max_percent',
                                                 lambda one: '')))
    return out


def _map_at(one):
    return '%s, %s' % (one['trace'], 'sizes change' if one['size_pages'] is
                       None else _pages(one))


def _scale(found):
    maps = _pick(found, 'B7')
    return [
        # What the first words have is found as fast by reading them.
        Goal('B7', '', 'p99 of searches for changing sizes, word-wise first '
             'fit ÷ lcma', 50).judge(_values(
                 [one for one in maps if one['size_pages'] is None],
                 'p99_ratio', _map_at)),
        Goal('B7', '', 'p99 of searches among badly aligned runs, word-wise '
             'first fit ÷ lcma', 1).judge(_values(
                 _pick(found, 'B7', trace='badly'), 'p99_ratio', _map_at)),
        Goal('B7', '', 'metadata, all of it, of the region', 0.02, at_most=True,
             unit=' %').judge(_values(_pick(found, 'metadata'),
                                      'metadata_percent', _pages))]


# Policies that are as good as each other come out a little different.
ALIKE = 0.95


def _policies(found):
    """The default policy must be the best one."""
    out = []
    for case, text, score in (
            ('B8', 'gaps in use: speed of cost, the default, by the best '
             'other policy\'s',
             lambda one: 1 / one['lcma_ns'] if one['lcma_ns'] else None),
            ('B8', 'gaps in use: the longest of cost, by the best other '
             'policy\'s',
             lambda one: 1 / one['lcma_max_ns'] if one['lcma_max_ns'] else None),
            ('B8crowd', 'crowd: allocations per second of cost, by the best '
             'other policy\'s', lambda one: one['lcma_per_s']),
            ('B8crowd', 'crowd: p99 of cost, by the best other policy\'s',
             lambda one: 1 / one['lcma_p99_ns'] if one['lcma_p99_ns'] else None)):
        scores = {one['policy']: score(one) for one in _pick(found, case)}
        scores = {k: v for k, v in scores.items() if v}
        goal = Goal('B8', '0', text, ALIKE)
        default = scores.pop('cost', None)
        if default and scores:
            best = max(scores, key=scores.get)
            goal.judge([(default / scores[best], best)])
        out.append(goal)
    return out


def _at_once(one):
    return 'map_at_once=%d' % one['at_once']


def _ahead(found):
    passes = _pick(found, 'B9')
    prepared = _pick(found, 'B10')
    return [
        Goal('B9', '0', 'mapping 64 MiB and the first pass of writes', 92,
             at_most=True, unit=' ms', first=True).judge(
                 [(one['lcma_ns'] / 1e6, _at_once(one)) for one in passes]),
        Goal('B9', '0', 'the longest such pass, by the median', 1.1,
             at_most=True).judge(_tail(passes, _at_once)),
        Goal('B10', '0', '64 MiB that were prepared two seconds ahead, 95 of 100',
             50, at_most=True, unit=' µs', first=True).judge(
                 [(one['lcma_p95_ns'] / 1000, '') for one in prepared
                  if one.get('lcma_p95_ns')]),
        Goal('B10', '0', 'the longest of them, by the kernel\'s median', 1,
             at_most=True).judge(
                 [(one['lcma_max_ns'] / one['kernel_ns'], '')
                  for one in prepared if one.get('kernel_ns')]),
        Goal('B10', '0', 'CPU time of preparing, by moving', 1.1,
             at_most=True, first=True).judge(_values(prepared, 'cpu_by_move',
                                         lambda one: '')),
        Goal('B10', '0', 'the same, by moving + clearing and cleaning', 1.1,
             at_most=True).judge(_values(prepared, 'cpu_by_work',
                                         lambda one: ''))]


def _loaded(one):
    return '%s, %d region%s' % (one['source'], one['regions'],
                                '' if one['regions'] == 1 else 's')


def _load(found):
    laps = [one for one in _pick(found, 'B11') if one['source'] != 'kernel']
    return [Goal('B11', '0', text, 0.7, at_most=True, unit=' ms').judge(
        [(one[side] / 1e6, _loaded(one)) for one in laps])
            for text, side in (('insmod, a MiB', 'load_ns'),
                               ('rmmod, a MiB', 'unload_ns'))] + [
                Goal('B11', '0', 'the longest rmmod, by the median', 1.1,
                     at_most=True).judge(_tail(laps, _loaded))]


def all_goals(found):
    """Of the summaries of one kernel."""
    return (_warm(found) + _cold(found) + _pressure(found) + _crowd(found) +
            _pins(found) + _given_back(found) + _scale(found) +
            _policies(found) + _ahead(found) + _load(found))


def kernels(found):
    """Those that were measured, the oldest first."""
    return sorted({one['kernel'] for one in found if one.get('kernel')},
                  key=lambda k: [int(n) for n in k.split('.')])


def by_kernel(found):
    """(kernel, its goals) for each. What is measured on the host, without a
    kernel, is with the first one."""
    names = kernels(found) or [None]
    return [(name, all_goals([
        one for one in found if one.get('kernel') == name or
        (name == names[0] and not one.get('kernel'))])) for name in names]
