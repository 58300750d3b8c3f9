"""Every feature that the specification lists is here, or says why it is not; those that it demands all work."""

from tests.end_to_end.features import FEATURES
from tests.end_to_end.specification import ALSO_CALLED, rows

HERE = {feature.name: feature for feature in FEATURES}


def test_everything_that_must_be_there_is_there_and_works():
    must = [row.name for row in rows() if row.is_must]
    assert len(must) > 50, "the table could not be read"
    assert [name for name in must if name not in HERE or HERE[name].why_not is not None] == []


def test_what_would_be_nice_is_there_or_says_why_not():
    nice = [row.name for row in rows() if not row.is_must]
    assert [name for name in nice if name not in HERE] == [], "neither there nor said to be left out"


def test_other_names_are_only_kept_for_what_exists():
    names = {row.name for row in rows()}
    assert set(ALSO_CALLED.values()) <= names & set(HERE)
