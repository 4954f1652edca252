FOLDER="docs/benchmarks"; LINES=""; PAGE=""
def draw(lines): pass
