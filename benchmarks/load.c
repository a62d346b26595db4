/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load: a load client for tus 1.0.0 servers. One thread, epoll, sendfile from a memfd, so that it
 * costs as little CPU as a client can. Started by run; prints one JSON object on stdout.
 *
 *   load create --count N --conns C --size BYTES [--out FILE]           POST only
 *   load put    --uploads FILE --size BYTES --chunk BYTES [--phase N]   one connection an upload
 *   load small  --seconds S --conns C --size BYTES [--count N] [--cwu] [--out FILE]  POST + one PATCH (or one POST)
 *   load head   --uploads FILE --conns C (--seconds S | --count N)
 *   load del    --uploads FILE --conns C
 *   load crowd  --uploads FILE --size BYTES --piece BYTES --interval-ms N --probe PATH --grace S
 *   load verify FILE SEGBYTES PHASE [PHASE...]                          compares a stored file
 *   load content BYTES                                                 writes the content to stdout
 *   load crc32c BYTES                                                  prints the content's CRC-32C in hexadecimal
 *
 * common: --host A --port P --path /files [--header "Name: value"]... [--chunked BYTES]
 *
 * The content of upload number i is the pattern block read round and round from byte i * PHASE_STEP on.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BLOCK ((16u << 20) - 3 * 4096u) /* page multiple, not a power of two */
#define PHASE_STEP (7 * 4096ull)
#define INLINE_BODY 16384 /* bodies up to this go out in one send() with their header */
#define MIN(a, b) ((a) < (b) ? (a) : (b))

enum mode { CREATE, PUT, SMALL, HEADM, DEL, CROWD };
enum state { ST_IDLE, ST_CONNECTING, ST_SENDING, ST_RECEIVING, ST_DONE };

struct conn {
    int fd, idx, reused, posting, probe, crowd_started;
    enum state st;
    char out[INLINE_BODY + 2048];
    size_t out_len, out_pos;
    uint64_t frame_left; /* bytes left of the current chunk of a chunked body */
    int framing, framed; /* framing: chunked, 1: not begun, 2: begun; framed: its end was laid out */
    uint64_t body_off, body_left, body_allowed; /* position in the upload's content, bytes left to send, bytes the pace allows */
    uint64_t phase, offset, expect, size;
    char path[512];
    char in[16384];
    size_t in_len;
    int hdr_done, status, close_after, chunked, is_head;
    int64_t body_in; /* response body bytes left to read, -1: until close */
    double t_req, t_cycle, t_lastbyte;
    int attempts;
};

static enum mode mode;
static const char *host = "127.0.0.1", *base = "/files", *outfile, *uploads_file, *probe_path;
static int port = 80, conns = 1, cwu;
static long count = -1;
static double seconds = -1, grace = 20;
static uint64_t size_, chunk, piece = 1024, interval_ms = 500, phase0, chunked;
static char extra[4096];
static unsigned char *block;
static int block_fd, ep;
static char **uploads;
static long n_uploads;
static struct conn *C;
static struct sockaddr_in addr;
static FILE *out;

static long started, n_ok, n_bad_status, n_conn_err, n_reset, n_timeout, n_offset_bad, n_reconnect, n_early;
static long status_count[1000];
static uint64_t bytes_sent;
static float *lat;
static size_t lat_n, lat_cap;
static float *lat2;
static size_t lat2_n, lat2_cap;
static double t_start, t_stop;
static int active;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void die(const char *f, ...)
{
    va_list a;
    va_start(a, f);
    vfprintf(stderr, f, a);
    va_end(a);
    fputc('\n', stderr);
    exit(2);
}

static void push(float **v, size_t *n, size_t *cap, double x)
{
    if (*n == *cap) {
        *cap = *cap ? *cap * 2 : 65536;
        *v = realloc(*v, *cap * sizeof **v);
        if (!*v) die("out of memory");
    }
    (*v)[(*n)++] = (float)x;
}

static int cmpf(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static void make_block(void)
{
    block_fd = memfd_create("load", 0);
    if (block_fd < 0 || ftruncate(block_fd, BLOCK)) die("memfd: %s", strerror(errno));
    block = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, block_fd, 0);
    if (block == MAP_FAILED) die("mmap: %s", strerror(errno));
    uint64_t x = 0x9E3779B97F4A7C15ull; /* xorshift64*, always the same content */
    for (uint32_t i = 0; i < BLOCK; i += 8) {
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        uint64_t r = x * 0x2545F4914F6CDD1Dull;
        memcpy(block + i, &r, 8);
    }
}

static int verify(const char *file, uint64_t seg, int n, char **phases)
{
    int fd = open(file, O_RDONLY);
    if (fd < 0) die("%s: %s", file, strerror(errno));
    static unsigned char buf[1 << 20];
    for (int i = 0; i < n; i++) {
        uint64_t ph = strtoull(phases[i], NULL, 10) * PHASE_STEP;
        for (uint64_t o = 0; o < seg;) {
            uint64_t p = (ph + o) % BLOCK;
            size_t want = MIN(MIN(sizeof buf, seg - o), BLOCK - p);
            ssize_t r = read(fd, buf, want);
            if (r <= 0 || memcmp(buf, block + p, r)) {
                printf("{\"match\": false, \"segment\": %d, \"near\": %llu}\n", i, (unsigned long long)o);
                return 1;
            }
            o += r;
        }
    }
    int more = read(fd, buf, 1) != 0;
    printf("{\"match\": %s}\n", more ? "false" : "true");
    return more;
}

static int crc32c(uint64_t n)
{
    static uint32_t t[256];
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0x82F63B78u ^ (c >> 1) : c >> 1;
        t[i] = c;
    }
    uint32_t c = ~0u;
    for (uint64_t o = 0; o < n;)
        for (uint64_t i = 0; i < BLOCK && o < n; i++, o++) c = t[(c ^ block[i]) & 255] ^ (c >> 8);
    printf("%08x\n", ~c);
    return 0;
}

static int source(uint64_t n, uint64_t ph)
{
    for (uint64_t o = 0; o < n;) {
        uint64_t p = (ph * PHASE_STEP + o) % BLOCK;
        size_t want = MIN(n - o, BLOCK - p);
        ssize_t w = write(1, block + p, want);
        if (w <= 0) return 1;
        o += w;
    }
    return 0;
}

/* ---- connections ---- */

static void watch(struct conn *c, uint32_t ev)
{
    struct epoll_event e = {.events = ev, .data.ptr = c};
    if (epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e) && epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e)) die("epoll_ctl: %s", strerror(errno));
}

static void drop(struct conn *c)
{
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
    c->reused = 0;
}

static void finish(struct conn *c)
{
    if (c->st == ST_DONE) return;
    c->st = ST_DONE;
    drop(c);
    active--;
}

static void send_more(struct conn *c);
static void next_request(struct conn *c);

static int open_conn(struct conn *c)
{
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket: %s", strerror(errno));
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->in_len = 0;
    if (connect(c->fd, (struct sockaddr *)&addr, sizeof addr) && errno != EINPROGRESS) {
        n_conn_err++;
        drop(c);
        return -1;
    }
    c->st = ST_CONNECTING;
    watch(c, EPOLLOUT);
    return 0;
}

/* Lays out a request; small bodies ride in the same buffer. */
static void request(struct conn *c, const char *method, const char *path, uint64_t body, const char *fmt, ...)
{
    char more[512] = "";
    if (fmt) {
        va_list a;
        va_start(a, fmt);
        vsnprintf(more, sizeof more, fmt, a);
        va_end(a);
    }
    int has_body = body > 0 || !strcmp(method, "PATCH");
    char len[64] = "";
    if (has_body && chunked) strcpy(len, "Transfer-Encoding: chunked\r\n");
    else if (has_body) snprintf(len, sizeof len, "Content-Length: %llu\r\n", (unsigned long long)body);
    else if (!strcmp(method, "POST")) strcpy(len, "Content-Length: 0\r\n");
    int n = snprintf(c->out, sizeof c->out - INLINE_BODY,
                     "%s %s HTTP/1.1\r\nHost: %s:%d\r\nTus-Resumable: 1.0.0\r\n%s%s%s%s\r\n", method, path, host, port,
                     has_body ? "Content-Type: application/offset+octet-stream\r\n" : "", len, more, extra);
    if (n <= 0 || n >= (int)(sizeof c->out - INLINE_BODY)) die("request header too long");
    c->out_len = n;
    c->out_pos = 0;
    c->body_off = c->offset;
    c->body_left = body;
    c->body_allowed = mode == CROWD && !c->probe ? 0 : body;
    c->is_head = !strcmp(method, "HEAD");
    c->framing = has_body && chunked ? 1 : 0;
    c->framed = 0;
    c->frame_left = 0;
    if (body && body <= INLINE_BODY && c->body_allowed && !c->framing) {
        for (uint64_t o = 0; o < body;) {
            uint64_t p = (c->phase + c->offset + o) % BLOCK, m = MIN(body - o, BLOCK - p);
            memcpy(c->out + n + o, block + p, m);
            o += m;
        }
        c->out_len += body;
        c->body_left = 0;
    }
    c->hdr_done = 0;
    c->in_len = 0;
    c->attempts = 0;
    c->t_req = now();
    if (c->fd < 0) {
        if (open_conn(c)) finish(c);
    } else {
        c->st = ST_SENDING;
        send_more(c);
    }
}

static void arm(struct conn *c)
{
    watch(c, c->st == ST_SENDING ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void broken(struct conn *c)
{
    /* An idle kept-alive connection that the server closed: once more on a new one, if that is safe. */
    if (c->reused && c->in_len == 0 && c->attempts == 0 && c->is_head) {
        drop(c);
        c->attempts++;
        n_reconnect++;
        c->out_pos = 0;
        if (open_conn(c)) finish(c);
        return;
    }
    n_reset++;
    drop(c);
    if (c->probe || mode == HEADM) next_request(c);
    else if (mode == SMALL && now() < t_stop) { c->posting = 0; next_request(c); }
    else finish(c);
}

/* Lays out what stands between two pieces of a chunked body. */
static int frame(struct conn *c)
{
    const char *before = c->framing == 2 ? "\r\n" : "";
    if (c->body_left) {
        c->frame_left = MIN(chunked, c->body_left);
        c->out_len = sprintf(c->out, "%s%llx\r\n", before, (unsigned long long)c->frame_left);
        c->framing = 2;
    } else if (!c->framed) {
        c->out_len = sprintf(c->out, "%s0\r\n\r\n", before);
        c->framed = 1;
    } else return 0;
    c->out_pos = 0;
    return 1;
}

static void send_more(struct conn *c)
{
again:
    while (c->out_pos < c->out_len) {
        ssize_t w = send(c->fd, c->out + c->out_pos, c->out_len - c->out_pos, MSG_NOSIGNAL | (c->body_left && c->body_allowed ? MSG_MORE : 0));
        if (w < 0) {
            if (errno == EAGAIN) { arm(c); return; }
            if (c->reused || mode == CROWD) { arm(c); if (errno == EPIPE || errno == ECONNRESET) { broken(c); } return; }
            broken(c);
            return;
        }
        c->out_pos += w;
    }
    while (c->body_left && c->body_allowed) {
        uint64_t p = (c->phase + c->body_off) % BLOCK;
        size_t want = MIN(MIN(c->body_left, c->body_allowed), BLOCK - p);
        if (c->framing) {
            if (!c->frame_left) break;
            want = MIN(want, c->frame_left);
        }
        ssize_t w;
        if (want <= INLINE_BODY) w = send(c->fd, block + p, want, MSG_NOSIGNAL);
        else {
            off_t o = p;
            w = sendfile(c->fd, block_fd, &o, MIN(want, 1u << 20));
        }
        if (w < 0) {
            if (errno == EAGAIN) { arm(c); return; }
            /* the server may have answered and closed: let the read side tell */
            c->body_left = 0;
            c->framing = 0;
            n_early++;
            break;
        }
        c->body_off += w;
        c->body_left -= w;
        c->body_allowed -= w;
        if (c->framing) c->frame_left -= w;
        bytes_sent += w;
    }
    if (c->framing && !c->frame_left && frame(c)) goto again;
    if (c->body_left == 0) { c->st = ST_RECEIVING; c->t_lastbyte = now(); }
    if (c->body_left) watch(c, EPOLLIN); /* paced: wait for the next piece */
    else arm(c);
}

static const char *field(const char *h, const char *end, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = h; p < end;) {
        const char *e = memmem(p, end - p, "\r\n", 2);
        if (!e) e = end;
        if ((size_t)(e - p) > n && p[n] == ':' && !strncasecmp(p, name, n)) {
            p += n + 1;
            while (p < e && *p == ' ') p++;
            return p;
        }
        p = e + 2;
    }
    return NULL;
}

static void set_location(struct conn *c, const char *v)
{
    char u[400];
    size_t n = strcspn(v, "\r\n");
    if (n >= sizeof u) n = sizeof u - 1;
    memcpy(u, v, n);
    u[n] = 0;
    char *p = u, *s = strstr(u, "://");
    if (s) { p = strchr(s + 3, '/'); if (!p) p = s; }
    else if (u[0] == '/' && u[1] == '/') { p = strchr(u + 2, '/'); if (!p) p = u; }
    if (*p == '/') snprintf(c->path, sizeof c->path, "%s", p);
    else snprintf(c->path, sizeof c->path, "%s/%s", base, p);
}

/* A whole response is in: count it and go on. */
static void answered(struct conn *c)
{
    double t = now();
    if (c->status < 0 || c->status > 999) c->status = 0;
    status_count[c->status]++;
    int ok = c->status >= 200 && c->status < 300;
    int unfinished = c->body_left > 0 || c->out_pos < c->out_len;
    if (c->close_after || unfinished) drop(c);
    else c->reused = 1;
    if (!ok || unfinished) {
        n_bad_status++;
        if (c->probe || mode == HEADM || mode == DEL) { if (mode != CROWD) push(&lat, &lat_n, &lat_cap, t - c->t_req); next_request(c); }
        else if (mode == SMALL && n_bad_status < 1000) { c->posting = 0; next_request(c); }
        else if (mode == CREATE && n_bad_status < 1000) next_request(c);
        else finish(c);
        return;
    }
    n_ok++;
    if (mode == CROWD) {
        if (c->probe) push(&lat, &lat_n, &lat_cap, t - c->t_req);
        else push(&lat2, &lat2_n, &lat2_cap, t - c->t_lastbyte);
    } else if (mode != SMALL) push(&lat, &lat_n, &lat_cap, t - c->t_req);
    next_request(c);
}

static void header_in(struct conn *c, char *end)
{
    c->status = atoi(c->in + 9);
    const char *v;
    c->close_after = c->in[7] == '0';
    if ((v = field(c->in, end, "Connection"))) c->close_after = !strncasecmp(v, "close", 5);
    c->chunked = (v = field(c->in, end, "Transfer-Encoding")) && !strncasecmp(v, "chunked", 7);
    v = field(c->in, end, "Content-Length");
    if (c->is_head || c->status == 204 || c->status == 304) { c->body_in = 0; c->chunked = 0; }
    else if (c->chunked) c->body_in = 0;
    else c->body_in = v ? atoll(v) : -1;
    if (c->status >= 200 && c->status < 300) {
        if (c->status == 201 && (v = field(c->in, end, "Location"))) {
            set_location(c, v);
            if (out) fprintf(out, "%s\n", c->path);
        }
        if ((v = field(c->in, end, "Upload-Offset")) && !c->is_head && (uint64_t)atoll(v) != c->expect) n_offset_bad++;
        if (!v && c->expect && !c->is_head && mode == PUT) n_offset_bad++;
    }
}

static void readable(struct conn *c)
{
    for (;;) {
        if (c->in_len == sizeof c->in - 1) c->in_len = c->hdr_done ? 0 : c->in_len;
        if (c->in_len == sizeof c->in - 1) die("response header too long");
        ssize_t r = recv(c->fd, c->in + c->in_len, sizeof c->in - 1 - c->in_len, 0);
        if (r < 0) {
            if (errno == EAGAIN) return;
            broken(c);
            return;
        }
        if (r == 0) {
            if (c->hdr_done && c->body_in == -1) { c->close_after = 1; answered(c); return; }
            broken(c);
            return;
        }
        c->in_len += r;
        c->in[c->in_len] = 0;
        if (!c->hdr_done) {
            char *e;
            while ((e = memmem(c->in, c->in_len, "\r\n\r\n", 4))) {
                header_in(c, e);
                size_t used = e + 4 - c->in;
                memmove(c->in, c->in + used, c->in_len - used + 1);
                c->in_len -= used;
                if (c->status >= 200) { c->hdr_done = 1; break; }
            }
            if (!c->hdr_done) continue;
        }
        if (c->chunked) { /* error texts only: done when the last chunk is in */
            if (memmem(c->in, c->in_len, "0\r\n\r\n", 5)) { answered(c); return; }
            continue;
        }
        if (c->body_in >= 0) {
            if ((int64_t)c->in_len >= c->body_in) { answered(c); return; }
            c->body_in -= c->in_len;
        }
        c->in_len = 0;
    }
}

/* What this connection does next; finishes it when there is nothing left. */
static void next_request(struct conn *c)
{
    double t = now();
    switch (mode) {
    case CREATE:
        if (started >= count) { finish(c); return; }
        started++;
        request(c, "POST", base, 0, "Upload-Length: %llu\r\n", (unsigned long long)size_);
        return;
    case PUT: {
        if (c->expect) c->offset = c->expect;
        if (c->offset >= c->size) { finish(c); return; }
        uint64_t n = MIN(chunk, c->size - c->offset);
        c->expect = c->offset + n;
        request(c, "PATCH", c->path, n, "Upload-Offset: %llu\r\n", (unsigned long long)c->offset);
        return;
    }
    case SMALL:
        if (c->posting) { /* the POST is answered: send the one PATCH */
            c->posting = 0;
            c->expect = size_;
            request(c, "PATCH", c->path, size_, "Upload-Offset: 0\r\n");
            return;
        }
        if (c->t_cycle) { push(&lat, &lat_n, &lat_cap, t - c->t_cycle); c->t_cycle = 0; }
        if (t >= t_stop || (count >= 0 && started >= count)) { finish(c); return; }
        c->t_cycle = t;
        started++;
        c->offset = 0;
        if (cwu) {
            c->expect = size_;
            request(c, "POST", base, size_, "Upload-Length: %llu\r\n", (unsigned long long)size_);
        } else {
            c->posting = 1;
            c->expect = 0;
            request(c, "POST", base, 0, "Upload-Length: %llu\r\n", (unsigned long long)size_);
        }
        return;
    case HEADM:
        if ((count >= 0 && started >= count) || (seconds > 0 && t >= t_stop)) { finish(c); return; }
        request(c, "HEAD", uploads[started++ % n_uploads], 0, NULL);
        return;
    case DEL:
        if (started >= n_uploads) { finish(c); return; }
        request(c, "DELETE", uploads[started++], 0, NULL);
        return;
    case CROWD:
        if (!c->probe) { finish(c); return; }
        c->st = ST_IDLE; /* the timer sends the next probe */
        return;
    }
}

static void handle(struct epoll_event *e)
{
    struct conn *c = e->data.ptr;
    if (c->fd < 0) return;
    if (c->st == ST_CONNECTING) {
        int err = 0;
        socklen_t l = sizeof err;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &l);
        if (err) { n_conn_err++; drop(c); finish(c); return; }
        c->st = ST_SENDING;
        send_more(c);
        return;
    }
    if (e->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        if (c->st == ST_IDLE) { drop(c); return; }
        readable(c);
        if (c->fd < 0) return;
    }
    if ((e->events & EPOLLOUT) && c->st == ST_SENDING) send_more(c);
}

static void read_uploads(void)
{
    FILE *f = fopen(uploads_file, "r");
    if (!f) die("%s: %s", uploads_file, strerror(errno));
    char l[1024];
    long cap = 0;
    while (fgets(l, sizeof l, f)) {
        l[strcspn(l, "\r\n")] = 0;
        if (!*l) continue;
        if (n_uploads == cap) uploads = realloc(uploads, (cap = cap ? cap * 2 : 1024) * sizeof *uploads);
        uploads[n_uploads++] = strdup(l);
    }
    fclose(f);
    if (!n_uploads) die("%s: no uploads", uploads_file);
}

static void stats(const char *name, float *v, size_t n)
{
    if (!n) { printf(", \"%s\": null", name); return; }
    qsort(v, n, sizeof *v, cmpf);
    double s = 0;
    for (size_t i = 0; i < n; i++) s += v[i];
    printf(", \"%s\": {\"n\": %zu, \"mean\": %.6f, \"p50\": %.6f, \"p90\": %.6f, \"p99\": %.6f, \"max\": %.6f}", name, n, s / n, v[n / 2],
           v[(size_t)(n * 0.9)], v[(size_t)(n * 0.99)], v[n - 1]);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) die("load MODE ...");
    make_block();
    const char *m = argv[1];
    if (!strcmp(m, "verify")) {
        if (argc < 5) die("verify FILE SEGBYTES PHASE...");
        return verify(argv[2], strtoull(argv[3], NULL, 10), argc - 4, argv + 4);
    }
    if (argc == 3 && !strcmp(m, "content")) return source(strtoull(argv[2], NULL, 10), 0);
    if (argc == 3 && !strcmp(m, "crc32c")) return crc32c(strtoull(argv[2], NULL, 10));
    static const char *names[] = {"create", "put", "small", "head", "del", "crowd"};
    int found = 0;
    for (int i = 0; i < 6; i++)
        if (!strcmp(m, names[i])) { mode = i; found = 1; }
    if (!found) die("unknown mode %s", m);
    enum { OPT_HOST = 1, OPT_PORT, OPT_PATH, OPT_HEADER, OPT_COUNT, OPT_CONNS, OPT_SIZE, OPT_CHUNK, OPT_OUT, OPT_UPLOADS, OPT_SECONDS, OPT_CWU, OPT_PIECE, OPT_INTERVAL, OPT_PROBE, OPT_GRACE, OPT_PHASE, OPT_CHUNKED };
    static struct option opts[] = {{"host", 1, 0, OPT_HOST}, {"port", 1, 0, OPT_PORT}, {"path", 1, 0, OPT_PATH}, {"header", 1, 0, OPT_HEADER}, {"count", 1, 0, OPT_COUNT},
        {"conns", 1, 0, OPT_CONNS}, {"size", 1, 0, OPT_SIZE}, {"chunk", 1, 0, OPT_CHUNK}, {"out", 1, 0, OPT_OUT}, {"uploads", 1, 0, OPT_UPLOADS}, {"seconds", 1, 0, OPT_SECONDS},
        {"cwu", 0, 0, OPT_CWU}, {"piece", 1, 0, OPT_PIECE}, {"interval-ms", 1, 0, OPT_INTERVAL}, {"probe", 1, 0, OPT_PROBE}, {"grace", 1, 0, OPT_GRACE}, {"phase", 1, 0, OPT_PHASE}, {"chunked", 1, 0, OPT_CHUNKED}, {0, 0, 0, 0}};
    optind = 2;
    for (int o; (o = getopt_long(argc, argv, "", opts, NULL)) != -1;) {
        switch (o) {
        case OPT_HOST: host = optarg; break;
        case OPT_PORT: port = atoi(optarg); break;
        case OPT_PATH: base = optarg; break;
        case OPT_HEADER:
            if (strlen(extra) + strlen(optarg) + 3 > sizeof extra) die("headers too long");
            strcat(extra, optarg);
            strcat(extra, "\r\n");
            break;
        case OPT_COUNT: count = atol(optarg); break;
        case OPT_CONNS: conns = atoi(optarg); break;
        case OPT_SIZE: size_ = strtoull(optarg, NULL, 10); break;
        case OPT_CHUNK: chunk = strtoull(optarg, NULL, 10); break;
        case OPT_OUT: outfile = optarg; break;
        case OPT_UPLOADS: uploads_file = optarg; break;
        case OPT_SECONDS: seconds = atof(optarg); break;
        case OPT_CWU: cwu = 1; break;
        case OPT_PIECE: piece = strtoull(optarg, NULL, 10); break;
        case OPT_INTERVAL: interval_ms = strtoull(optarg, NULL, 10); break;
        case OPT_PROBE: probe_path = optarg; break;
        case OPT_GRACE: grace = atof(optarg); break;
        case OPT_PHASE: phase0 = strtoull(optarg, NULL, 10); break;
        case OPT_CHUNKED: chunked = strtoull(optarg, NULL, 10); break;
        default: return 2;
        }
    }
    struct rlimit rl;
    if (!getrlimit(RLIMIT_NOFILE, &rl)) { rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl); }
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    if (inet_pton(AF_INET, host, &addr.sin_addr) != 1) die("--host takes an IPv4 address");
    if (ntohl(addr.sin_addr.s_addr) >> 24 != 127) die("loopback only");
    if (uploads_file) read_uploads();
    if (outfile && !(out = fopen(outfile, "w"))) die("%s: %s", outfile, strerror(errno));
    if (mode == PUT || mode == CROWD) conns = n_uploads;
    if (mode == PUT && !chunk) chunk = size_;
    if (mode == CREATE && count < conns) conns = count;
    int total = conns + (mode == CROWD);
    C = calloc(total, sizeof *C);
    ep = epoll_create1(EPOLL_CLOEXEC);
    t_start = now();
    t_stop = seconds > 0 ? t_start + seconds : t_start + 1e9;
    double t_dead = t_start + (mode == CROWD ? (double)(size_ / piece) * interval_ms / 1000 + grace : seconds > 0 ? seconds + 60 : 540);
    active = total;
    for (int i = 0; i < total; i++) {
        struct conn *c = C + i;
        c->fd = -1;
        c->idx = i;
        c->phase = (phase0 + i) * PHASE_STEP;
        c->size = size_;
        c->probe = mode == CROWD && i == conns;
        if ((mode == PUT || mode == CROWD) && !c->probe) snprintf(c->path, sizeof c->path, "%s", uploads[i]);
        if (mode != CROWD) next_request(c);
    }
    long ticks = mode == CROWD ? (long)((size_ + piece - 1) / piece) : 0, due_i = 0, due_k = 0;
    double next_probe = t_start, iv = interval_ms / 1000.0;
    struct epoll_event ev[256];
    while (active > (mode == CROWD ? 1 : 0)) {
        double t = now();
        if (t > t_dead) break;
        int wait = (int)((t_dead - t) * 1000) + 1;
        if (mode == CROWD) {
            double due = 1e18;
            while (due_k < ticks && (due = t_start + due_k * iv + iv * due_i / conns) <= t) {
                struct conn *c = C + due_i;
                if (due_k == 0) {
                    c->crowd_started = 1;
                    c->expect = size_;
                    request(c, "PATCH", c->path, size_, "Upload-Offset: 0\r\n");
                }
                if (c->st != ST_DONE) {
                    c->body_allowed += MIN(piece, size_ - due_k * piece);
                    if (c->st == ST_SENDING) send_more(c);
                }
                if (++due_i == conns) { due_i = 0; due_k++; }
                due = 1e18;
            }
            struct conn *p = C + conns;
            if (next_probe <= t && p->st == ST_IDLE) {
                next_probe = t + 0.02;
                request(p, "HEAD", probe_path, 0, NULL);
            }
            double w = MIN(due - t, p->st == ST_IDLE ? next_probe - t : 1.0);
            w = MIN(w, t_dead - t);
            wait = w < 0 ? 0 : (int)(w * 1000) + (w > 0.0002);
        }
        int n = epoll_wait(ep, ev, 256, wait);
        for (int i = 0; i < n; i++) handle(ev + i);
    }
    double wall = now() - t_start;
    for (int i = 0; i < total; i++)
        if (C[i].st != ST_DONE && !(C[i].probe && C[i].st == ST_IDLE)) {
            if (C[i].probe) push(&lat, &lat_n, &lat_cap, now() - C[i].t_req);
            n_timeout += !C[i].probe;
        }
    if (out) fclose(out);
    struct rusage ru;
    getrusage(RUSAGE_SELF, &ru);
    printf("{\"wall\": %.6f, \"ok\": %ld, \"started\": %ld, \"bad_status\": %ld, \"connect_errors\": %ld, \"resets\": %ld, \"timeouts\": %ld, \"offset_mismatch\": %ld, \"reconnects\": %ld, \"early\": %ld, \"bytes\": %llu, \"client_cpu\": %.3f",
           wall, n_ok, started, n_bad_status, n_conn_err, n_reset, n_timeout, n_offset_bad, n_reconnect, n_early, (unsigned long long)bytes_sent,
           ru.ru_utime.tv_sec + ru.ru_stime.tv_sec + (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) * 1e-6);
    stats("lat", lat, lat_n);
    stats("lat_upload", lat2, lat2_n);
    printf(", \"status\": {");
    int first = 1;
    for (int i = 0; i < 1000; i++)
        if (status_count[i]) { printf("%s\"%d\": %ld", first ? "" : ", ", i, status_count[i]); first = 0; }
    printf("}}\n");
    return 0;
}
