"""A small event around its meetings: pins that are flash images in between become friends as pins that run all the time do."""
import pytest

from tests.crowd import between, model


@pytest.fixture
def lived(micropython):
    """(event, {wearer: Kept}, [Result]) of four pins and their first meetings."""
    event = model.event(5, 4, 1, 3.0)
    states, results = {}, []
    for meeting in event.meetings[:5]:
        results.append(play(event, meeting, states))
        for person, side in zip((meeting.one, meeting.other), results[-1].sides, strict=True):
            states[person] = side.kept
    return event, states, results


def play(event, meeting, states):
    pair = meeting.one, meeting.other
    wearers = [event.wearers[person] for person in pair]
    return between.play(event.seed, meeting, wearers, [states.get(person) for person in pair])


def test_friends_stay_on_both_flashes_from_meeting_to_meeting(lived):
    event, states, results = lived
    assert all(result.known and result.complaints == () for result in results)
    audits = {person: between.audit(state) for person, state in states.items()}
    assert between.one_sided(audits.values()) == []
    pairs = {(meeting.one, meeting.other) for meeting in event.meetings[:5]}
    ids = {audit.device_id: person for person, audit in audits.items()}
    assert {tuple(sorted((person, ids[friend]))) for person, audit in audits.items() for friend in audit.friends} == pairs
    for person, audit in audits.items():        # the pin has taken the steps that were walked before its last meeting
        last_s = max(meeting.at_s for meeting in event.meetings[:5] if person in (meeting.one, meeting.other))
        walked = sum(steps for _, steps in event.wearers[person].steps(last_s))
        assert abs(audit.steps - walked) <= 3
    again = play(event, event.meetings[0], {})  # the same seed, the same bytes
    assert again._replace(cpu_s=0) == results[0]._replace(cpu_s=0)
