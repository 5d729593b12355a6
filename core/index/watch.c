// libuv's own recursive watch does not exist on Linux and its uv_fs_event_t hides IN_Q_OVERFLOW, hence a
// descriptor of our own on a uv_poll_t. Folders are watched, not files: a save by rename would end a file's
// watch.
#include "index/watch.h"

#include "base/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifdef __linux__
#include <sys/inotify.h>
#include <unistd.h>

struct Watch {
  uv_poll_t poll;
  int fd;
  size_t count;
  int latest; // the numbers only grow
  const WatchEvents *events;
};

static void tell(Watch *self, const struct inotify_event *event)
{
  const WatchEvents *to = self->events;
  if (event->mask & IN_Q_OVERFLOW) {
    to->overflow(to->ud);
  } else if (event->mask & IN_IGNORED) {
    if (self->count) self->count--;
    to->ended(to->ud, event->wd);
  } else if (event->mask & IN_MOVE_SELF) {
    to->moved(to->ud, event->wd);
  } else {
    to->changed(to->ud, event->wd);
  }
}

static void on_readable(uv_poll_t *poll, int status, int what)
{
  Watch *self = container_of(poll, Watch, poll);
  (void)what;
  if (status < 0) return;
  _Alignas(struct inotify_event) char buf[16384];
  ssize_t got =
      read(self->fd, buf, sizeof buf); // one read a turn: a flood does not keep the loop from its other work
  for (char *at = buf; got > 0 && at < buf + got;) {
    const struct inotify_event *event = (const struct inotify_event *)(void *)at;
    tell(self, event);
    at += sizeof *event + event->len;
  }
}

Watch *watch_new(uv_loop_t *loop, const WatchEvents *events, Error *err)
{
  int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) {
    if (errno == EMFILE)
      error_set(err, ERR_LIMIT, "no more inotify instances: raise fs.inotify.max_user_instances");
    else
      error_set(err, ERR_IO, "inotify: %s", strerror(errno));
    return NULL;
  }
  Watch *self = xcalloc(1, sizeof *self);
  self->fd = fd;
  self->events = events;
  uv_poll_init(loop, &self->poll, fd);
  uv_poll_start(&self->poll, UV_READABLE, on_readable);
  return self;
}

int watch_add(Watch *self, const char *path, WatchWhat what, Error *err)
{
  static const uint32_t masks[] = {
      [WATCH_ALL] = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_MOVE_SELF,
      [WATCH_REMOVALS] = IN_DELETE | IN_MOVED_FROM | IN_MOVE_SELF,
  };
  int number = inotify_add_watch(self->fd, path, masks[what] | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK);
  if (number > self->latest) {
    self->latest = number;
    self->count++;
  }
  if (number == self->latest && self->count > WATCH_MAX) {
    watch_remove(self, number);
    error_set(err, ERR_LIMIT, "more than %d folders: changes are found by scanning", WATCH_MAX);
    return -1;
  }
  if (number >= 0) return number;
  if (errno == ENOSPC)
    error_set(err, ERR_LIMIT,
              "no more inotify watches: raise fs.inotify.max_user_watches; changes are found by scanning");
  else
    error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path, strerror(errno));
  return -1;
}

void watch_remove(Watch *self, int number)
{
  inotify_rm_watch(self->fd, number);
} // IN_IGNORED follows

static void on_closed(uv_handle_t *handle)
{
  Watch *self = container_of(handle, Watch, poll);
  close(self->fd);
  free(self);
}

void watch_close(Watch *self)
{
  if (!self) return;
  uv_poll_stop(&self->poll);
  uv_close((uv_handle_t *)&self->poll, on_closed);
}

#else

struct Watch {
  int unused;
};

Watch *watch_new(uv_loop_t *loop, const WatchEvents *events, Error *err)
{
  (void)loop, (void)events;
  error_set(err, ERR_STATE, "folders are not watched on this system: changes are found by scanning");
  return NULL;
}

int watch_add(Watch *self, const char *path, WatchWhat what, Error *err)
{
  (void)self, (void)path, (void)what, (void)err;
  return -1;
}

void watch_remove(Watch *self, int number)
{
  (void)self, (void)number;
}
void watch_close(Watch *self)
{
  (void)self;
}

#endif
