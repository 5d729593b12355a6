// A shared object that was cut short can end the program in the loader, so its bytes are compared with the
// hash beside it before it is opened. What it holds is then tried: the function, the version of its tables,
// the names of the nodes that markuptree.c asks for.
#include "parse/grammars_p.h"

#include "base/alloc.h"
#include "base/sha256.h"
#include "config/paths.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECT_MOST = 16 << 20, HASH_MOST = 256 };

static const struct {
  const char *file, *symbol;
  const char *nodes[6]; // that its trees have to have
} g_wanted[] = {
    [MARKUP_HTML] = {"html.so",
                     "tree_sitter_html",
                     {"start_tag", "script_element", "comment", "entity", "tag_name"}},
    [MARKUP_MARKDOWN] = {"markdown.so",
                         "tree_sitter_markdown",
                         {"fenced_code_block", "indented_code_block", "html_block", "pipe_table_row",
                          "block_quote_marker"}},
};

// Whether the file is as it was when its hash was written; it has to have one.
static bool is_whole(const char *path, Error *err)
{
  StrBuf bytes = {0}, wanted = {0};
  char hex[SHA256_HEX], *beside = NULL;
  bool ok = file_read(path, OBJECT_MOST, &bytes, err);
  if (ok) {
    StrBuf name = {0};
    strbuf_addf(&name, "%s.sha256", path);
    beside = strbuf_detach(&name);
    sha256_hex(strbuf_str(&bytes), hex);
    if (!file_read(beside, HASH_MOST, &wanted, NULL))
      ok = error_set(err, ERR_FORMAT, "%s is not there, which says what it should be", beside);
    else if (!str_starts(strbuf_str(&wanted), str_of(hex)))
      ok = error_set(err, ERR_FORMAT, "the file is damaged: it is not what %s says", beside);
  }
  free(beside);
  strbuf_release(&bytes);
  strbuf_release(&wanted);
  return ok;
}

static bool has_nodes(const TSLanguage *language, const char *const *nodes)
{
  for (; *nodes; nodes++)
    if (!ts_language_symbol_for_name(language, *nodes, (uint32_t)strlen(*nodes), true)) return false;
  return true;
}

static bool open_object(Grammar *self, const char *path, Markup markup, Error *err)
{
  self->object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!self->object) return error_set(err, ERR_FORMAT, "%s", dlerror());
  const TSLanguage *(*get)(void) = NULL;
  void *symbol = dlsym(self->object, g_wanted[markup].symbol);
  memcpy(&get, &symbol, sizeof get); // a function's address, POSIX says
  if (!get) return error_set(err, ERR_FORMAT, "it holds no %s", g_wanted[markup].symbol);
  const TSLanguage *language = get();
  uint32_t abi = ts_language_version(language);
  if (abi < TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION || abi > TREE_SITTER_LANGUAGE_VERSION)
    return error_set(err, ERR_FORMAT, "its version is %u, and here %d to %d can be read", abi,
                     TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION, TREE_SITTER_LANGUAGE_VERSION);
  if (!has_nodes(language, g_wanted[markup].nodes))
    return error_set(err, ERR_FORMAT, "its trees have not the nodes that are known here");
  self->language = language;
  return true;
}

static void load(Grammar *self, const char *dir, Markup markup)
{
  Error err = {0};
  char *path = path_join(dir, g_wanted[markup].file);
  if (path_exists(path) && !(is_whole(path, &err) && open_object(self, path, markup, &err))) {
    StrBuf trouble = {0};
    strbuf_addf(&trouble, "%s: %s; 'make grammars' makes it anew", path, err.text);
    self->trouble = strbuf_detach(&trouble);
  }
  free(path);
}

Grammars *grammars_load(const char *dir)
{
  Grammars *self = xcalloc(1, sizeof *self);
  load(&self->of[MARKUP_HTML], dir, MARKUP_HTML);
  load(&self->of[MARKUP_MARKDOWN], dir, MARKUP_MARKDOWN);
  return self;
}

void grammars_free(Grammars *self)
{
  for (size_t i = 0; self && i < GRAMMARS; i++) {
    if (self->of[i].object) dlclose(self->of[i].object);
    free(self->of[i].trouble);
  }
  free(self);
}

bool grammars_have(const Grammars *self, Markup markup)
{
  return self && self->of[markup].language;
}

Str grammars_trouble(const Grammars *self, Markup markup)
{
  return str_of(self->of[markup].trouble);
}

unsigned grammars_abi(const Grammars *self, Markup markup)
{
  return grammars_have(self, markup) ? ts_language_version(self->of[markup].language) : 0;
}

bool grammars_read(const Grammars *self, Markup markup, size_t len)
{
  return grammars_have(self, markup) &&
         len <= (markup == MARKUP_HTML ? GRAMMARS_HTML_MOST : GRAMMARS_MARKDOWN_MOST);
}
