"""Every screen in every state that matters: {screen: {state: facts of ui.model.Model}}. A new screen gets its row here.

Shared by the golden pictures, the sheet of all screens and the walk over all inputs; imported by CPython and by MicroPython,
so it holds plain values only. `frame` is no fact: it asks for the moment's picture of that number instead of the still one.
"""
from binascii import a2b_base64


def facts(*several, **more):
    """One dict of several, the later ones counting."""
    whole = {}
    for one in several:
        whole.update(one)
    whole.update(more)
    return whole


AMELIA = facts(has_card=True, bound=True, name='Amelia Q', title='Field Engineer', organisation='Northwind Labs')
LONG = facts(has_card=True, bound=True, name='Maximiliane von Habsburg-Lothringen', title='Vorsitzende des Aufsichtsrats',
            organisation='Österreichische Gesellschaft für Wetterkunde')
ONE_WORD = facts(has_card=True, bound=True, name='Wolfeschlegelsteinhausenbergerdorff')
KHAI = facts(has_card=True, bound=True, name='Nguyễn Thị Minh Khai', title='Kỹ sư phần mềm', organisation='Đà Nẵng')
DIMITRA = facts(has_card=True, bound=True, name='Δήμητρα Ξανθοπούλου', title='Инженер', organisation='クラウド ピン')
NOA = facts(has_card=True, bound=True, name='נועה לוי', title='مهندسة ميدانية', organisation='Northwind Labs')
AKARI = facts(has_card=True, bound=True, name='佐藤 あかり', title='カメラマン', organisation='東京')
STARK = facts(high_contrast=True)


# shaped by the companion: `python -m assets.fonts.strip` makes the picture
LAYLA = facts(has_card=True, bound=True, name='ليلى منصور', title='Field Engineer', strip=a2b_base64(
    'Q1BOMaEgpY+xbhNBEIb/vcO+4trQ4CKP4JbOB22aFKRySwWFH8F+hCDRpIImVURPgbSW8gJWKChoXERARwoLna3d/ZnZW9sRdwqWMrqb3Zn5duYf'
    '4GGrzvb+YZB7fxBo/g+ax4KfDwVD9hgQHaA3B4Kv/4m7wGrzrLm8aoONoF/9eNzSpnFlF/hcCsNmDzbZZYqx7yV+ZrHQTj3MSeb4ZLBKnbfgl0z9'
    'nLjTTlbqVyzgMzje0y6IK2JHmprMKsJZ+BIhQxgn7Qn0eRTAzJUhFwU8Rl1qilnIgaMdKJE8l8MXvpjbmQh0CsoMXwB1HxAFkmXT0ec+d+XCLin3'
    'csZsQVUV/4mAxYzFFhy48YZ/RnjP8Q9O1rzS0aKs4tsLTiR1kUC2TCXpojszqtG1QRO3SOBv+eNaK41uEvKd/Mlpsy5k1gfyhBxBXhl9OKkCad8F'
    'a4KtNoMELkWEpNbs613hlwbV5ZseYOKnJrtiPm1STyT2MuaWqXjfwrF0me7Ccw5xSdvm4G3vNIx2oWMJCty2WlfTwscXZQwNAssO8E7BiHxVfDXU'
    'IR0SZUMyFtw3FbDMBBygy9ZkLNTXW2VH6Lazp82+VV/8Xw=='))
WEEK = ((5120, 8432, 10231, 760, 12004, 8002, 3911), 4)             # up to a Friday
FRIENDS_PAGE = (('Jo', b'', 'met today'), ('Ben Okafor', b'', 'met yesterday'), (LONG['name'], b'', 'met 3 days ago'),
                (KHAI['name'], b'', 'met 14 days ago'), (NOA['name'], b'', 'met 3 Nov 2026'),
                (LAYLA['name'], LAYLA['strip'], 'met today'))
JO = (b'0123456789abcdef', 'Jo', ('met today',), ('1 step', '0 friends', 'last met today', 'met on 1 day'), False, b'')
BEN = (b'0123456789abcdef', 'Ben Okafor', ('Press photographer', 'Field Desk', 'met 3 Nov 2026'),
       ('12,345 steps', '148 friends', 'last met 3 days ago', 'met on 4 days', 'the one with the blue scarf'), False, b'')
MAX = (b'0123456789abcdef', LONG['name'], (LONG['title'], LONG['organisation'], 'met on some day'),
       ('123,456 steps', '1,204 friends', 'last met 30 Sep 2026', 'met on 365 days', 'bring back my grey umbrella'),
       True, b'')
BOARD_PAGES = ('steps', 'steps', 'steps', 'friends')
LEADERS = BOARD_PAGES, ((1, 'Jo', b'', '12,345', 'just now'), (2, LAYLA['name'], LAYLA['strip'], '9,873', '3 h ago'),
                        (3, 'You', b'', '8,432', ''))
OTHERS = BOARD_PAGES, ((4, LONG['name'], b'', '8,002', '5 h ago'), (4, KHAI['name'], b'', '8,002', 'today'),
                       (0, NOA['name'], b'', '20,110', 'yesterday'))
LAST = BOARD_PAGES, ((0, 'Ada', b'', '15,300', 'day unknown'),)
BY_FRIENDS = BOARD_PAGES, ((1, 'Ben Okafor', b'', '148', '3 h ago'), (12, 'You', b'', '72', ''),
                           (0, 'Jo', b'', '1', '12 days ago'))
ERRANDS = (
    ('Walk 10,000 steps in a day', True, 'done'), ('Walk 42,195 steps in a day', False, '10,231 of 42,195 steps'),
    ('Reach your step goal five days in a row', False, '3 of 5 days'),
    ('Walk 250,000 steps in all', False, '88,120 of 250,000 steps'),
    ('Meet a friend who walked more today', True, 'done'), ('Fill in your whole card', False, 'not yet'),
)
SETTINGS = (70, 15, False, False, True, False, True, 8000, 4, 'km', 2)
# what the code screen shows of Amelia's card, and of a web address
CARD_CODE = ('My card', False, 45, bytes.fromhex(
    'fe353456cbf882ae3e82d208ba0524d852e8ba8dbc801ae8ba324f973ae882ae28af8208feaaaaaaabf8005b68c3a000fbb76fc62d50'
    '7598e55e9960c24da599d870a154b59e0038729dab82221094ea33479c880ef1b88268f0040584743f609b3064976c3894f52006d9c0'
    'b29653e93110f90975d9ed700fd4afc71f9038b338c698c82a976abe7a90889ab8b668a04fbf3fb76fc0c068b386de20be5b8730a1d0'
    'c92c86fea7e893e568a36a00651a34df1a1802c846226410c1c589a45570c328446223785df5331753400b206071f45079f578d480e8'
    '9bb56fe34f8800b828de58e8fefe2abbea90827b78d838f0baff2f966fa0baa8e8864540ba99ddf03a6882c8f82e44a0fea565d75130'))
PAGE_CODE = ('My page', True, 25, bytes.fromhex(
    'fe843f80821ca080baf62e80ba772e80ba762e80828e2080feaabf8000638000a3429280389d75804e314e806d729400d749b08055a1'
    'b180f7d7e68038e2dc00ce98f90000dc8880fe94a88082238880ba69f900ba584b00badddd80820bf800fea8a480'))

STATES = {
    'starting': {
        'dark': facts(),
        'at work': facts(progress='Looking around'),
    },
    'not_bound': {
        'home': facts(pin_name='Pin 4F2A'),
        'home, binding': facts(pin_name='Pin 4F2A', binding=True),
        'from settings': facts(pin_name='Pin 4F2A', depth=2, binding=True),
    },
    'no_card': {
        'bound': facts(bound=True, pin_name='Pin 4F2A'),
    },
    'name_tag': {
        'plain': facts(AMELIA),
        'name alone': facts(name='Jo', design=24),
        'dark ground': facts(AMELIA, design=2),
        'light ground': facts(AMELIA, design=21),
        'name of three lines': facts(LONG, design=9),
        'longest word': facts(ONE_WORD, design=30),
        'Vietnamese': facts(KHAI, design=18),
        'Greek, Cyrillic, Kana': facts(DIMITRA, design=7),
        'right to left': facts(NOA, design=13),
        'shaped by the phone': facts(LAYLA, design=26),
        'Han': facts(AKARI, design=16),
        'high contrast': facts(AMELIA, STARK, design=11),
    },
    'steps': {
        'none': facts(),
        'under way': facts(steps_today=8432, goal=10000, distance='5.9 km'),
        'with energy': facts(steps_today=12345, goal=20000, distance='8.6 km, 301 kcal'),
        'one short': facts(steps_today=7999, distance='5.6 mi'),
        'goal': facts(steps_today=8000, distance='5.6 km'),
        'a lot': facts(steps_today=123456, goal=3000, distance='86.4 km, 3024 kcal'),
        'high contrast': facts(STARK, steps_today=8432, goal=10000, distance='5.9 km'),
    },
    'friends': {
        'none': facts(),
        'one': facts(friends=1, to_next_design=4, to_next_rank=49, rank_percent=2),
        'bronze': facts(friends=72, rank='bronze', next_rank='silver', to_next_rank=28, rank_percent=44, to_next_design=3,
                       designs_unlocked=14),
        'last before silver': facts(friends=99, rank='bronze', next_rank='silver', to_next_rank=1, rank_percent=98,
                                   to_next_design=1, designs_unlocked=19),
        'all of it': facts(friends=1204, rank='gold', next_rank='', to_next_rank=0, rank_percent=100, to_next_design=0,
                          designs_unlocked=33),
        'high contrast': facts(STARK, friends=120, rank='silver', next_rank='gold', to_next_rank=31, rank_percent=39),
    },
    'week': {
        'none': facts(rows=((0, 0, 0, 0, 0, 0, 0), None)),
        'without a clock': facts(rows=((0, 0, 0, 0, 0, 2117, 4210), None), goal=3000),
        'typical': facts(rows=WEEK),
        'goal every day': facts(rows=((123456, 8000, 9000, 10000, 8100, 11000, 8001), 6)),
        'today alone': facts(rows=((0, 0, 0, 0, 0, 0, 412), 0), goal=20000),
        'high contrast': facts(STARK, rows=WEEK),
    },
    'friend_list': {
        'none': facts(depth=1),
        'first': facts(depth=1, friends=60, cursor=0, rows=FRIENDS_PAGE[:2]),
        'longest name': facts(depth=1, friends=60, cursor=12, rows=FRIENDS_PAGE[1:4]),
        'beside the longest': facts(depth=1, friends=60, cursor=13, rows=FRIENDS_PAGE[2:5]),
        'right to left': facts(depth=1, friends=60, cursor=14, rows=FRIENDS_PAGE[3:6]),
        'shaped by the phone': facts(depth=1, friends=60, cursor=15, rows=FRIENDS_PAGE[4:] + FRIENDS_PAGE[:1]),
        'beside the shaped': facts(depth=1, friends=60, cursor=59, rows=FRIENDS_PAGE[5:] + FRIENDS_PAGE[:1]),
        'back': facts(depth=1, friends=5, cursor=5, rows=FRIENDS_PAGE[3:4]),
        'high contrast': facts(depth=1, friends=60, cursor=0, rows=FRIENDS_PAGE[:2], high_contrast=True),
    },
    'friend_card': {
        'gone': facts(depth=2),
        'name alone': facts(depth=2, rows=JO),
        'card': facts(depth=2, rows=BEN),
        'shaped by the phone': facts(depth=2, rows=(BEN[0], LAYLA['name'], BEN[2], BEN[3], False, LAYLA['strip'])),
        'figures': facts(depth=2, cursor=1, rows=BEN),
        'longest card': facts(depth=2, rows=MAX),
        'longest figures': facts(depth=2, cursor=1, rows=MAX),
        'block': facts(depth=2, cursor=2, rows=BEN),
        'unblock': facts(depth=2, cursor=2, rows=MAX),
        'forget': facts(depth=2, cursor=3, rows=BEN),
        'back': facts(depth=2, cursor=4, rows=BEN),
        'block, sure': facts(depth=2, cursor=7, rows=BEN),
        'forget, sure': facts(depth=2, cursor=8, rows=MAX),
    },
    'boards': {
        'cover': facts(friends=60),
        'counting begins': facts(depth=1, rows=(0, 1204)),
        'counting': facts(depth=1, rows=(416, 1204)),
        'steps': facts(depth=1, rows=LEADERS),
        'steps, others': facts(depth=1, cursor=1, rows=OTHERS),
        'steps, the last': facts(depth=1, cursor=2, rows=LAST),
        'friends': facts(depth=1, cursor=3, rows=BY_FRIENDS),
        'back': facts(depth=1, cursor=4, rows=(BOARD_PAGES, ())),
        'high contrast': facts(depth=1, rows=LEADERS, high_contrast=True),
    },
    'gallery': {
        'cover, none yet': facts(),
        'cover': facts(design=7, designs_unlocked=14, to_next_design=3),
        'plain': facts(depth=1, cursor=0, design=-1, designs_unlocked=14, to_next_design=3),
        'worn': facts(depth=1, cursor=8, design=7, designs_unlocked=14, to_next_design=3),
        'open': facts(depth=1, cursor=5, design=7, designs_unlocked=14, to_next_design=3),
        'the next': facts(depth=1, cursor=15, design=7, designs_unlocked=14, to_next_design=1),
        'locked': facts(depth=1, cursor=19, design=7, designs_unlocked=14, to_next_design=3),
        'back': facts(depth=1, cursor=34, design=7, designs_unlocked=14, to_next_design=3),
    },
    'code': {
        'no card': facts(),
        'card': facts(rows=CARD_CODE),
        'page': facts(cursor=1, rows=PAGE_CODE),
    },
    'medals': {
        'rookie': facts(friends=3, to_next_rank=47, rank_percent=6),
        'one short': facts(friends=99, rank='bronze', next_rank='silver', to_next_rank=1, rank_percent=98),
        'silver': facts(friends=120, rank='silver', next_rank='gold', to_next_rank=31, rank_percent=39),
        'gold': facts(friends=1204, rank='gold', next_rank='', to_next_rank=0, rank_percent=100),
    },
    'errands': {
        'done': facts(depth=1, cursor=0, rows=ERRANDS),
        'under way': facts(depth=1, cursor=1, rows=ERRANDS),
        'longest': facts(depth=1, cursor=2, rows=ERRANDS),
        'not yet': facts(depth=1, cursor=5, rows=ERRANDS),
        'back': facts(depth=1, cursor=6, rows=ERRANDS),
    },
    'moment_friend': {
        'on their way': facts(AMELIA, friend_name='Jo', friend_number=1, frame=2),
        'the first': facts(AMELIA, friend_name='Jo', friend_number=1),
        'long name': facts(LONG, friend_name=LONG['name'], friend_number=1204),
        'met again': facts(KHAI, friend_name='Jürgen Größl', friend_number=0),
        'right to left': facts(AMELIA, friend_name=NOA['name'], friend_number=130),
        'shaped by the phone': facts(AMELIA, friend_name=LAYLA['name'], friend_strip=LAYLA['strip'], friend_number=999),
    },
    'moment_unlock': {
        'opening': facts(new_design=0, frame=2),
        'the first': facts(new_design=0),
        'longest sport': facts(new_design=18),
        'two sports': facts(new_design=4),
        'the last': facts(new_design=32),
    },
    'moment_medal': {
        'bronze': facts(new_rank='bronze', friends=50),
        'turning': facts(new_rank='silver', friends=100, frame=4),
        'silver': facts(new_rank='silver', friends=100),
        'gold': facts(new_rank='gold', friends=1204),
    },
    'notice': {
        'short': facts(notice='Jo is forgotten.'),
        'a next step': facts(notice='We lost each other. Hold the pins together again.'),
        'long': facts(notice='The motion sensor fails: no steps and no bumps for now.'),
        'too long': facts(notice='Taps with Maximiliane von Habsburg-Lothringen are refused. ' * 4),
        'high contrast': facts(STARK, notice='We lost each other. Hold the pins together again.'),
    },
    'pairing': {
        'digits': facts(passkey='403971'),
        'widest digits': facts(passkey='000888'),
        'high contrast': facts(STARK, passkey='403971'),
    },
    'battery': {
        'low': facts(battery_percent=15),
        'nearly empty': facts(battery_percent=5),
        'empty': facts(battery_percent=0),
    },
    'charging': {
        'begins': facts(battery_percent=4, charging=True),
        'half': facts(battery_percent=52, charging=True),
        'full': facts(battery_percent=100, charging=True),
    },
    'safe_mode': {
        'crashes': facts(trouble='The pin stopped three times in a row. Hold the button to start again.'),
        'by the button': facts(trouble='You held the button. Hold it again to start the pin.'),
        'long': facts(trouble='The file card.log on flash cannot be read and cannot be mended: erase the pin, then bind your '
                             'phone again.'),
    },
    'crash_report': {
        'none': facts(trouble='The flash is full.'),
        'one': facts(rows=('The gyroscope does not answer.', '12 s after a start', 'motion')),
        'long': facts(rows=('MemoryError: memory allocation failed, allocating 3840 bytes while friend 1204 was read',
                            '49 days after a start', 'rendezvous')),
    },
    'about': {
        'asking': facts(pin_name='Pin 4F2A'),
        'all': facts(pin_name='Pin 4F2A', rows=(
            ('Firmware', '0.1.0'), ('Battery', '88 %, 3.95 V'), ('', 'waveshare touch lcd 128'),
            ('Written to flash', '1204 kB'), ('Free memory', '34 kB'))),
    },
    'erase': {
        'keep': facts(depth=2),
        'erase': facts(depth=2, cursor=1),
    },
    'settings': {
        'cover': facts(),
        'first row': facts(depth=1, cursor=0, rows=SETTINGS),
        'a switch': facts(depth=1, cursor=3, rows=SETTINGS),
        'a number': facts(depth=1, cursor=7, rows=(70, 15, False, False, True, False, True, 12345, 4, 'km')),
        'a deed': facts(depth=1, cursor=14, rows=SETTINGS),
        'back': facts(depth=1, cursor=15, rows=SETTINGS),
        'high contrast': facts(STARK, depth=1, cursor=3, rows=SETTINGS[:3] + (True,) + SETTINGS[4:]),
    },
}
