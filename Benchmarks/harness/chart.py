"""A line chart as SVG, readable on light and on dark pages."""

import html
import math

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP = 74, 24, 52
LEGEND_ROW, LEGEND_COLUMNS = 20, 3

# Told apart also by people who see no red or no green, and by their dashes in print.
STROKES = [("#0b5fff", "#6ea8ff", ""), ("#c2410c", "#ff9d6b", "7 3"), ("#0f766e", "#4fd1c5", "2 3"),
           ("#9d174d", "#f58bc0", "10 3 2 3"), ("#6b5b00", "#e3c94d", "5 5"), ("#57534e", "#b8b2ad", "1 4")]


class Axis:
    """From a value to a share of the axis, and the values that are written at it."""

    def __init__(self, title, marks, scale=float):
        self.title = title
        self.marks = marks
        self.scale = scale

    @classmethod
    def from_zero(cls, title, values):
        """1, 2 or 5 times a power of ten from mark to mark, so that there are four to eight."""
        high = max(values) or 1
        power = 10.0 ** math.floor(math.log10(high / 4))
        step = next(step * power for step in (1, 2, 5, 10) if high / (step * power) <= 8)
        return cls(title, [step * count for count in range(math.ceil(high / step - 1e-9) + 1)])

    @classmethod
    def of_powers(cls, title, values, low):
        """A mark for each power of ten. What is below `low`, one of them, is drawn there."""
        low = max(low, 10.0 ** math.floor(math.log10(max(min(values), low))))
        count = max(1, math.ceil(math.log10(max(*values, low) / low)))
        return cls(title, [low * 10 ** power for power in range(count + 1)], math.log10)

    @classmethod
    def of_values(cls, title, values):
        """The values themselves, each as far from the next as it is larger."""
        values = sorted(set(values))
        return cls(title, values if len(values) > 1 else [values[0], values[0] * 2], math.log10)

    def place(self, value):
        low, high = self.scale(self.marks[0]), self.scale(self.marks[-1])
        return (self.scale(max(value, self.marks[0])) - low) / (high - low)


class Chart:
    """`x` and `y` are axes; `series` holds (name, number of its stroke, points)."""

    def __init__(self, title, x, y, series):
        self.title = title
        self.x = x
        self.y = y
        self.series = series
        rows = math.ceil(len(series) / LEGEND_COLUMNS)
        self.bottom = HEIGHT - 62 - rows * LEGEND_ROW

    def write(self, path):
        with open(path, "w") as file:
            file.write("\n".join([*self._head(), *self._grid(), *self._lines(), *self._legend(), "</svg>", ""]))

    def _head(self):
        light = "".join(f".s{n} {{ stroke: {colour[0]}; }} " for n, colour in enumerate(STROKES))
        dark = "".join(f".s{n} {{ stroke: {colour[1]}; }} " for n, colour in enumerate(STROKES))
        yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
               f'height="{HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="13">')
        yield f"<title>{html.escape(self.title)}</title>"
        yield ("<style>.page { fill: #ffffff; } text { fill: #1f2328; } .grid { stroke: #d8dde3; } "
               f".axis {{ stroke: #59636e; }} {light}"
               "@media (prefers-color-scheme: dark) { .page { fill: #0d1117; } text { fill: #e6edf3; } "
               f".grid {{ stroke: #2d333b; }} .axis {{ stroke: #9198a1; }} {dark}}}</style>")
        yield f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>'
        yield f'<text x="{LEFT}" y="28" font-size="16" font-weight="600">{html.escape(self.title)}</text>'

    def _grid(self):
        for value in self.x.marks:
            x = self._x(value)
            yield f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP}" y2="{self.bottom}"/>'
            yield f'<text x="{x}" y="{self.bottom + 18}" text-anchor="middle">{written(value)}</text>'
        for value in self.y.marks:
            y = self._y(value)
            yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{written(value)}</text>'
        yield f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{self.bottom}H{WIDTH - RIGHT}"/>'
        middle = (TOP + self.bottom) / 2
        yield (f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{self.bottom + 38}" text-anchor="middle">'
               f"{html.escape(self.x.title)}</text>")
        yield (f'<text transform="translate(18 {middle}) rotate(-90)" text-anchor="middle">'
               f"{html.escape(self.y.title)}</text>")

    def _lines(self):
        for _, stroke, points in self.series:
            path = "L".join(f"{self._x(x)} {self._y(y)}" for x, y in points)
            yield f'<path {self._stroke(stroke)} d="M{path}"/>'
            if len(points) < 10:
                yield from (f'<circle class="s{stroke}" fill="none" stroke-width="2.2" cx="{self._x(x)}" '
                            f'cy="{self._y(y)}" r="3"/>' for x, y in points)

    def _legend(self):
        column = (WIDTH - LEFT - RIGHT) / LEGEND_COLUMNS
        for number, (name, stroke, _) in enumerate(self.series):
            x = LEFT + number % LEGEND_COLUMNS * column
            y = self.bottom + 60 + number // LEGEND_COLUMNS * LEGEND_ROW
            yield f'<path {self._stroke(stroke)} d="M{x:.1f} {y}h34"/>'
            yield f'<text x="{x + 42:.1f}" y="{y + 4}">{html.escape(name)}</text>'

    @staticmethod
    def _stroke(number):
        return f'class="s{number}" fill="none" stroke-width="2.2" stroke-dasharray="{STROKES[number][2]}"'

    def _x(self, value):
        return round(LEFT + self.x.place(value) * (WIDTH - LEFT - RIGHT), 1)

    def _y(self, value):
        return round(self.bottom - self.y.place(value) * (self.bottom - TOP), 1)


def written(value):
    return f"{value:,.0f}" if value >= 1 and value == round(value) else f"{value:g}"
