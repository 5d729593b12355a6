// server: newsmark's language server over a pipe, and somebody who types into an article. Each message is
// awaited before the next is sent. Where the server ends too soon, so does the program that measures.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "texts.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct Server {
  pid_t pid;
  int in, out;   // its standard input, its standard output
  StrBuf read;   // what came and is not yet taken
  bool scanning; // it reads its folder
} Server;

static Server server_start(const char *program)
{
  int in[2], out[2];
  if (pipe(in) != 0 || pipe(out) != 0) exit(1);
  Server server = {.pid = fork(), .in = in[1], .out = out[0]};
  if (server.pid == 0) {
    dup2(in[0], 0), dup2(out[1], 1);
    close(in[1]), close(out[0]);
    execl(program, program, "lsp", (char *)NULL);
    _exit(127);
  }
  close(in[0]), close(out[1]);
  return server;
}

static void server_send(Server *server, Str body)
{
  StrBuf message = {0};
  strbuf_addf(&message, "Content-Length: %zu\r\n\r\n", body.len);
  strbuf_add(&message, body);
  for (size_t sent = 0; sent < message.len;) {
    ssize_t n = write(server->in, message.ptr + sent, message.len - sent);
    if (n <= 0) exit(1);
    sent += (size_t)n;
  }
  strbuf_release(&message);
}

// The next message's body as a copy in `body`. False at the end of the stream.
static bool server_read(Server *server, StrBuf *body)
{
  for (;;) {
    char *end = server->read.len ? strstr(server->read.ptr, "\r\n\r\n") : NULL;
    size_t head = end ? (size_t)(end - server->read.ptr) + 4 : 0;
    size_t len = end ? strtoul(strstr(server->read.ptr, "Content-Length: ") + 16, NULL, 10) : 0;
    if (end && server->read.len >= head + len) {
      strbuf_reset(body);
      strbuf_add(body, (Str){server->read.ptr + head, len});
      memmove(server->read.ptr, server->read.ptr + head + len, server->read.len - head - len);
      server->read.len -= head + len;
      server->read.ptr[server->read.len] = '\0';
      return true;
    }
    char part[65536];
    ssize_t n = read(server->out, part, sizeof part);
    if (n <= 0) return false;
    strbuf_add(&server->read, (Str){part, (size_t)n});
  }
}

static void server_await(Server *server, const char *words)
{
  StrBuf body = {0};
  while (server_read(server, &body)) {
    if (strstr(body.ptr, "newsmark/indexStatus")) server->scanning = strstr(body.ptr, "\"scanning\"") != NULL;
    if (strstr(body.ptr, words)) {
      strbuf_release(&body);
      return;
    }
  }
  fprintf(stderr, "bench: the server ended before it said %s\n", words);
  exit(1);
}

// Milliseconds until it answers. `folder`: an absolute path; NULL for none.
static double server_initialize(Server *server, const char *folder)
{
  StrBuf message = {0};
  strbuf_add(&message,
             STR("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"processId\":null,"
                 "\"capabilities\":{\"general\":{\"positionEncodings\":[\"utf-8\"]}},"
                 "\"initializationOptions\":{\"newsmark\":{\"annotations\":true}},"));
  if (folder)
    strbuf_addf(&message, "\"workspaceFolders\":[{\"uri\":\"file://%s\",\"name\":\"articles\"}]}}", folder);
  else
    strbuf_add(&message, STR("\"rootUri\":null}}"));
  uint64_t began = clock_ns();
  server_send(server, strbuf_str(&message));
  server_await(server, "\"capabilities\"");
  server_send(server, STR("{\"jsonrpc\":\"2.0\",\"method\":\"initialized\",\"params\":{}}"));
  strbuf_release(&message);
  return (double)(clock_ns() - began) / 1e6;
}

static void server_stop(Server *server)
{
  server_send(server, STR("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"shutdown\"}"));
  server_await(server, "\"id\":9");
  server_send(server, STR("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}"));
  close(server->in), close(server->out);
  waitpid(server->pid, NULL, 0);
  strbuf_release(&server->read);
}

static double resident_mb(pid_t pid)
{
  char path[64], line[256];
  double kb = 0;
  snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) {
    if (!strncmp(line, "VmRSS:", 6)) kb = strtod(line + 6, NULL);
  }
  if (file) fclose(file);
  return kb / 1024;
}

static int by_size(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void change_message(StrBuf *out, int version, size_t line, size_t column, char key)
{
  strbuf_reset(out);
  strbuf_addf(out,
              "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didChange\",\"params\":{\"textDocument\":{"
              "\"uri\":\"untitled:bench\",\"version\":%d},\"contentChanges\":[{\"range\":{"
              "\"start\":{\"line\":%zu,\"character\":%zu},\"end\":{\"line\":%zu,\"character\":%zu}},"
              "\"text\":\"%c\"}]}}",
              version, line, column, line, column, key);
}

static void server_open(Server *server, Str text)
{
  StrBuf message = {0};
  strbuf_add(
      &message,
      STR("{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":"
          "\"untitled:bench\",\"languageId\":\"text\",\"version\":1"));
  json_write_member(&message, "text", text);
  strbuf_add(&message, STR("}}}"));
  server_send(server, strbuf_str(&message));
  strbuf_release(&message);
  server_await(server, "publishAnnotations");
}

enum { KEYS = 400 };

typedef struct Typed { // milliseconds
  double p50, p99, most;
} Typed;

// Type words at places all over the open `text`, a key every `pause_ms` behind the answer to the one before:
// from the write of the change to the read of its annotations. `while_scanning`: only as long as the server
// reads its folder.
static Typed server_type(Server *server, Str text, int pause_ms, bool while_scanning)
{
  static const char typed[] = " Anna Lind sa den 3 maj att";
  double times[KEYS];
  int count = 0;
  size_t lines = 0, line = 4;
  StrBuf message = {0};
  for (size_t i = 0; i < text.len; i++) lines += text.ptr[i] == '\n';
  for (; count < KEYS && (!while_scanning || server->scanning); count++) {
    size_t typed_at = (size_t)count % (sizeof typed - 1);
    if (!typed_at) line = 4 + 2 * (next_random() % ((lines - 4) / 2)); // a new place for each run of words
    change_message(&message, count + 2, line, typed_at, typed[typed_at]);
    char wait_for[32];
    snprintf(wait_for, sizeof wait_for, "\"version\":%d", count + 2);
    nanosleep(&(struct timespec){.tv_nsec = pause_ms * 1000000L}, NULL);
    uint64_t began = clock_ns();
    server_send(server, strbuf_str(&message));
    server_await(server, wait_for);
    times[count] = (double)(clock_ns() - began) / 1e6;
  }
  strbuf_release(&message);
  if (!count) {
    fprintf(stderr, "bench: the folder was read before a key was typed\n");
    exit(1);
  }
  qsort(times, (size_t)count, sizeof *times, by_size);
  return (Typed){times[count / 2], times[count * 99 / 100], times[count - 1]};
}
