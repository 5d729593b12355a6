// Pipes, sockets and terminals are streams of libuv. A file, or /dev/null, is none: it is read by
// uv_fs_read() one piece after another, and written at once.
#include "server/wire.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE 65536u
#define GRACE_MS 1000u

typedef union Stream {
  uv_handle_t handle;
  uv_stream_t stream;
  uv_pipe_t pipe;
  uv_tty_t tty;
  uv_tcp_t tcp;
} Stream;

struct Wire {
  uv_loop_t *loop;
  WireEvents events;
  Stream in, out;
  bool in_is_file, out_is_file, ended, closing;
  int in_fd, out_fd; // of files
  uv_fs_t read;
  bool reading; // a uv_fs_read() is under way
  uv_timer_t grace;
  int handles; // open, the timer among them
  size_t writes;
  char piece[PIECE];
};

static void done_with(Wire *self)
{
  if (!self->handles && !self->reading && self->closing) free(self);
}

static void on_closed(uv_handle_t *handle)
{
  Wire *self = handle->data;
  self->handles--;
  done_with(self);
}

static void end(Wire *self)
{
  if (self->ended || self->closing) return;
  self->ended = true;
  self->events.ended(self->events.ctx);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
  (void)size;
  Wire *self = handle->data;
  *buf = uv_buf_init(self->piece, PIECE);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
  Wire *self = stream->data;
  if (self->closing || count == 0) return;
  if (count > 0)
    self->events.bytes(self->events.ctx, (Str){buf->base, (size_t)count});
  else
    end(self);
}

static void read_file(Wire *self);

static void on_file_read(uv_fs_t *req)
{
  Wire *self = req->data;
  ssize_t count = req->result;
  uv_fs_req_cleanup(req);
  self->reading = false;
  if (self->closing) {
    done_with(self);
    return;
  }
  if (count <= 0) {
    end(self);
    return;
  }
  self->events.bytes(self->events.ctx, (Str){self->piece, (size_t)count});
  if (!self->closing) read_file(self);
}

static void read_file(Wire *self)
{
  uv_buf_t buf = uv_buf_init(self->piece, PIECE);
  self->read.data = self;
  self->reading = uv_fs_read(self->loop, &self->read, self->in_fd, &buf, 1, -1, on_file_read) == 0;
  if (!self->reading) end(self);
}

// Open `fd` as a stream. *is_file: it is none.
static int open_stream(Wire *self, Stream *to, int fd, bool *is_file)
{
  int status = 0;
  switch (uv_guess_handle(fd)) {
  case UV_TTY:
    status = uv_tty_init(self->loop, &to->tty, fd, 0);
    break;
  case UV_TCP:
    status = uv_tcp_init(self->loop, &to->tcp);
    if (!status) status = uv_tcp_open(&to->tcp, fd);
    break;
  case UV_NAMED_PIPE:
    status = uv_pipe_init(self->loop, &to->pipe, 0);
    if (!status) status = uv_pipe_open(&to->pipe, fd);
    break;
  default:
    *is_file = true;
    return fcntl(fd, F_GETFD) < 0 ? -errno : 0;
  }
  if (!status) {
    to->handle.data = self;
    self->handles++;
  }
  return status;
}

Wire *wire_open(uv_loop_t *loop, int in, int out, WireEvents events, Error *err)
{
  Wire *self = xcalloc(1, sizeof *self);
  *self = (Wire){.loop = loop, .events = events, .in_fd = in, .out_fd = out};
  uv_timer_init(loop, &self->grace);
  self->grace.data = self;
  self->handles++;
  int status = open_stream(self, &self->in, in, &self->in_is_file);
  if (!status) status = open_stream(self, &self->out, out, &self->out_is_file);
  if (!status && !self->in_is_file) status = uv_read_start(&self->in.stream, on_alloc, on_read);
  if (status) {
    error_set(err, ERR_IO, "cannot use standard input and output: %s", uv_strerror(status));
    wire_close(self);
    return NULL;
  }
  if (self->in_is_file) read_file(self);
  return self;
}

typedef struct Write {
  uv_write_t req;
  Wire *wire;
  char *body;
  char head[48];
} Write;

static void finish_close(Wire *self);

static void on_written(uv_write_t *req, int status)
{
  Write *write = container_of(req, Write, req);
  Wire *self = write->wire;
  free(write->body);
  free(write);
  self->writes--;
  if (!self->writes && !self->closing && status == 0) self->events.drained(self->events.ctx);
  if (self->closing && !self->writes)
    finish_close(self);
  else if (status < 0 && status != UV_ECANCELED)
    end(self);
}

static void write_all(Wire *self, const char *bytes, size_t len)
{
  while (len) {
    ssize_t count = write(self->out_fd, bytes, len);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      end(self);
      return;
    }
    bytes += count;
    len -= (size_t)count;
  }
}

void wire_send(Wire *self, StrBuf *body)
{
  if (self->closing) {
    strbuf_release(body);
    return;
  }
  Write *write = xmalloc(sizeof *write);
  size_t body_len = body->len;
  int head_len = snprintf(write->head, sizeof write->head, "Content-Length: %zu\r\n\r\n", body_len);
  write->wire = self;
  write->body = strbuf_detach(body);
  if (self->out_is_file) {
    write_all(self, write->head, (size_t)head_len);
    write_all(self, write->body, body_len);
  } else {
    uv_buf_t bufs[] = {uv_buf_init(write->head, (unsigned)head_len),
                       uv_buf_init(write->body, (unsigned)body_len)};
    if (uv_write(&write->req, &self->out.stream, bufs, 2, on_written) == 0) {
      self->writes++;
      return;
    }
    end(self);
  }
  free(write->body);
  free(write);
}

size_t wire_queued(const Wire *self)
{
  return self->out_is_file ? 0 : uv_stream_get_write_queue_size(&self->out.stream);
}

static void close_handle(uv_handle_t *handle)
{
  if (handle->data && !uv_is_closing(handle)) uv_close(handle, on_closed);
}

static void finish_close(Wire *self)
{
  close_handle(&self->in.handle);
  close_handle(&self->out.handle);
  close_handle((uv_handle_t *)&self->grace);
}

static void on_grace_over(uv_timer_t *timer)
{
  finish_close(timer->data);
}

void wire_close(Wire *self)
{
  if (!self || self->closing) return;
  self->closing = true;
  if (self->in.handle.data) uv_read_stop(&self->in.stream);
  if (self->reading) uv_cancel((uv_req_t *)&self->read);
  if (self->writes)
    uv_timer_start(&self->grace, on_grace_over, GRACE_MS, 0);
  else
    finish_close(self);
}
