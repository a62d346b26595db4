/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink: the limit of the machine. It speaks just enough HTTP and tus for load.c (no checks, nothing
 * kept but the bytes): one thread a connection, body straight from the socket into a file.
 *
 *   sink PORT DIR rw|splice|rwsync
 *     rw      recv() into a 256 KiB buffer, pwrite()
 *     splice  socket -> 1 MiB pipe -> file
 *     rwsync  rw, and fdatasync() before the answer to each PATCH
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAXUP 4000000
#define BUF (256 << 10)
struct up { uint64_t length, offset; };
static struct up *ups;
static long n_ups;
static const char *dir;
static int use_splice, use_sync, port;

static void name(char *b, size_t n, long id) { snprintf(b, n, "%s/%ld", dir, id); }

static const char *field(const char *h, const char *key)
{
    size_t n = strlen(key);
    for (const char *p = h; (p = strstr(p, "\r\n"));) {
        p += 2;
        if (!strncasecmp(p, key, n) && p[n] == ':') {
            p += n + 1;
            while (*p == ' ') p++;
            return p;
        }
    }
    return NULL;
}

static int put_all(int fd, const char *b, size_t n, off_t at)
{
    while (n) {
        ssize_t w = pwrite(fd, b, n, at);
        if (w <= 0) return -1;
        b += w, n -= w, at += w;
    }
    return 0;
}

/* Takes `left` body bytes from the socket into the file at `at`. */
static int body(int s, int f, uint64_t left, off_t at, char *buf, int *pipefd)
{
    if (use_splice && pipefd[0] < 0) {
        if (pipe2(pipefd, O_CLOEXEC)) return -1;
        fcntl(pipefd[1], F_SETPIPE_SZ, 1 << 20);
    }
    while (left) {
        if (use_splice) {
            ssize_t r = splice(s, NULL, pipefd[1], NULL, left < (1 << 20) ? left : 1 << 20, SPLICE_F_MOVE | SPLICE_F_MORE);
            if (r <= 0) return -1;
            left -= r;
            while (r) {
                loff_t o = at;
                ssize_t w = splice(pipefd[0], NULL, f, &o, r, SPLICE_F_MOVE | SPLICE_F_MORE);
                if (w <= 0) return -1;
                r -= w;
                at += w;
            }
        } else {
            ssize_t r = recv(s, buf, left < BUF ? left : BUF, 0);
            if (r <= 0 || put_all(f, buf, r, at)) return -1;
            left -= r;
            at += r;
        }
    }
    return 0;
}

static void *serve(void *arg)
{
    int s = (int)(intptr_t)arg, pipefd[2] = {-1, -1};
    char h[8193], ans[512], path[600];
    char *buf = use_splice ? NULL : malloc(BUF);
    size_t have = 0;
    for (;;) {
        char *e;
        h[have] = 0;
        while (!(e = strstr(h, "\r\n\r\n"))) {
            if (have == sizeof h - 1) goto out;
            ssize_t r = recv(s, h + have, sizeof h - 1 - have, 0);
            if (r <= 0) goto out;
            have += r;
            h[have] = 0;
        }
        *e = 0; /* body bytes may hold zeros, so the header ends here for strstr */
        char *rest = e + 4;
        size_t rest_n = have - (rest - h);
        const char *v = field(h, "Content-Length");
        uint64_t len = v ? strtoull(v, NULL, 10) : 0;
        int n;
        long id = -1;
        char *slash = strchr(h, ' ');
        if (slash && !strncmp(slash, " /files/", 8)) id = atol(slash + 8);
        struct up *u = id >= 0 && id < n_ups ? ups + id : NULL;
        if (!strncmp(h, "POST ", 5)) {
            v = field(h, "Upload-Length");
            id = __atomic_fetch_add(&n_ups, 1, __ATOMIC_RELAXED);
            if (id >= MAXUP) goto out;
            u = ups + id;
            u->length = v ? strtoull(v, NULL, 10) : 0;
        }
        if (len) {
            if (!u) goto out;
            name(path, sizeof path, id);
            int f = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
            size_t first = rest_n < len ? rest_n : len;
            if (f < 0 || put_all(f, rest, first, u->offset) || body(s, f, len - first, u->offset + first, buf, pipefd)) goto out;
            if (use_sync) fdatasync(f);
            close(f);
            u->offset += len;
            rest += first;
            rest_n -= first;
        }
        if (h[0] == 'P' && h[1] == 'O') n = snprintf(ans, sizeof ans, "HTTP/1.1 201 Created\r\nTus-Resumable: 1.0.0\r\nLocation: http://127.0.0.1:%d/files/%ld\r\nUpload-Offset: %llu\r\nContent-Length: 0\r\n\r\n", port, id, (unsigned long long)u->offset);
        else if (h[0] == 'O') n = snprintf(ans, sizeof ans, "HTTP/1.1 204 No Content\r\nTus-Resumable: 1.0.0\r\nTus-Version: 1.0.0\r\nTus-Extension: creation,creation-with-upload,termination\r\n\r\n");
        else if (!u) n = snprintf(ans, sizeof ans, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        else if (h[0] == 'D') {
            name(path, sizeof path, id);
            unlink(path);
            n = snprintf(ans, sizeof ans, "HTTP/1.1 204 No Content\r\nTus-Resumable: 1.0.0\r\n\r\n");
        } else n = snprintf(ans, sizeof ans, "HTTP/1.1 %s\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: %llu\r\nUpload-Length: %llu\r\nCache-Control: no-store\r\n\r\n", h[0] == 'H' ? "200 OK" : "204 No Content", (unsigned long long)u->offset, (unsigned long long)u->length);
        if (send(s, ans, n, MSG_NOSIGNAL) != n) goto out;
        memmove(h, rest, rest_n);
        have = rest_n;
    }
out:
    close(s);
    if (pipefd[0] >= 0) close(pipefd[0]), close(pipefd[1]);
    free(buf);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 4) return 2;
    port = atoi(argv[1]);
    dir = argv[2];
    use_splice = !strcmp(argv[3], "splice");
    use_sync = !strcmp(argv[3], "rwsync");
    ups = calloc(MAXUP, sizeof *ups);
    signal(SIGPIPE, SIG_IGN);
    int l = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(l, (struct sockaddr *)&a, sizeof a) || listen(l, 4096)) { perror("sink"); return 1; }
    socklen_t al = sizeof a;
    getsockname(l, (struct sockaddr *)&a, &al);
    port = ntohs(a.sin_port);
    printf("%d\n", port);
    fflush(stdout);
    pthread_attr_t at;
    pthread_attr_init(&at);
    pthread_attr_setdetachstate(&at, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&at, 128 << 10);
    for (;;) {
        int s = accept4(l, NULL, NULL, SOCK_CLOEXEC);
        if (s < 0) { if (errno == EMFILE) usleep(1000); continue; }
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        pthread_t t;
        if (pthread_create(&t, &at, serve, (void *)(intptr_t)s)) close(s);
    }
}
