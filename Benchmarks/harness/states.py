"""What is shown of projects, compared with what the database holds."""

import collections
import json


def differences(wanted, shown):
    """lost, extra and disordered images of the lines `shown` against those of the database: project, scene, its URLs."""
    wanted, shown = _scenes(wanted), _scenes(shown)
    lost = extra = disordered = 0
    for scene in wanted.keys() | shown.keys():
        one, other = wanted.get(scene, "[]"), shown.get(scene, "[]")
        if one == other:
            continue
        one, other = json.loads(one), json.loads(other)
        missing = collections.Counter(one) - collections.Counter(other)
        surplus = collections.Counter(other) - collections.Counter(one)
        lost += missing.total()
        extra += surplus.total()
        if not missing and not surplus:
            disordered += sum(a != b for a, b in zip(one, other))
    return dict(lost=lost, extra=extra, disordered=disordered)


def _scenes(lines):
    """(project, scene) -> the text of its URLs."""
    return {(project, scene): urls for project, scene, urls in (line.split(" ", 2) for line in lines)}
