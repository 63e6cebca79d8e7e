"""Reads what `/metrics` answers. Needs prometheus_client."""

from __future__ import annotations

Figures = dict[tuple[str, ...], float]
"""Values by the name of the sample, and the values of its labels in the order of their names."""


def figures(text: str) -> Figures:
    """Read the samples of a text, those of buckets left out."""
    from prometheus_client.parser import text_string_to_metric_families

    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }
