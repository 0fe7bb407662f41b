import pytest

from app.colours import COLOURS, NO_COLOUR, colour_named

EVERYONE = [*COLOURS.values(), NO_COLOUR]


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", EVERYONE, ids=lambda colour: colour.name)
def test_text_can_be_read_on_each_colour(colour):
    light = [(colour.strong, colour.tint), (colour.strong, "#ffffff")]
    dark = [(colour.bright, colour.shade), (colour.bright, "#20242a")]
    pairs = [(colour.on_strong, colour.strong), *light, *dark]
    assert min(contrast(*pair) for pair in pairs) >= 4.5


def test_no_two_colours_share_a_name_or_a_mark():
    for name in ("name", "mark", "shape", "strong", "bright", "tint", "shade"):
        assert len({getattr(colour, name) for colour in EVERYONE}) == len(EVERYONE)


@pytest.mark.parametrize(("name", "found"), [("blue", "blue"), ("green", "green"), ("red", "none"), (None, "none")])
def test_an_unknown_name_is_grey(name, found):
    assert colour_named(name).name == found
