"""build/bench.json: the latest figure of each bench, one flat table. Used by every bench."""
import json

from tests.simulator.runtime import ROOT

PATH = ROOT / 'build' / 'bench.json'


def merge(figures):
    """Put `figures` (name: number) into the table; names that are not in them keep their value."""
    kept = json.loads(PATH.read_text()) if PATH.exists() else {}
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(json.dumps(kept | figures, indent=2, sort_keys=True) + '\n')


def percentile(values, share):
    """The value below which `share` (0..1) of `values` lie, by the nearest rank."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
