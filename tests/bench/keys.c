// keys NEWSMARK DIR BYTES [FOLDER]: how long from a key to its marks in an article of about BYTES, made of
// the paragraphs of DIR (*.txt), while somebody types 20 keys a second: with nothing else to do, or while the
// server reads FOLDER (absolute, marked, not yet indexed) for the first time. Prints one line, with the memory that the server has then.
#include "server.h"

int main(int argc, char **argv)
{
  if (argc != 4 && argc != 5) {
    fprintf(stderr, "usage: keys NEWSMARK DIR BYTES [FOLDER]\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  StrVec articles = {0};
  StrVec paragraphs = read_articles(argv[2], &articles);
  if (!paragraphs.len) {
    fprintf(stderr, "keys: %s holds no articles\n", argv[2]);
    return 1;
  }
  const char *folder = argc == 5 ? argv[4] : NULL;
  Server server = server_start(argv[1]);
  server_initialize(&server, folder);
  Str text = make_text(&paragraphs, strtoul(argv[3], NULL, 10));
  server_open(&server, text);
  while (folder && !server.scanning) server_await(&server, "newsmark/indexStatus");
  Typed typed = server_type(&server, text, 50, folder != NULL);
  printf("p50 %.1f ms, p99 %.1f ms, %.0f MB\n", typed.p50, typed.p99, resident_mb(server.pid));
  server_stop(&server);
  return 0;
}
