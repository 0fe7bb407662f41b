"""The colours: the one place for names, hex values and marks, from which pages and favicons are made."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Colour:
    """A deployment slot as people see it. A word and a mark go with it, for those who cannot tell blue from green."""

    name: str
    strong: str  # behind the heading and on buttons; links and marks on a light page
    on_strong: str  # text on `strong`
    bright: str  # links and marks on a dark page
    tint: str  # behind a light page
    shade: str  # behind a dark page
    mark: str  # the shape as a character, for the page title
    shape: str  # the shape as an SVG path in a box of 16 by 16


_DIAMOND = "M8 1 15 8 8 15 1 8Z M8 4 4 8 8 12 12 8Z"
_DISC = "M8 1A7 7 0 1 0 8 15 7 7 0 1 0 8 1Z"
_TRIANGLE = "M8 1.5 15.5 14.5.5 14.5Z"
NO_COLOUR = Colour("none", "#555555", "#ffffff", "#c4c4c4", "#efefef", "#161616", "◇", _DIAMOND)
COLOURS = {
    colour.name: colour
    for colour in (
        Colour("blue", "#0b4f9e", "#ffffff", "#8cc0ff", "#e3eefb", "#0a1626", "●", _DISC),
        Colour("green", "#0f6b35", "#ffffff", "#7fdc9f", "#e2f4e6", "#0a1a10", "▲", _TRIANGLE),
    )
}
NAMES = {*COLOURS, NO_COLOUR.name}  # what a web server can say it is


def colour_named(name: str | None) -> Colour:
    """The colour of that name, or grey for none."""
    return COLOURS.get(name or "", NO_COLOUR)
