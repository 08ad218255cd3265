"""What the screens of lists, cards and codes make of an input, say in words and depend on; nothing is drawn here."""
import types

import pytest

from firmware.ui import screens
from firmware.ui.model import Model

JO = (b'i' * 16, 'Jo', ('Engineer', 'met today'), ('7,312 steps', '12 friends', 'last met today', 'met on 1 day'), False, b'')
PAGES = 'steps', 'steps', 'friends'
BOARDS = [(PAGES, tuple((place, name, b'', '9,000', age) for place, name, age in shown)) for shown in (
    ((1, 'Ben', 'just now'), (2, 'You', ''), (3, 'Ada', '3 h ago')), ((0, 'Jo', 'yesterday'),), ((1, 'You', ''),), ())]
ERRANDS = (('Walk 10,000 steps in a day', True, 'done'), ('Make ten friends in one day', False, '3 of 10 friends'))


@pytest.fixture
def at():
    """`at(name, fact=value...)`: what the screen `name` with such a model takes, says and is."""
    def of(name, **facts):
        screen, model = screens.load(name), Model()
        for fact, value in facts.items():
            assert hasattr(model, fact)
            setattr(model, fact, value)
        return types.SimpleNamespace(model=model, lines=screen.lines(model), state=screen.state(model),
                                     wants=screen.wants(model) if hasattr(screen, 'wants') else None,
                                     take=lambda kind: screen.take(model, kind))
    return of


def test_the_friend_list_is_walked_one_by_one_or_by_pages_and_ends_with_back(at):
    found = tuple((f'Friend {number}', b'', 'met today') for number in range(3))
    first = at('friend_list', friends=800, depth=1, rows=found)
    assert first.lines == ['Friend 0', 'met today'] and first.wants == ('friends', 0, 3)
    assert [first.take(kind) for kind in ('next', 'up', 'down', 'act', 'previous')] == [
        ('cursor', 1), ('cursor', 4), ('cursor', 0), ('go', 'friend_card'), ('back', None)]
    last = at('friend_list', friends=800, depth=1, cursor=800, rows=found[:1])
    assert last.lines == ['← Back'] and last.wants == ('friends', 799, 3)
    assert [last.take(kind) for kind in ('next', 'up', 'act')] == [('cursor', 0), ('cursor', 800), ('back', None)]
    middle = at('friend_list', friends=800, depth=1, cursor=2, rows=found)
    assert middle.lines == ['Friend 1', 'met today']        # the second of those that were asked for


def test_nobody_in_the_book_is_only_a_way_back(at):
    assert at('friend_list', depth=1).lines == ['← Back']
    assert at('friends').take('act') is None
    assert at('friends', friends=1).take('act') == ('go', 'friend_list')


def test_a_card_has_pages_and_asks_twice_before_it_does_anything(at):
    pages = [at('friend_card', depth=2, chosen=7, cursor=cursor, rows=JO) for cursor in range(5)]
    assert pages[0].wants == ('friend', 7)
    assert [page.lines[0] for page in pages] == ['Jo', 'Jo', 'Block', 'Forget', '← Back']
    assert pages[0].lines[1:] == list(JO[2]) and pages[1].lines[1:] == list(JO[3])
    assert [page.take('next') for page in pages] == [('cursor', number) for number in (1, 2, 3, 4, 0)]
    assert pages[4].take('act') == ('back', None)
    for page, question, action in ((2, 'Block Jo?', 'block'), (3, 'Forget Jo?', 'forget')):
        verb, cursor = pages[page].take('act')
        sure = at('friend_card', depth=2, cursor=cursor, rows=JO)
        assert verb == 'cursor' and sure.lines == [question, 'Hold again for yes']
        assert sure.take('next') == ('cursor', 0) and sure.take('previous') == ('back', None)
        assert sure.take('act') == ('back', (action, JO[0]))
    assert at('friend_card', depth=2, cursor=2, rows=JO[:4] + (True, b'')).lines[0] == 'Unblock'


def test_a_friend_who_is_gone_leads_back(at):
    gone = at('friend_card', depth=2, cursor=8)
    assert gone.lines == ['This friend is in the book no more'] and gone.take('act') == ('back', None)


def test_boards_are_counted_only_inside_and_come_page_by_page(at):
    cover = at('boards')
    assert cover.wants == ('nothing',) and cover.take('act') == ('go', 'boards') and cover.take('next') is None
    pages = [at('boards', depth=1, cursor=cursor, rows=BOARDS[cursor]) for cursor in range(4)]
    assert pages[0].wants == ('boards', True, 0, 3) and pages[3].wants == ('boards', True, 3, 3)
    assert [page.lines[0] for page in pages] == ['Steps', 'Steps', 'Friends', '← Back']
    assert pages[0].lines[1:] == ['1. Ben 9,000 just now', '2. You 9,000', '3. Ada 9,000 3 h ago']
    assert pages[1].lines[1:] == ['Jo 9,000 yesterday']
    assert pages[3].take('next') == ('cursor', 0) and pages[3].take('act') == ('back', None)
    assert pages[0].take('act') == ('cursor', 3) and pages[1].take('down') == ('cursor', 0)


def test_boards_that_are_counted_say_how_far_that_is_and_can_be_left(at):
    counting = at('boards', depth=1, rows=(416, 1204))
    assert counting.lines == ['Counting', '416 of 1,204 friends']
    assert [counting.take(kind) for kind in ('next', 'previous', 'act', 'up')] == [('back', None)] * 3 + [('', None)]
    assert counting.state != at('boards', depth=1, rows=(417, 1204)).state


@pytest.mark.parametrize('cursor, said, act', [
    (0, ['Plain', 'hold to wear it'], ('do', ('design', -1))), (3, ['Athletics', 'worn now'], ('do', ('design', 2))),
    (5, ['Baseball/softball', '1 friend to go'], None), (7, ['Boxing', '11 friends to go'], None),
    (34, ['← Back'], ('back', None)),
])
def test_the_gallery_says_what_a_design_costs_and_wears_what_is_earned(at, cursor, said, act):
    inside = at('gallery', depth=1, cursor=cursor, design=2, designs_unlocked=4, to_next_design=1)
    assert inside.lines == said and inside.take('act') == act
    assert inside.take('next') == ('cursor', cursor + 1 if cursor < 34 else 0)


def test_the_gallery_s_cover_shows_what_is_worn(at):
    cover = at('gallery', design=2, designs_unlocked=4)
    assert cover.lines == ['Designs', '4 of 33 yours']
    assert cover.take('act') == ('go', 'gallery') and cover.take('next') is None
    assert cover.state != at('gallery', design=3, designs_unlocked=4).state


def test_the_code_changes_between_card_and_page_where_there_is_one(at):
    card = at('code', rows=('My card', True, 21, bytes(63)))
    assert card.lines == ['My card'] and card.take('act') == ('cursor', 1) and card.take('next') is None
    assert at('code', rows=('My page', True, 21, bytes(63)), cursor=1).take('act') == ('cursor', 0)
    assert at('code', rows=('My card', False, 21, bytes(63))).take('act') is None
    assert at('code').lines == ['There is no card to show yet']


def test_medals_lead_to_the_errands(at):
    bronze = at('medals', rank='bronze', next_rank='silver', to_next_rank=1)
    assert bronze.lines[:2] == ['Bronze', '1 friend to silver'] and bronze.take('act') == ('go', 'errands')
    assert at('medals', rank='gold', next_rank='').lines[1] == 'All medals are yours'
    errands = [at('errands', depth=1, cursor=cursor, rows=ERRANDS) for cursor in range(3)]
    assert [errand.lines for errand in errands] == [
        ['Walk 10,000 steps in a day', 'done'], ['Make ten friends in one day', '3 of 10 friends'], ['← Back']]
    assert errands[0].take('act') is None and errands[2].take('act') == ('back', None)


def test_a_week_names_its_days_and_counts_its_goals(at):
    week = at('week', rows=((8000, 12_400, 3100, 0, 9050, 7000, 4321), 4))
    assert week.lines[:3] == ['43,871', 'steps, 3 goals', 'S 8,000'] and week.lines[-1] == 'F 4,321'
    assert [line[0] for line in week.lines[2:]] == list('SSMTWTF')
    assert at('week', rows=((0,) * 6 + (9,), None)).lines[:3] == ['9', 'steps in a week', '· 0']
    assert at('week', rows=((0,) * 7, None)).lines == ['No steps yet', 'Take me for a walk, and a bar grows here']
    assert at('week', rows=((8000,) + (0,) * 6, 0)).lines[1] == 'steps, 1 goal'
