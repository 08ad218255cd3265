"""A small event around its meetings and visits: pins that are flash images in between become friends, phones learn of it, and
the report is the same to the byte however many workers play it."""
from types import SimpleNamespace

import pytest

from tests.crowd import model, report
from tests.crowd.energy import Rates
from tests.crowd.run import crowd

EVENT = {'pins': 4, 'hours': 0.3, 'scale': 8.0, 'seed': 26}    # a phone is bound, three meet, the phone fetches what is new


def rates(seed):
    return Rates(4.0, 5.0, 1.0, 0.2, 1.5, {})


@pytest.mark.roomy('a crowd has a board\'s heap in each twentieth meeting only: it costs twice as much')
def test_friends_stay_on_both_flashes_and_reach_the_phone_and_the_report_repeats_to_the_byte(micropython, tmp_path):
    stories = [crowd(SimpleNamespace(workers=workers, **EVENT), tmp_path / str(workers), lambda line: None, rates)
               for workers in (1, 2)]
    for name in ('report.json', 'crowd.svg'):
        assert (tmp_path / '1' / name).read_bytes() == (tmp_path / '2' / name).read_bytes()
    event = model.event(EVENT['seed'], EVENT['pins'], EVENT['hours'], EVENT['scale'])
    found, _, outcome = stories[1]
    assert report.wrong(found) == [] and found['whole'] and found['one_sided'] == 0
    ids = {audit.device_id: person for person, audit in outcome.audits.items()}
    pairs = {(person, ids[friend]) for person, audit in outcome.audits.items() for friend in audit.friends}
    assert pairs == {pair for meeting in event.meetings for pair in (meeting.people, meeting.people[::-1])}
    for person, audit in outcome.audits.items():        # the pin has taken the steps that were walked before it ran last
        walked = sum(steps for _, steps in event.wearers[person].steps(_last_s(event, person)))
        assert abs(audit.steps - walked) <= 3
    (person, held), = outcome.held.items()              # the phone knows whom the pin had met by then, and no more
    synced_s = event.visits[-1].at_s
    met = {other for one in event.meetings if person in one.people and one.at_s < synced_s for other in one.people} - {person}
    assert {ids[bytes.fromhex(friend)] for friend in held.friends} == met
    assert [one.agrees for one in outcome.visits] == [True, True]
    assert len(outcome.portraits) == 2                  # of the busiest pin: the name tag, the friends


def _last_s(event, person):
    return max(one.at_s for one in event.happenings if person in one.people)
