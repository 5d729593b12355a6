// newsmark: the command line. Each verb has a file of its own, cmd_<verb>.c.
#include <stdio.h>

int main(void)
{
  puts("newsmark " NEWSMARK_VERSION);
  return 0;
}
