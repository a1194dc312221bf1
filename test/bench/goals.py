# SPDX-License-Identifier: GPL-2.0-only
"""
What the bench is to reach, and whether it does.

Each goal looks at the summaries (cases.py) and answers with the worst value that
counts, so that a goal is reached only where all of it is.
"""

import cases


class Goal:
    """`value` is what was measured, and `met` whether that is enough."""

    def __init__(self, case, keep, text):
        self.case, self.keep, self.text = case, keep, text
        self.value = None
        self.at = ''
        self.met = None
        self.unit = ''

    def judge(self, found, limit, at_most=False):
        """found: (value, where) pairs; the worst of them counts."""
        found = [(v, at) for v, at in found if v is not None]
        if not found:
            return self
        worst = max if at_most else min
        self.value, self.at = worst(found, key=lambda f: f[0])
        self.met = self.value <= limit if at_most else self.value >= limit
        self.limit = limit
        return self

    def number(self, value):
        if abs(value) >= 1000:
            return '{:,.0f}{}'.format(value, self.unit)
        return '{:.3g}{}'.format(value, self.unit)

    def words(self):
        if self.value is None:
            return 'not measured'
        where = ' (%s)' % self.at if self.at else ''
        if self.met:
            return 'reached: %s%s' % (self.number(self.value), where)
        return 'short: %s of %s%s' % (self.number(self.value),
                                      self.number(self.limit), where)


def _pages(one):
    return '%s pages' % one['size_pages']


def _pick(found, case, keep=None, **wanted):
    return [one for one in found if one['case'] == case and
            (keep is None or one.get('keep') == keep) and
            all(one.get(k) == v for k, v in wanted.items())]


def _instructions(ns):
    return ns / cases.NS_PER_INSTRUCTION


def _warm(found):
    out = []
    for keep in ('default', '8M'):
        hits = _pick(found, 'B1', keep, zero=True)
        goal = Goal('B1', keep, 'a hit that need not zero, in instructions')
        out.append(goal.judge(
            [(_instructions(one['lcma_ns']), '%s, init_on_alloc=%d' % (
                _pages(one), one['init_on_alloc'])) for one in hits],
            3000, at_most=True))
        dirty = _pick(found, 'B1', keep, zero=False)
        goal = Goal('B1', keep, 'a hit that must zero, by clearing its pages')
        out.append(goal.judge([(one['by_clear'], _pages(one))
                               for one in dirty], 1.1, at_most=True))
    small = [one for one in _pick(found, 'B1', 'default', zero=True)
             if one['size_pages'] <= 256]
    goal = Goal('B1', 'default', 'kernel ÷ lcma at ≤ 256 pages')
    out.append(goal.judge([(one['ratio'], _pages(one)) for one in small], 100))
    return out


def _cold(found):
    goal = Goal('B2', '0', 'kernel ÷ lcma at every size, 95 % bound')
    out = [goal.judge([(one['ratio_low95'], _pages(one))
                       for one in _pick(found, 'B2', '0')], 0.95)]
    goal = Goal('B2', 'default', '32 held allocations of ≤ 64 pages: CPU time '
                'of all, kernel ÷ lcma')
    out.append(goal.judge([(one['ratio'], _pages(one)) for one in
                           _pick(found, 'B2held', 'default')], 3))
    return out


def _by(found, key):
    """A ratio of means, or of maxima, of both sides."""
    lcma, kernel = 'lcma_%s_ns' % key, 'kernel_%s_ns' % key
    return [(one[kernel] / one[lcma], _pages(one)) for one in found
            if one[lcma]]


def _pressure(found):
    out = []
    classic = _pick(found, 'B3', '0')
    goal = Goal('B3', '0', 'by the cost of moving the pages in use')
    out.append(goal.judge([(one.get('by_move'), _pages(one))
                           for one in classic], 2.0, at_most=True))
    goal = Goal('B3', '0', 'p99 ÷ median')
    out.append(goal.judge([(one['lcma_p99_ns'] / one['lcma_ns'], _pages(one))
                           for one in classic if one['lcma_ns']], 3,
                          at_most=True))
    small = [one for one in classic if one['size_pages'] <= 1024]
    goal = Goal('B3', '0', 'kernel ÷ lcma at ≤ 1024 pages, average')
    out.append(goal.judge(_by(small, 'mean'), 3))
    small = [one for one in _pick(found, 'B3', '8M')
             if one['size_pages'] <= 1024]
    goal = Goal('B3', '8M', 'kernel ÷ lcma at ≤ 1024 pages, average')
    out.append(goal.judge(_by(small, 'mean'), 15))
    goal = Goal('B3', '8M', 'kernel ÷ lcma at ≤ 1024 pages, maximum')
    out.append(goal.judge(_by(small, 'max'), 10))
    return out


# What a crowd was measured with.
MODES = {'tcg4': 'four CPUs', 'icount': 'one CPU, icount'}


def _more_failures(one):
    return 100 * (one['fail_lcma'] / max(1, one['tries_lcma']) -
                  one['fail_kernel'] / max(1, one['tries_kernel']))


def _crowd(found):
    out = []
    for keep, limit in (('0', 1.3), ('default', 4)):
        for mode in sorted({one['mode'] for one in _pick(found, 'B4', keep)},
                           reverse=True) or ['tcg4']:
            goal = Goal('B4', keep, 'allocations per second, lcma ÷ kernel, '
                        + MODES.get(mode, mode))
            out.append(goal.judge([(one['ratio'], '%d threads' % one['threads'])
                                   for one in _pick(found, 'B4', keep,
                                                    mode=mode)], limit))
    goal = Goal('B4', 'all', 'tries that failed, lcma\'s share less the '
                'kernel\'s')
    goal.unit = ' %'
    out.append(goal.judge([(_more_failures(one), '%s, %d threads, %s' % (
        'keep=' + one['keep'], one['threads'], MODES.get(one['mode'],
                                                         one['mode'])))
                           for one in _pick(found, 'B4')], 0, at_most=True))
    goal = Goal('B4', 'all', '-EBUSY of lcma')
    out.append(goal.judge([(one['busy_lcma'], '') for one in
                           _pick(found, 'B4')], 0, at_most=True))
    return out


def _pins(found):
    goal = Goal('B5', 'all', 'failures of lcma although there was a run without'
                ' a pin')
    return [goal.judge(
        [(one['fail_lcma'], 'keep=%s, %s, %s %% pinned' % (
            one['keep'], _pages(one), one['pinned_percent']))
         for one in _pick(found, 'B5', exists=True)], 0, at_most=True)]


def _given_back(found):
    out = []
    for keep in ('0', 'default', '8M'):
        goal = Goal('B6', keep, 'more instructions than with no reservation')
        goal.unit = ' %'
        out.append(goal.judge([(one['more_percent'], '')
                               for one in _pick(found, 'B6', keep)], 2.0,
                              at_most=True))
    return out


def _scale(found):
    maps = _pick(found, 'B7')
    goal = Goal('B7', '', 'p99 of searches for changing sizes: word-wise '
                'first fit ÷ lcma')
    # What the first words have is found as fast by reading them.
    out = [goal.judge([(one['p99_ratio'], one['trace']) for one in maps
                       if one['size_pages'] is None], 50)]
    goal = Goal('B7', '', 'metadata, of the region')
    goal.unit = ' %'
    out.append(goal.judge([(one['metadata_percent'], '') for one in maps],
                          0.02, at_most=True))
    return out


# Policies that are as good as each other come out a little different.
ALIKE = 0.95


def _policies(found):
    """The default policy must be the best one."""
    out = []
    for case, text, score in (
            ('B8', 'gaps in use: speed of cost, the default, by the best '
             'other policy\'s',
             lambda one: 1 / one['lcma_ns'] if one['lcma_ns'] else None),
            ('B8crowd', 'crowd: allocations per second of cost, by the best '
             'other policy\'s', lambda one: one['lcma_per_s'])):
        scores = {one['policy']: score(one) for one in _pick(found, case)}
        scores = {k: v for k, v in scores.items() if v}
        goal = Goal('B8', '0', text)
        default = scores.pop('cost', None)
        if default and scores:
            best = max(scores, key=scores.get)
            goal.judge([(default / scores[best], best)], ALIKE)
        out.append(goal)
    return out


def all_goals(found):
    return (_warm(found) + _cold(found) + _pressure(found) + _crowd(found) +
            _pins(found) + _given_back(found) + _scale(found) +
            _policies(found))


