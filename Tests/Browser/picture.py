"""Pictures for tests."""

import urllib.parse


def picture(name):
    """A small picture that needs no server; each name has its own colour."""
    hue = sum(name.encode()) * 47 % 360
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 30'>"
        f"<rect width='40' height='30' fill='hsl({hue} 55% 62%)'/><circle cx='29' cy='9' r='4' fill='hsl({hue} 80% 90%)'/>"
        f"<path d='M0 30V21l11-8 9 8 8-5 12 9v5z' fill='hsl({hue} 45% 34%)'/><title>{name}</title></svg>"
    )
    return "data:image/svg+xml," + urllib.parse.quote(svg, safe="/:='")
