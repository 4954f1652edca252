"""The files by which the programs of one run know of each other."""

import hashlib
import os
import uuid


def project_id(place):
    """As bench.project_id makes it."""
    return str(uuid.UUID(hashlib.md5(f"project {place}".encode()).hexdigest()))


class Files:
    def __init__(self, folder, projects):
        for name in ("projects", "progress", "arrivals", "written", "numbers", "distribution"):
            setattr(self, name, os.path.join(folder, name))
        self.ids = [project_id(place) for place in range(projects)]
        with open(self.projects, "w") as file:
            file.write("\n".join(self.ids) + "\n")
