/* A pin for the page's eyes only: answers the simulator's WebSocket with sample data, so that every view can be looked at and
 * tested without a world. Put into the page before its own scripts by tests/interop/companion/page_rig.py; never shipped.
 */
(() => {
    const TODAY = 9820; // 2026-11-20
    const DESIGNS = (
        'aquatics,archery,athletics,badminton,baseball/softball,basketball,boxing,canoe,cycling,equestrian,fencing,' +
        'football,golf,gymnastics,handball,hockey,judo,karate,modern pentathlon,rowing,rugby,sailing,shooting,' +
        'skateboarding,sport climbing,surfing,table tennis,taekwondo,tennis,triathlon,volleyball,weightlifting,wrestling'
    ).split(',');
    const NAMES = [
        'Ben Okafor',
        'Chiara Rossi',
        'Jo',
        '佐藤 あかり',
        'Nguyễn Thị Minh Khai',
        'ليلى منصور',
        'Δήμητρα Ξανθοπούλου',
        'Maximiliane von Habsburg-Lothringen',
        'Søren Åkesson',
        'Ines Duarte',
        'Kofi Mensah',
        'Zoë van Dijk',
        'Ольга Петрова',
        'Tomás Ó Briain',
        'Aisha Bello',
        'Mei Lin',
        'Rafael Ortiz',
        'Yuki Tanaka',
        'Emma Novak',
        'Luc Martin',
    ];
    const TITLES = [
        'Press photographer',
        'Camera operator',
        '',
        'カメラマン',
        'Kỹ sư',
        'Field Engineer',
        'Editor',
        'Vorsitzende des Aufsichtsrats',
        'Sound',
        'Producer',
    ];
    const PLACES = ['Field Desk', 'Northwind Labs', '', '東京', 'Đà Nẵng', 'Radio Three', 'Harbour News'];
    const hex = (number) => number.toString(16).padStart(32, '0');
    const friendAt = (at) => ({
        id: hex(0xbeef00 + at * 7919),
        name: NAMES[at % NAMES.length] + (at < NAMES.length ? '' : ` ${1 + Math.floor(at / NAMES.length)}`),
        met: [TODAY - 40 + at, TODAY - Math.floor((39 - at) / 4), 1 + (at % 4), 9 + (at % 9)],
        told: [at % 7 ? 3000 + ((at * 311) % 12000) : null, at % 5, (at * 17) % 180, at % 4],
        ...(TITLES[at % 10] && { title: TITLES[at % 10] }),
        ...(PLACES[at % 7] && { organisation: PLACES[at % 7] }),
        email: [`friend${at}@example.com`],
        ...(at % 2 && { phone: ['+44 20 7946 0' + String(100 + at)], web: ['https://example.com/' + at] }),
        ...(at % 3 === 0 && { handles: [['Mastodon', `@friend${at}@example.social`]] }),
        ...(at === 39 && { note: 'the one with the blue scarf' }),
    });
    const HOURS = [0, 0, 0, 0, 12, 0, 240, 910, 1310, 420, 260, 130, 1080, 640, 210, 330, 450, 1205, 735, 0, 0, 0, 0, 0];
    const HISTORY = [
        4120, 9032, 7610, 0, 0, 8420, 11032, 6210, 5120, 9911, 12042, 3011, 8002, 7990, 6600, 10231, 9120, 4410, 760, 8840,
        9012, 13307, 5120, 8432, 10231, 760, 12004, 8002, 7932,
    ];
    const settings = {
        brightness: 70,
        screen_s: 15,
        always_on: false,
        high_contrast: false,
        flip: false,
        turn: true,
        count_steps: true,
        step_goal: 8000,
        step_gain: 1000,
        step_cm: 0,
        height_cm: 172,
        weight_kg: 0,
        distance: 'km',
        day_start_hour: 4,
        radio_wake_s: 60,
        radio_every_min: 15,
        radio_window_s: 10,
        private_address: false,
        zone_minutes: 0,
    };
    const pin = (globalThis.samplePin = {
        card: {
            name: 'Amelia Q',
            title: 'Field Engineer',
            organisation: 'Northwind Labs',
            phone: '',
            email: 'amelia@example.com',
            web: '',
            handles: [['Mastodon', '@amelia@example.social']],
            public: ['name', 'title', 'organisation', 'email', 'handles'],
        },
        strip: '',
        chosen: 1,
        unlocked: 9,
        settings,
        blocked: [],
        asked: [],
        friends: Array.from({ length: 40 }, (_, at) => friendAt(at)),
        refuse: null,
        mute: false,
    });
    const bytesOf = (text) => atob(text).length;
    const steps = () => HOURS.reduce((sum, value) => sum + value, 0);
    const find = (id) => pin.friends.find((friend) => friend.id === id);
    const log = [
        ' 12 I pin: 5 services',
        '  1204 I radio: advertising as Pin 4F2A',
        '  90311 I tap: link up as initiator',
        '  90352 I tap: friends with Ben Okafor',
        '  91200 W imu: the FIFO was read late',
        ' 120044 I companion: phone bound',
        ' 300120 E flash: a page failed, block closed',
    ];
    const answers = {
        'time set': (q) => ({ utc: q.utc, zone: q.zone, day: TODAY }),
        'profile get': () => ({ card: pin.card, strip: bytesOf(pin.strip) }),
        'profile set': ({ id, do: _, act, strip, ...fields }) => {
            pin.strip = strip ?? ('name' in fields ? '' : pin.strip);
            Object.assign((pin.card ??= {}), fields);
            return { card: pin.card, strip: bytesOf(pin.strip) };
        },
        'profile strip': () => ({ strip: pin.strip }),
        'designs list': () => ({
            chosen: pin.chosen,
            unlocked: pin.unlocked,
            names: DESIGNS,
            next: '5 friends to the next design',
        }),
        'designs choose': ({ design }) => ({ chosen: (pin.chosen = design) }),
        'settings get': () => ({ values: pin.settings }),
        'settings set': ({ values }) => {
            Object.assign(pin.settings, values);
            return { values };
        },
        'battery get': () => ({ percent: 82, charging: false, millivolts: 3940 }),
        'steps day': ({ day }) => ({
            day: day ?? TODAY,
            steps: steps(),
            hours: HOURS,
            goal: pin.settings.step_goal,
            counting: pin.settings.count_steps,
            distance: '5.6 km',
        }),
        'steps history': () => ({
            day: TODAY,
            steps: [...HISTORY, steps()],
            goal: pin.settings.step_goal,
            counting: pin.settings.count_steps,
            total: 388120,
            best: 13307,
        }),
        'errands get': () => ({
            medal: 'bronze',
            friends: 72,
            designs: pin.unlocked,
            next_design: '3 friends to the next design',
            next_medal: '28 friends to silver',
            errands: [
                ['Walk 10,000 steps in a day', true, 'done'],
                ['Walk 42,195 steps in a day', false, '13,307 of 42,195 steps'],
                ['Reach your step goal five days in a row', false, '3 of 5 days'],
                ['Walk 250,000 steps in all', true, 'done'],
                ['Make ten friends in one day', false, '7 of 10 friends'],
                ['Make a friend on each of five days', true, 'done'],
                ['Tap before eight in the morning', false, 'not yet'],
                ['Meet a friend who walked more today', true, 'done'],
                ['Fill in your whole card', false, 'not yet'],
            ],
        }),
        'boards get': (q, part) => {
            part({
                measure: 'steps',
                rows: [
                    [1, 'Jo', 12345, 0, 0],
                    [2, 'Ben Okafor', 9873, 0, 3],
                    [3, '', steps(), 0, 0],
                    [4, 'Maximiliane von Habsburg-Lothringen', 6002, 0, 5],
                    [4, 'Nguyễn Thị Minh Khai', 6002, 0, null],
                    [null, 'ليلى منصور', 20110, 1, null],
                    [null, 'Ines Duarte', 15300, null, null],
                ],
            });
            part({
                measure: 'friends',
                rows: [
                    [1, 'Ben Okafor', 148, 0, 3],
                    [2, 'Kofi Mensah', 131, 0, 2],
                    [12, '', 72, 0, 0],
                    [null, 'Jo', 1, 12, null],
                ],
            });
            return {};
        },
        'friends page': ({ cursor }, part) => {
            const start = Number(cursor || 0),
                end = Math.min(pin.friends.length, start + 16);
            part(pin.friends.slice(start, end - 8));
            part(pin.friends.slice(Math.max(start, end - 8), end));
            return {
                cursor: String(end),
                more: end < pin.friends.length,
                fresh: !cursor,
                count: pin.friends.length,
                ...(end === pin.friends.length && { blocked: pin.blocked }),
            };
        },
        'friends note': ({ friend, text }) => {
            find(friend).note = text;
            return {};
        },
        'friends block': ({ friend, blocked }) => {
            pin.blocked = blocked ? [...pin.blocked, friend] : pin.blocked.filter((id) => id !== friend);
            return {};
        },
        'friends delete': ({ friend }) => {
            pin.friends = pin.friends.filter(({ id }) => id !== friend);
            return { count: pin.friends.length };
        },
        'friends export': ({ start }, part) => {
            part(`row ${start}\r\n`);
            return { next: start < 32 ? start + 32 : null, count: pin.friends.length };
        },
        'log page': ({ of }, part) => {
            part(of === 'memory' ? log : log.slice(-1));
            return {};
        },
        'find show': () => ({}),
        'forget phone': () => ({}),
    };

    class Socket extends EventTarget {
        static OPEN = 1;
        readyState = 1;

        constructor(address) {
            super();
            this.address = address;
            pin.socket = this;
            setTimeout(() => this.dispatchEvent(new Event('open')), 5);
        }

        say(message) {
            setTimeout(() => this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) })), 1);
        }

        line(said) {
            this.say({ type: 'line', text: JSON.stringify(said) });
        }

        send(text) {
            const message = JSON.parse(text);
            if (message.type === 'connect')
                this.say(pin.refuse ? { type: 'error', reason: pin.refuse } : { type: 'need_passkey' });
            else if (message.type === 'passkey')
                this.say(
                    message.digits === '403971'
                        ? { type: 'connected', info: { protocol: 1, firmware: '0.1.0', board: 'simulated', bound: true } }
                        : {
                              type: 'error',
                              reason: 'Those were not the six digits on the pin. It shows new ones now: try again.',
                          },
                );
            else if (!pin.mute) this.answer(JSON.parse(message.text));
        }

        answer(asked) {
            pin.asked.push(asked);
            const answer = answers[`${asked.do} ${asked.act}`];
            if (!answer)
                this.line({
                    id: asked.id,
                    error: `No request is called ${asked.do} ${asked.act}.`,
                    code: 'unknown_request',
                });
            else this.line({ id: asked.id, ok: answer(asked, (part) => this.line({ id: asked.id, part })) });
        }

        close() {
            this.readyState = 3;
        }
    }
    pin.event = (said) => pin.socket.line(said);
    pin.drop = (reason) => pin.socket.say({ type: 'closed', reason });
    pin.friendAt = friendAt;
    globalThis.WebSocket = Socket;
})();
