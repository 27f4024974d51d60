#!/usr/bin/env python3
"""Writes statistics.json: SciPy's numbers for fixed inputs, which the statistics of the report must repeat."""
import json
import pathlib

import numpy
import scipy
from scipy import stats

generator = numpy.random.default_rng(20231107)


def paired(first, second):
    result = stats.ttest_rel(first, second)
    return {"first": list(first), "second": list(second), "p": float(result.pvalue)}


def round_to(rows, values):
    return [float(round(v * rows) / rows) for v in values]


cases = []
for n, shift in [(3, 0.5), (5, 0.3), (10, 0.0), (10, 0.02), (10, 0.5), (30, 0.1), (200, 0.05)]:
    a = generator.normal(1, 0.2, n)
    cases.append(paired(a.tolist(), (a + shift + generator.normal(0, 0.1, n)).tolist()))
# Errors of small problems: few distinct values, many ties.
for rows, n in [(150, 10), (214, 10), (214, 4)]:
    cases.append(paired(round_to(rows, generator.normal(0.05, 0.01, n)), round_to(rows, generator.normal(0.06, 0.01, n))))

friedman = []
for problems, columns, digits in [(10, 7, 6), (8, 7, 2), (4, 3, 6), (20, 4, 1)]:
    table = numpy.round(generator.normal(0.2, 0.1, (problems, columns)) + 0.03 * numpy.arange(columns), digits)
    result = stats.friedmanchisquare(*table.T)
    friedman.append({
        "rows": table.tolist(), "statistic": float(result.statistic), "p": float(result.pvalue),
        "ranks": stats.rankdata(table, axis=1).mean(axis=0).tolist(),
        "critical_difference": float(
            stats.studentized_range.ppf(0.95, columns, numpy.inf) / numpy.sqrt(2)
            * numpy.sqrt(columns * (columns + 1) / (6 * problems))),
    })

quantiles = [
    {"groups": k, "level": level, "q": float(stats.studentized_range.ppf(1 - level, k, numpy.inf))}
    for k in (2, 3, 7, 11, 20) for level in (0.05, 0.1, 0.01)
]

kendall = []
for n, digits in [(7, 6), (7, 1), (11, 1), (3, 6), (40, 1)]:
    a = numpy.round(generator.normal(0, 1, n), digits)
    b = numpy.round(a + generator.normal(0, 1, n), digits)
    kendall.append({"first": a.tolist(), "second": b.tolist(), "tau": float(stats.kendalltau(a, b).statistic)})

students = [
    {"t": t, "df": df, "p": float(2 * stats.t.sf(t, df)), "critical": float(stats.t.ppf(0.975, df))}
    for df in (2, 9, 29, 199) for t in (0.01, 0.7, 2.3, 9.0, 40.0)
]
chi = [{"x": x, "df": df, "p": float(stats.chi2.sf(x, df))} for df in (1, 2, 6, 10) for x in (0.01, 1.0, 6.0, 30.0, 200.0)]
holm = []
for n in (1, 3, 6, 12):
    p = generator.uniform(0, 0.2, n) ** 2
    order = numpy.argsort(p)
    adjusted = numpy.empty(n)
    adjusted[order] = numpy.minimum(1, numpy.maximum.accumulate(p[order] * (n - numpy.arange(n))))
    holm.append({"p": p.tolist(), "adjusted": adjusted.tolist()})

path = pathlib.Path(__file__).with_name("statistics.json")
path.write_text(json.dumps({
    "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__},
    "paired": cases, "friedman": friedman, "studentized_range": quantiles, "kendall": kendall,
    "student": students, "chi_squared": chi, "holm": holm,
}, indent=1) + "\n")
