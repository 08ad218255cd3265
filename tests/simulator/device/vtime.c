/* World-owned time for the MicroPython unix port: preloaded below Python, so asyncio, time and every sleep follow one clock.
 *
 * Owns the pin's "now". Every wait and every bus transfer is a message to the world (fd 3); the world answers (fd 4) with
 * the time that is granted and with the interrupts that came in meanwhile, which are handed to one Python function. Used
 * by tests/simulator/device (through ffi) and spoken to by tests/simulator/child.py, which holds the same layout.
 *
 *   request: u32 kind, u32 length, i64 at_ns, i64 deadline_ns, u32 op, u32 arg, then `length` bytes
 *   reply:   i64 now_ns, i32 status, u32 interrupts, u32 length, u32 0, then `interrupts` u32, then `length` bytes
 *
 * Built with -nostdlib and its own declarations, so that a 32-bit object needs no 32-bit headers. 64-bit division is avoided,
 * since that would need the compiler's own support library.
 */
typedef long long i64;
typedef unsigned int u32;
typedef unsigned long ulong;

enum { WAIT = 0, CALL = 1, POST = 2 };
enum { OP_RANDOM = 1, OP_FLASH_READS = 58 };
enum { REQUEST_FD = 3, REPLY_FD = 4, FLASH_FD = 6 };
enum { READ_CLOCK_NS = 200, QUEUE = 256, FLASH_CALL_NS = 15000, FLASH_BYTE_NS = 50 };
enum { OUT_BYTES = 16384, IN_BYTES = 4096, FLAGS = 64, FIRST_FLAG = 1000 };
#define EPOCH 1735689600L                       /* 2025-01-01, what time() says before the firmware sets the RTC */
#define FOREVER 0x7fffffffffffffffLL

struct request { u32 kind, length; i64 at_ns, deadline_ns; u32 op, arg; };
struct reply { i64 now_ns; int status; u32 interrupts, length, reserved; };
struct timespec_ { long s, ns; };
struct timeval_ { long s, us; };
struct pollfd_ { int fd; short events, revents; };
enum { POLLIN = 1, SIGINT = 2 };

static i64 now_ns, wake_ns;
static void (*handler)(int);
static u32 queue[QUEUE], queued;
static int in_handler;
static char *flash;
static char out[OUT_BYTES], in[IN_BYTES];       /* requests that the world has yet to be told; what it has said */
static u32 out_length, in_at, in_length;
static char raised[FLAGS];                      /* the flags; their descriptors are FIRST_FLAG and up, which no file has */
static int flags;
static u32 reads, read_bytes, reads_told;       /* of flash */
static int scale_256;                           /* see vt_compute */
static i64 looked_ns, look_ns, shim_ns, owed_ns;

void *mmap(void *where, ulong length, int protection, int flags, int fd, long offset);     /* the C library's */
void *memcpy(void *to, const void *from, ulong length);
enum { PROT_READ = 1, MAP_SHARED = 1 };

long read(int fd, void *in, ulong length);      /* the C library's: the kernel emulates int 0x80 slowly */
long write(int fd, const void *out, ulong length);
void _exit(int status);
int *__errno_location(void);
long syscall(long number, ...);
enum { EINTR = 4, PROCESS_CPU_TIME = 2 };
#ifdef __i386__
enum { NR_CLOCK_GETTIME = 265 };
#else
enum { NR_CLOCK_GETTIME = 228 };
#endif

static void give_up(void) {                     /* the world is gone or the power is cut: nothing runs on */
    for (;;) _exit(1);
}

static void send(const char *p, u32 length) {
    while (length) {
        long n = write(REQUEST_FD, p, length);
        if (n < 0 && *__errno_location() == EINTR) continue;
        if (n <= 0) give_up();
        p += n; length -= (u32)n;
    }
}

static void flush(void) {
    send(out, out_length);
    out_length = 0;
}

/* Requests are sent together, with the one whose answer is waited for: each write makes the world's process look. */
static void put(const void *data, u32 length) {
    if (out_length + length > OUT_BYTES) flush();
    if (length > OUT_BYTES) { send(data, length); return; }
    memcpy(out + out_length, data, length);
    out_length += length;
}

static void get(void *data, u32 length) {
    char *p = data;
    while (length) {
        u32 n = in_length - in_at;
        if (!n) {
            long got = read(REPLY_FD, in, IN_BYTES);
            if (got < 0 && *__errno_location() == EINTR) continue;   /* Ctrl-C, which Python sees once the world has answered */
            if (got <= 0) give_up();
            in_at = 0; in_length = n = (u32)got;
        }
        if (n > length) n = length;
        memcpy(p, in + in_at, n);
        p += n; in_at += n; length -= n;
    }
}

static i64 processor_ns(void) {                 /* what this process has computed, in real time */
    struct timespec_ t = {0, 0};
    syscall(NR_CLOCK_GETTIME, PROCESS_CPU_TIME, &t);
    return (i64)t.s * 1000000000LL + t.ns;
}

/* Have what was computed since the last look take its time. */
static void charge(void) {
    i64 at_ns, ns, taken;
    if (scale_256 <= 0) return;
    at_ns = processor_ns();
    ns = at_ns - looked_ns;
    owed_ns += look_ns;
    taken = ns < owed_ns ? ns : owed_ns;
    owed_ns -= taken;
    now_ns += (ns - taken) * scale_256 >> 8;
    looked_ns = at_ns;
}

/* What was done meanwhile is the simulator's. */
static void look_again(void) {
    if (scale_256 > 0) looked_ns = processor_ns();
}

static void deliver(void) {                     /* one handler at a time, in order, like callbacks of the scheduler */
    if (in_handler) return;
    in_handler = 1;
    while (queued) {
        u32 which = queue[0], i;
        for (i = 1; i < queued; i++) queue[i - 1] = queue[i];
        queued--;
        if (handler) handler((int)which);
    }
    in_handler = 0;
}

static int ask(u32 kind, i64 deadline_ns, u32 op, u32 arg, const void *data, u32 length, void *answer, u32 room) {
    struct request request;
    struct reply reply;
    u32 i, which;
    charge();
    if (scale_256 > 0 && kind != POST && reads != reads_told) {
        reads_told = reads;
        ask(POST, 0, OP_FLASH_READS, reads, &read_bytes, sizeof read_bytes, 0, 0);
    }
    request.kind = kind; request.length = length; request.at_ns = now_ns; request.deadline_ns = deadline_ns;
    request.op = op; request.arg = arg;
    put(&request, sizeof request);
    put(data, length);
    if (kind == POST) {
        look_again();
        return 0;
    }
    flush();
    get(&reply, sizeof reply);
    if (reply.now_ns > now_ns) now_ns = reply.now_ns;
    for (i = 0; i < reply.interrupts; i++) {
        get(&which, sizeof which);
        if (queued < QUEUE) queue[queued++] = which;
    }
    if (reply.length > room) give_up();         /* the two sides disagree: a defect of the simulator */
    get(answer, reply.length);
    look_again();
    return reply.status;
}

/* Ctrl-C: the port's own handler jumps to the program's `except` from wherever it is called. In the middle of a request the
 * answer would be left for the next one, so that it is called when the request is done. */
struct action { void (*handler)(int); ulong mask[128 / sizeof(ulong)]; int flags; void (*restorer)(void); };
int __sigaction(int number, const struct action *action, struct action *before);
static void (*port_handler)(int);
static volatile int interrupted;

static void note_interrupt(int number) { interrupted = number; }

int sigaction(int number, const struct action *action, struct action *before) {
    struct action ours;
    if (number != SIGINT || !action || action->handler == 0) return __sigaction(number, action, before);
    memcpy(&ours, action, sizeof ours);
    port_handler = action->handler; ours.handler = note_interrupt;
    return __sigaction(number, &ours, before);
}

static void look_for_interrupt(void) {
    int number = interrupted;
    interrupted = 0;
    if (number && port_handler) port_handler(number);
}

static void wait_until(i64 deadline_ns) {
    ask(WAIT, deadline_ns, 0, 0, 0, 0, 0, 0);
    now_ns += wake_ns;
    look_for_interrupt();
    deliver();
}

/* ---- for tests/simulator/device, through ffi ---- */
/* `interrupt` is called with each interrupt's number; `wake_cost_ns` is what the processor needs after each wait. A second
 * time after Ctrl-C, which may have come out of a handler. */
void vt_start(void (*interrupt)(int), int wake_cost_ns) {
    handler = interrupt; wake_ns = wake_cost_ns; in_handler = 0;
}

/* Time passes here (a transfer on the wire, a computation): `us` microseconds and `ns` nanoseconds. */
void vt_spend(int us, int ns) { now_ns += (i64)us * 1000 + ns; }

/* Tell the world, and go on. */
void vt_post(int op, int arg, const void *out, int out_length) {
    ask(POST, 0, (u32)op, (u32)arg, out, (u32)out_length, 0, 0);
}

/* Ask the world: its status is returned (negative: -errno), its bytes are in `in`. */
int vt_call(int op, int arg, const void *out, int out_length, void *in, int in_length) {
    int status;
    status = ask(CALL, 0, (u32)op, (u32)arg, out, (u32)out_length, in, (u32)in_length);
    look_for_interrupt();
    deliver();
    return status;
}

/* From here on what the processor computes takes modelled time: 256ths of `scale` times as long as on this host. Of each flash
 * read `shim` ns, as this host has them, are the simulator's own. For a bench, since no two runs are alike then. With a negative
 * `scale` not even a read takes time: to measure `shim`. */
void vt_compute(int scale, int shim) {
    int i;
    i64 began_ns;
    look_ns = 1000000;
    for (i = 0; i < 100; i++) {                  /* looking costs, too */
        began_ns = processor_ns();
        looked_ns = processor_ns();
        if (looked_ns - began_ns < look_ns) look_ns = looked_ns - began_ns;
    }
    scale_256 = scale; shim_ns = shim; owed_ns = 0; reads = read_bytes = 0;
}

/* Nanoseconds of this host's processor that this process has taken, without whole seconds. */
int vt_processor_ns(void) {
    struct timespec_ t = {0, 0};
    syscall(NR_CLOCK_GETTIME, PROCESS_CPU_TIME, &t);
    return (int)t.ns;
}

/* Flash is read straight from the image that the world writes (it lies on fd 6): a boot makes thousands of reads. They cost
 * about 15 us a call and 50 ns a byte (20 MB/s over quad SPI): guesses. */
int vt_flash_open(int size) {
    flash = mmap(0, (ulong)size, PROT_READ, MAP_SHARED, FLASH_FD, 0);
    return flash == (char *)-1 ? -12 : 0;
}

int vt_flash_read(int offset, void *in, int length) {
    reads++; read_bytes += (u32)length;
    owed_ns += shim_ns;                         /* looking at the clock would take longer than what is read */
    if (scale_256 >= 0) now_ns += FLASH_CALL_NS + (i64)length * FLASH_BYTE_NS;
    memcpy(in, flash + offset, (ulong)length);
    return 0;
}

/* A flag that asyncio can poll without waking every millisecond: a descriptor of `poll` below, and of nobody else. */
int vt_flag_new(void) { return flags < FLAGS ? FIRST_FLAG + flags++ : -1; }
void vt_flag_set(int fd) { raised[fd - FIRST_FLAG] = 1; }
void vt_flag_clear(int fd) { raised[fd - FIRST_FLAG] = 0; }

/* ---- what the C library would do ---- */
static void split(i64 ns, long *s, long *rest) {
    long q = (long)((double)ns / 1e9);
    i64 r = ns - (i64)q * 1000000000LL;
    while (r < 0) { q--; r += 1000000000LL; }
    while (r >= 1000000000LL) { q++; r -= 1000000000LL; }
    *s = q; *rest = (long)r;
}

int clock_gettime(int id, struct timespec_ *t) {
    charge();
    now_ns += READ_CLOCK_NS;                    /* so that a loop that only looks at the clock still gets on */
    split(now_ns, &t->s, &t->ns);
    if (id == 0) t->s += EPOCH;
    return 0;
}

int gettimeofday(struct timeval_ *t, void *zone) {
    struct timespec_ now;
    (void)zone;
    clock_gettime(0, &now);
    t->s = now.s; t->us = now.ns / 1000;
    return 0;
}

long time(long *p) {
    struct timespec_ now;
    clock_gettime(0, &now);
    if (p) *p = now.s;
    return now.s;
}

static int sleep_for(i64 ns) {
    i64 end_ns = now_ns + ns;
    while (now_ns < end_ns) wait_until(end_ns);
    return 0;
}

int usleep(unsigned us) { return sleep_for((i64)us * 1000); }

int nanosleep(const struct timespec_ *t, struct timespec_ *left) {
    (void)left;
    return sleep_for((i64)t->s * 1000000000LL + t->ns);
}

int select(int n, void *r, void *w, void *e, struct timeval_ *t) {
    (void)n; (void)r; (void)w; (void)e;
    return t ? sleep_for((i64)t->s * 1000000000LL + (i64)t->us * 1000) : 0;
}

static int ready(struct pollfd_ *fds, ulong n) {    /* only flags can be polled */
    int found = 0;
    ulong i;
    for (i = 0; i < n; i++) {
        int flag = fds[i].fd - FIRST_FLAG;
        fds[i].revents = flag >= 0 && flag < flags && raised[flag] ? fds[i].events & POLLIN : 0;
        found += fds[i].revents != 0;
    }
    return found;
}

int poll(struct pollfd_ *fds, ulong n, int timeout_ms) {
    int found = ready(fds, n);
    if (found || timeout_ms == 0) return found;
    wait_until(timeout_ms < 0 ? FOREVER : now_ns + (i64)timeout_ms * 1000000LL);  /* may be early: the caller looks again */
    return ready(fds, n);
}

long getrandom(void *out, ulong length, unsigned flags) {   /* random numbers are the world's: runs repeat */
    (void)flags;
    ask(CALL, 0, OP_RANDOM, (u32)length, 0, 0, out, (u32)length);
    return (long)length;
}
