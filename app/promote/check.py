"""What must be so before anything is moved."""

from .end import FIELDS, End


class Refused(Exception):
    """Nothing can be moved. The message says why, and what to do."""


def check(source: End, target: End) -> None:
    """Raise Refused unless the users of the source can be moved to the target. Changes nothing."""
    for end in (source, target):
        marker = end.execute("SELECT colour FROM marker")[0]
        if marker != [(end.colour,)]:
            whose = ", ".join(str(colour) for (colour,) in marker) or "nobody"
            raise Refused(f"{end.place} is to be {end.colour}’s, but its marker names {whose}. Check where it leads.")
        others = end.columns() ^ {"id", *FIELDS}
        if others:
            named = ", ".join(sorted(others))
            raise Refused(f"The users in {end.place} have other fields than this release knows: {named}.")
    check_complete(target, source)


def check_complete(copy: End, other: End) -> None:
    """Raise Refused if users were handed over by one end, and have not arrived at the other."""
    moved = copy.moved()
    if moved and not other.is_finished(moved[0]):
        raise Refused(
            f"The users of {copy.colour} have not all arrived on {moved[1]}. Go on with --to {moved[1]} first."
        )
