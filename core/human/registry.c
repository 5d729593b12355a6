// The lines of kind `rule` are rules; so is every alias of an entity whose type is known. Of several rules
// with the same words the last one holds.
#include "human/registry.h"

#include "base/json.h"
#include "base/refs.h"
#include "base/utf8.h"
#include "human/decision.h"

static void add_rule(Registry *self, const cJSON *root, Str words, Str type)
{
  if (!words.len) return;
  Rule rule = {.id = arena_dup(&self->arena, json_get_str(root, "id")),
               .words = arena_dup(&self->arena, words),
               .rejected = str_is(json_get_str(root, "verdict"), "rejected"),
               .type_name = arena_dup(&self->arena, type),
               .entity = arena_dup(&self->arena, json_get_str(root, "entity")),
               .name = arena_dup(&self->arena, json_get_str(root, "name"))};
  if (!type.len && !rule.rejected) return;
  rule.kind = decision_kind(type, &rule.type);
  if (rule.kind == SPAN_QUOTE) return; // words are no quotation everywhere
  vec_push(&self->rules, rule);
}

static void read_line(Registry *self, Str text)
{
  cJSON *root = json_parse(text, NULL);
  Str kind = json_get_str(root, "kind"), type = json_get_str(root, "type");
  if (str_is(kind, "rule")) add_rule(self, root, json_get_str(root, "words"), type);
  const cJSON *alias, *aliases = str_is(kind, "entity") ? json_get(root, "aliases") : NULL;
  cJSON_ArrayForEach(alias, aliases)
  {
    if (cJSON_IsString(alias)) add_rule(self, root, str_of(alias->valuestring), type);
  }
  cJSON_Delete(root);
}

const Registry *registry_new(const LedgerLines *lines)
{
  Registry *self = xcalloc(1, sizeof *self);
  StrBuf text = {0};
  self->refs = 1;
  for (size_t i = 0; i < lines->len; i++) {
    strbuf_add(&text, lines->items[i].text);
    strbuf_byte(&text, '\n');
    read_line(self, lines->items[i].text);
  }
  self->identities = identities_new(strbuf_str(&text));
  strbuf_release(&text);
  if (self->rules.len) {
    Str *words = arena_alloc(&self->arena, self->rules.len * sizeof *words);
    for (size_t i = 0; i < self->rules.len; i++) words[i] = self->rules.items[i].words;
    self->finder = finder_new(words, self->rules.len);
  }
  return self;
}

const Registry *registry_ref(const Registry *self)
{
  if (self) refs_add(&self->refs);
  return self;
}

void registry_unref(const Registry *self)
{
  if (!self || !refs_drop(&self->refs)) return;
  Registry *counted = (Registry *)(uintptr_t)self;
  finder_free(counted->finder);
  identities_free(counted->identities);
  vec_release(&counted->rules);
  arena_release(&counted->arena);
  free(counted);
}

bool registry_empty(const Registry *self)
{
  return !self || (!self->rules.len && identities_empty(self->identities));
}

const Rule *registry_rule(const Registry *self, Str words)
{
  for (size_t i = self ? self->rules.len : 0; i-- > 0;)
    if (str_eq(self->rules.items[i].words, words)) return &self->rules.items[i];
  return NULL;
}

static bool is_word(uint32_t cp)
{
  return utf8_class(cp) >= CHAR_DIGIT;
}

bool whole_words(Str text, size_t start, size_t end)
{
  const char *begin = text.ptr, *stop = text.ptr + text.len;
  uint32_t inside, outside;
  if (start > 0) {
    utf8_decode(begin + start, stop, &inside);
    utf8_decode_back(begin, begin + start, &outside);
    if (is_word(inside) && is_word(outside)) return false;
  }
  if (end < text.len) {
    utf8_decode_back(begin, begin + end, &inside);
    utf8_decode(begin + end, stop, &outside);
    if ((is_word(inside) || utf8_class(outside) == CHAR_MARK) && is_word(outside)) return false;
  }
  return true;
}

typedef struct Finding {
  const Registry *registry;
  Str text;
  RuleHits *hits;
} Finding;

static void on_hit(void *ctx, size_t rule, size_t at)
{
  Finding *self = ctx;
  size_t end = at + self->registry->rules.items[rule].words.len;
  if (whole_words(self->text, at, end)) vec_push(self->hits, (RuleHit){at, end, rule});
}

static int hit_order(const void *left, const void *right)
{
  const RuleHit *a = left, *b = right;
  if (a->start != b->start) return a->start < b->start ? -1 : 1;
  if (a->end != b->end) return a->end > b->end ? -1 : 1;
  return (a->rule < b->rule) - (a->rule > b->rule); // the last rule first
}

void registry_find(const Registry *self, Str text, RuleHits *hits)
{
  if (!self || !self->finder) return;
  Finding finding = {self, text, hits};
  finder_run(self->finder, text, on_hit, &finding);
  if (hits->len) qsort(hits->items, hits->len, sizeof *hits->items, hit_order);
  size_t kept = 0;
  for (size_t i = 0; i < hits->len; i++)
    if (!kept || hits->items[i].start >= hits->items[kept - 1].end) hits->items[kept++] = hits->items[i];
  hits->len = kept;
}
