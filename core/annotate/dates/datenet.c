// All patterns of a language as one deterministic automaton: its states are sets of places in their programs
// (the subset construction), its arcs the operations that lead on, so that what patterns have in common is
// walked once. An atom may have several readings, and some arcs take no atom (a mark of the extent, a
// condition): the walk goes back and tries each. There are no loops, so a match is at most as long as its
// pattern; a budget of steps bounds what alternatives can cost. The longest match wins, then the one that
// begins first, the higher rank, and the pattern that stands first in its table.
#include "annotate/dates/dates_p.h"

enum { MAX_STEPS = 4000, MAX_DEPTH = 40 };

// --- building
// ----------------------------------------------------------------------------------------------------------

enum { STATE_SLOTS = 1 << 13, STATES_MOST = STATE_SLOTS / 2 };
enum { INSERT_MOST = 100 }; // moves sorted by insertion

typedef VEC_OF(uint32_t) PlaceVec; // operations

// From a place by its operation: what the operation is in the upper half, equal ones being one arc, and the
// place in the lower.
typedef VEC_OF(uint64_t) MoveVec;

typedef struct Builder {
  DateNet *net;
  const PatOp *ops;
  uint32_t *seen;              // [place] the closure that met it last
  uint32_t closure;            // the one at work
  PlaceVec here;               // what it found
  MoveVec moves;               // of the state at work
  PlaceVec places;             // of all states
  PlaceVec first;              // [state] the first of its own in `places`, and one more
  uint16_t slots[STATE_SLOTS]; // state + 1 by its places; 0: free
} Builder;

static int by_move(const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

// Most states have few, nearly in order; the root has all first words.
static void sort(MoveVec *moves)
{
  if (moves->len > INSERT_MOST) {
    vec_sort(moves, by_move);
    return;
  }
  for (size_t i = 1; i < moves->len; i++) {
    uint64_t move = moves->items[i];
    size_t j = i;
    for (; j > 0 && moves->items[j - 1] > move; j--) moves->items[j] = moves->items[j - 1];
    moves->items[j] = move;
  }
}

// Add what `place` leads to without an arc.
static void close_over(Builder *b, uint32_t place)
{
  while (b->seen[place] != b->closure) {
    const PatOp *op = &b->ops[place];
    b->seen[place] = b->closure;
    if (op->code == OP_SPLIT) {
      close_over(b, place + 1);
    } else if (op->code != OP_JUMP) {
      vec_push(&b->here, place);
      return;
    }
    place = op->to;
  }
}

// The same in whatever order they stand.
static uint32_t hash_of(const PlaceVec *places)
{
  uint64_t hash = places->len;
  for (size_t i = 0; i < places->len; i++) {
    uint64_t mixed = (places->items[i] + 1) * 0x9e3779b97f4a7c15u;
    hash += mixed ^ mixed >> 32;
  }
  return (uint32_t)(hash >> 24);
}

// Whether the state has the places that the closure met last.
static bool same_places(const Builder *b, uint32_t state)
{
  uint32_t first = b->first.items[state], end = b->first.items[state + 1];
  if (end - first != b->here.len) return false;
  while (first < end && b->seen[b->places.items[first]] == b->closure) first++;
  return first == end;
}

// The state of the places in `here`, which it empties; STATES_MOST: there are too many.
static uint16_t take_state(Builder *b)
{
  uint32_t at = hash_of(&b->here) & (STATE_SLOTS - 1);
  while (b->slots[at] && !same_places(b, b->slots[at] - 1u)) at = (at + 1) & (STATE_SLOTS - 1);
  if (!b->slots[at] && b->net->states.len < STATES_MOST) {
    for (size_t i = 0; i < b->here.len; i++) vec_push(&b->places, b->here.items[i]);
    vec_push(&b->first, (uint32_t)b->places.len);
    vec_push(&b->net->states, (DateState){.arcs = 0});
    b->slots[at] = (uint16_t)b->net->states.len;
  }
  b->here.len = 0, b->closure++;
  return b->slots[at] ? (uint16_t)(b->slots[at] - 1) : STATES_MOST;
}

// The arcs of a state, those that take an atom first and by symbol; patterns that end here stand beside them.
static bool add_arcs(Builder *b, uint16_t state)
{
  DateNet *net = b->net;
  DateState *self = &net->states.items[state];
  self->arcs = self->free = (uint32_t)net->arcs.len, self->ends = (uint32_t)net->ends.len;
  b->moves.len = 0;
  for (uint32_t i = b->first.items[state]; i < b->first.items[state + 1]; i++) {
    uint32_t place = b->places.items[i];
    const PatOp *op = &b->ops[place];
    uint64_t what = (uint64_t)op->code << 24 | (uint64_t)op->sym << 8 | op->field;
    if (op->code == OP_ACCEPT)
      vec_push(&net->ends, (uint16_t)op->to);
    else
      vec_push(&b->moves, what << 32 | place);
  }
  sort(&b->moves);
  for (size_t i = 0; i < b->moves.len;) {
    uint32_t what = (uint32_t)(b->moves.items[i] >> 32);
    for (; i < b->moves.len && b->moves.items[i] >> 32 == what; i++)
      close_over(b, (uint32_t)b->moves.items[i] + 1);
    uint16_t to = take_state(b);
    if (to == STATES_MOST) return false;
    vec_push(&net->arcs, ((DateArc){(uint8_t)(what >> 24), (uint8_t)what, (uint16_t)(what >> 8), to}));
    if (what >> 24 == OP_SYM) net->states.items[state].free++;
  }
  return true;
}

// What must come next in a state: the symbols of its arcs and of those behind arcs that take no atom.
static void fill_next(DateNet *net, uint16_t state)
{
  DateState *self = &net->states.items[state], *behind = self + 1;
  if (self->filled) return;
  self->filled = true;
  self->may_end = self->ends < behind->ends;
  for (uint32_t a = self->arcs; a < behind->arcs; a++) {
    const DateArc *arc = &net->arcs.items[a];
    if (arc->code == OP_SYM) {
      symset_add(&self->next, arc->sym);
      continue;
    }
    fill_next(net, arc->to);
    const DateState *to = &net->states.items[arc->to];
    for (size_t i = 0; i < ARRAY_LEN(to->next.bits); i++) self->next.bits[i] |= to->next.bits[i];
    self->may_end = self->may_end || to->may_end;
  }
}

static void fill_root(DateNet *net)
{
  const DateState *root = net->states.items;
  uint32_t arc = root->arcs;
  for (uint16_t sym = 0; sym <= SYM_MAX; sym++) {
    while (arc < root->free && net->arcs.items[arc].sym < sym) arc++;
    net->root[sym] = (uint16_t)arc;
  }
}

bool datenet_build(DateNet *net, const PatOp *ops, size_t len, const uint32_t *entries, size_t count,
                   Error *err)
{
  Builder *b = xcalloc(1, sizeof *b);
  b->net = net, b->ops = ops, b->closure = 1, b->seen = xcalloc(len, sizeof *b->seen);
  vec_push(&b->first, 0);
  for (size_t i = 0; i < count; i++) close_over(b, entries[i]);
  take_state(b);
  bool ok = true;
  for (uint16_t state = 0; ok && state < net->states.len; state++) ok = add_arcs(b, state);
  vec_push(&net->states, ((DateState){.arcs = (uint32_t)net->arcs.len, .ends = (uint32_t)net->ends.len}));
  for (uint16_t state = 0; ok && state + 1u < net->states.len; state++) fill_next(net, state);
  if (ok) fill_root(net);
  free(b->seen);
  vec_release(&b->here);
  vec_release(&b->moves);
  vec_release(&b->places);
  vec_release(&b->first);
  free(b);
  return ok || error_set(err, ERR_FORMAT, "date_patterns: too many states");
}

void datenet_release(DateNet *net)
{
  vec_release(&net->patterns);
  vec_release(&net->states);
  vec_release(&net->arcs);
  vec_release(&net->ends);
}

// --- matching
// ----------------------------------------------------------------------------------------------------------

typedef struct Step {
  const Reading *reading;
  uint8_t field;
} Step;

typedef struct Matcher {
  const DateNet *net;
  AtomReader *list;
  uint32_t start;
  int budget;
  Step path[MAX_DEPTH];
  DateMatch *best;
  DateFits fits;
  const void *context; // of `fits`
  bool found;
} Matcher;

static bool opens_with(const Atom *atom, char c)
{
  return atom->lower.len && atom->lower.ptr[0] == c;
}
static bool closes_with(const Atom *atom, char c)
{
  return atom->lower.len && atom->lower.ptr[atom->lower.len - 1] == c;
}

static bool is_calendar(AtomReader *list, uint32_t at)
{
  static const uint16_t syms[] = {SYM_INT,   SYM_MONTH,    SYM_MONTHAB, SYM_MONTHAMB, SYM_WEEKDAY, SYM_WDAYAB,
                                  SYM_CLOCK, SYM_CLOCKDOT, SYM_NDATE,   SYM_DAYMON,   SYM_DAYSLASH};
  SymSet calendar = {{0}};
  for (size_t i = 0; i < ARRAY_LEN(syms); i++) symset_add(&calendar, syms[i]);
  return symset_meets(&calendar, atom_readings(list, at)->syms);
}

// The hyphen in "maj-juni", "mån-fre", "2pm-4pm" parts two dates of one token.
static bool is_range_hyphen(AtomReader *list, uint32_t at)
{
  const Atom *atoms = list->atoms.items;
  if (!opens_with(&atoms[at], '-') || !at || at + 1 >= list->atoms.len) return false;
  uint32_t left = at - 1;
  while (left > 0 && atoms[left].inside && !is_calendar(list, left)) left--; // "2pm-"
  return is_calendar(list, left) && is_calendar(list, at + 1);
}

// An extent may not cut a token, but for its apostrophe ("l'|anno", "Friday|'s"), closing marks and the
// hyphen of a range.
static bool extent_fits(AtomReader *list, uint32_t begin, uint32_t end)
{
  const Atom *atoms = list->atoms.items;
  if (begin >= end) return false;
  if (atoms[begin].inside && !closes_with(&atoms[begin - 1], '\'') && !opens_with(&atoms[begin - 1], '/') &&
      !is_range_hyphen(list, begin - 1))
    return false;
  if (end == list->atoms.len || !atoms[end].inside) return true;
  return opens_with(&atoms[end], '.') || opens_with(&atoms[end], '\'') || opens_with(&atoms[end], '/') ||
         closes_with(&atoms[end - 1], '.') || is_range_hyphen(list, end);
}

// A count behind another one: "1 hour, 20 minutes and 5 seconds".
static void begin_count(DateFrame *frame)
{
  if (!frame_has(frame, FIELD_UNIT) || !frame_has(frame, FIELD_AMOUNT)) return;
  if (frame_has(frame, FIELD_UNIT2)) {
    frame_set(frame, FIELD_AMOUNT3, frame->field[FIELD_AMOUNT2]);
    frame_set(frame, FIELD_UNIT3, frame->field[FIELD_UNIT2]);
  }
  frame_set(frame, FIELD_AMOUNT2, frame->field[FIELD_AMOUNT]);
  frame_set(frame, FIELD_UNIT2, frame->field[FIELD_UNIT]);
}

// What the steps so far and the pattern say; what stands behind the extent is context and says nothing.
// False where it names two parts of the day: "gestern Nacht, am Vormittag" are two expressions.
static bool fill_frame(const Matcher *m, uint32_t depth, DateMatch *match)
{
  DateFrame *frame = &match->frame;
  *frame = (DateFrame){0};
  uint32_t at = m->start;
  for (uint32_t i = 0; i < depth && at < match->end; i++) {
    const Step *step = &m->path[i];
    at += step->reading->len;
    bool counts =
        step->reading->sym == SYM_NUM || step->reading->sym == SYM_INT || step->reading->sym == SYM_DEC;
    if (counts && step->field == FIELD_COUNT) begin_count(frame);
    if (step->field < FIELD_COUNT) {
      frame_set(frame, step->field, step->reading->value);
      continue;
    }
    for (size_t s = 0; s < step->reading->sets; s++) {
      const FieldSet *set = &step->reading->set[s];
      if (set->field == FIELD_PART && frame_get(frame, FIELD_PART, set->value) != set->value) return false;
      frame_set(frame, set->field, set->value);
    }
    if (step->reading->sym == SYM_NUM) frame_set(frame, FIELD_AMOUNT, step->reading->value * 100);
    if (step->reading->sym == SYM_ORD) frame_set(frame, FIELD_NTH, step->reading->value);
  }
  const Pattern *pattern = match->pattern;
  for (size_t s = 0; s < pattern->sets; s++) frame_set(frame, pattern->set[s].field, pattern->set[s].value);
  return true;
}

static void accept(Matcher *m, const Pattern *pattern, uint32_t at, uint32_t depth, uint32_t begin,
                   uint32_t end)
{
  DateMatch *best = m->best, match;
  if (end == UINT32_MAX) end = at;
  if (m->found) {
    if (end < best->end || (end == best->end && begin > best->begin)) return;
    bool tie = end == best->end && begin == best->begin;
    if (tie && pattern->rank < best->pattern->rank) return;
    if (tie && pattern->rank == best->pattern->rank && pattern >= best->pattern) return;
  }
  if (pattern->family != FAMILY_NONE && !extent_fits(m->list, begin, end)) return;
  match.pattern = pattern, match.begin = begin, match.end = end;
  if (!fill_frame(m, depth, &match)) return;
  if (m->fits && !m->fits(m->context, &match)) return;
  *best = match;
  m->found = true;
}

// Whether the walk can go on in `state` with the atom at `at`.
static inline bool may_go_on(const Matcher *m, const DateState *state, uint32_t at)
{
  if (state->may_end) return true;
  return at < m->list->atoms.len && symset_meets(&state->next, atom_readings(m->list, at)->syms);
}

static void run(Matcher *m, const DateState *state, uint32_t at, uint32_t depth, uint32_t begin,
                uint32_t end);

// The first arc of `state` for `sym`, or where it would stand. Most walks end in the root, which has
// hundreds.
static uint32_t arc_of(const DateNet *net, const DateState *state, uint16_t sym)
{
  if (state == net->states.items) return net->root[sym];
  uint32_t low = state->arcs, high = state->free;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (net->arcs.items[middle].sym < sym)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void take_atom(Matcher *m, const DateState *state, uint32_t at, uint32_t depth, uint32_t begin,
                      uint32_t end)
{
  const Readings *all = atom_readings(m->list, at);
  for (uint32_t i = 0; i < all->count; i++) {
    const Reading *r = all->items[i];
    if (!symset_has(&state->next, r->sym)) continue;
    for (uint32_t a = arc_of(m->net, state, r->sym); a < state->free; a++) {
      const DateArc *arc = &m->net->arcs.items[a];
      if (arc->sym != r->sym) break;
      if (arc->field < FIELD_COUNT && !date_field_fits(arc->field, r->value, r->digits)) continue;
      const DateState *to = &m->net->states.items[arc->to];
      if (!may_go_on(m, to, at + r->len)) continue;
      m->path[depth] = (Step){r, arc->field};
      run(m, to, at + r->len, depth + 1, begin, end);
    }
  }
}

static void run(Matcher *m, const DateState *state, uint32_t at, uint32_t depth, uint32_t begin, uint32_t end)
{
  if (m->budget-- <= 0) return;
  for (uint32_t e = state->ends; e < state[1].ends; e++)
    accept(m, &m->net->patterns.items[m->net->ends.items[e]], at, depth, begin, end);
  const Atom *atom = at < m->list->atoms.len ? &m->list->atoms.items[at] : NULL;
  if (atom && depth < MAX_DEPTH) take_atom(m, state, at, depth, begin, end);
  for (uint32_t a = state[1].arcs; a-- > state->free;) {
    const DateArc *arc = &m->net->arcs.items[a];
    const DateState *to = &m->net->states.items[arc->to];
    if (arc->code == OP_NOT && atom && symset_has(atom_readings(m->list, at)->syms, arc->sym)) continue;
    if (arc->code == OP_GLUE && (!atom || atom->spaced)) continue;
    if (may_go_on(m, to, at))
      run(m, to, at, depth, arc->code == OP_BEGIN ? at : begin, arc->code == OP_END ? at : end);
  }
}

static bool match_at(Matcher *m, uint32_t at, DateMatch *best)
{
  m->start = at, m->budget = MAX_STEPS, m->best = best, m->found = false;
  run(m, m->net->states.items, at, 0, at, UINT32_MAX);
  return m->found;
}

// A match that opens with context ("in" May) gives way to a longer one that opens further on (May 5), or to
// one as long and of a higher rank, where its own holds only if nothing speaks against it.
bool datenet_match(const DateNet *net, AtomReader *list, uint32_t at, DateFits fits, const void *context,
                   DateMatch *best)
{
  const DateState *root = net->states.items;
  if (!symset_meets(&root->next, atom_readings(list, at)->syms)) return false;
  Matcher m;
  m.net = net, m.list = list, m.fits = fits, m.context = context;
  if (!match_at(&m, at, best)) return false;
  for (uint32_t inside = at + 1; inside <= best->begin; inside++) {
    DateMatch inner;
    if (!match_at(&m, inside, &inner) || inner.end < best->end) continue;
    bool surer = frame_has(&best->frame, FIELD_BARE) && !frame_has(&inner.frame, FIELD_BARE);
    if (inner.end == best->end && (!surer || inner.pattern->rank <= best->pattern->rank)) continue;
    *best = inner;
    return true;
  }
  return true;
}
