// Names are compared by hashes of their words in lower case. coref_read() has put all that hangs on the block
// alone into one small record a mention, while the block was at hand, and the roster keeps these side by
// side: a megabyte's notes are far apart in memory.
//
// News says the same names again and again, so nearly all is done once a form: once for all mentions that are
// alike but for their place. Forms vote and are accepted (coref_vote.c), get their clusters
// (coref_cluster.c), and these their names (coref_name.c), all in the order in which the forms first stand in
// the article.
#include "annotate/entities/coref.h"

#include "annotate/entities/coref_p.h"

#define KEYS_A_FORM 4u // of the table, about

static Form *begin_forms(Coref *self)
{
  size_t count = self->roster->forms.len;
  Form *forms = arena_zalloc(&self->scratch, size_mul(count, sizeof *forms));
  for (size_t i = 0; i < count; i++) {
    const RosterForm *form = &self->roster->forms.items[i];
    forms[i].mention = &form->mention;
    forms[i].in_main_lang = form->lang == self->article->lang;
  }
  return forms;
}

static void list_uses(Coref *self, Roster *roster)
{
  const RosterNameVec *names = &roster->names;
  self->use = arena_alloc(&self->scratch, size_mul(names->len, sizeof *self->use));
  roster->used = 0;
  for (uint32_t i = 0; i < names->len; i++) {
    const RosterName *name = &names->items[i];
    Form *f = &self->forms[name->form];
    bool part = name->role == ROSTER_PART;
    if (!f->met) roster->used++;
    f->met = true;
    f->sure += !part && !(f->mention->flags & COREF_WEAK);
    self->use[i] = part ? NO_FORM : name->form;
    if (name->role == ROSTER_WHOLE) vec_push_in(&self->scratch, &self->wholes, i);
  }
}

// Who a word means where it stands: the person last called by it, or else the first who is.
static uint32_t cluster_here(const Coref *self, const Form *f)
{
  uint32_t by = f->by_last ? f->by_last : f->by_first ? f->by_first : f->by_middle;
  const Person *person = &self->persons.items[by - 1];
  return person->latest ? person->latest : person->ahead;
}

static void call_person(Coref *self, const Form *f)
{
  if (f->by_last) self->persons.items[f->by_last - 1].latest = f->cluster;
  if (f->by_first) self->persons.items[f->by_first - 1].latest = f->cluster;
  if (f->by_middle) self->persons.items[f->by_middle - 1].latest = f->cluster;
}

// [form] what its mentions have in common: all but their place, and whom those mean that go by it.
static const Span *list_spans(Coref *self, const EntityFacts *const *facts)
{
  size_t count = self->roster->forms.len;
  Span *spans = arena_zalloc(&self->scratch, size_mul(count, sizeof *spans));
  for (size_t i = 0; i < count; i++) {
    const Form *f = &self->forms[i];
    if (!f->met || !f->accepted) continue;
    spans[i].kind = SPAN_ENTITY;
    spans[i].type = f->type;
    spans[i].by = f->mention->by;
    spans[i].confidence = names_confidence(self->names, f->type, f->confidence);
    if (f->cluster) spans[i].entity = facts[f->cluster - 1];
  }
  return spans;
}

static void emit(Coref *self, Cast *cast, Arena *arena, SpanVec *out)
{
  const RosterBlock *blocks = self->roster->blocks.items;
  const EntityFacts *const *facts = coref_name(self, cast);
  const Span *spans = list_spans(self, facts);
  for (size_t p = 0; p < self->article->len; p++) {
    size_t start = self->article->items[p].start;
    for (uint32_t i = blocks[p].first; i < blocks[p + 1].first; i++) {
      if (self->use[i] == NO_FORM) continue;
      const RosterName *name = &self->roster->names.items[i];
      const Form *f = &self->forms[self->use[i]];
      vec_push_in(arena, out, spans[self->use[i]]);
      Span *span = &out->items[out->len - 1];
      span->start = start + name->start;
      span->end = span->start + name->len;
      if (f->cluster)
        call_person(self, f);
      else
        span->entity = facts[cluster_here(self, f) - 1];
    }
  }
}

size_t coref_link(const Names *names, const struct Passages *article, Roster *roster, Cast *cast,
                  Arena *arena, SpanVec *out)
{
  Coref self = {.names = names, .article = article, .roster = roster};
  roster_read(roster, article);
  self.forms = begin_forms(&self);
  digestmap_reserve(&self.table, KEYS_A_FORM * roster->forms.len);
  list_uses(&self, roster);
  coref_vote(&self);
  coref_accept(&self);
  coref_cluster(&self);
  emit(&self, cast, arena, out);
  size_t entities = self.clusters.len;
  digestmap_release(&self.table);
  arena_release(&self.scratch);
  return entities;
}
