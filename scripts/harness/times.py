"""Minutes in the form of key names."""

import datetime


def minute(milliseconds):
    """2026-11-21T09:01Z"""
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC).strftime("%Y-%m-%dT%H:%MZ")


def instant(text):
    """Milliseconds of 2026-11-21T09:01:30.250Z or 2026-11-21T09:01Z."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000
