// Candidates are the names, pronouns and speaker nouns of a block that stand outside quotations. A noun in
// front of a name is the name's title ("minister Eva Holt"), and so is one behind it between commas: both are
// kept for the article, where "the minister" alone may follow.
#include "annotate/quotes/quotes_p.h"

#define DEGREES_MOST 6u // tokens in front of a name

static bool is_lower_word(const Scene *scene, uint32_t i)
{
  return i < scene->len && (scene->in[i].flags & TOKEN_WORD) && !(scene->in[i].flags & TOKEN_CAPITAL);
}

// Whether a noun phrase may hold the word in front of its noun: adjectives and the like.
static bool may_describe(const Scene *scene, uint32_t i)
{
  if (!is_lower_word(scene, i)) return false;
  const Word *word = scene->words[i];
  return !word->cue && !word->small && !word->pronoun;
}

// Whether a noun phrase must begin at `first`, whatever is in front of it.
static bool must_begin(const Scene *scene, uint32_t first)
{
  if (!first || scene->inside[first - 1]) return true;
  const Word *before = scene->words[first - 1];
  return (scene->in[first - 1].flags & TOKEN_PUNCT) || before->cue || before->small;
}

// The first token of the noun phrase whose noun is at `noun`. Without an article only what several people are
// begins with its adjectives.
static uint32_t phrase_start(const Scene *scene, uint32_t noun)
{
  bool before = scene->lexicon->compounds || scene->lexicon->lang == LANG_EN; // adjectives stand before nouns
  for (uint32_t i = noun, steps = 0; steps < 6; steps++) {
    if (before && scene->words[noun]->many && i < noun && must_begin(scene, i)) return i;
    if (i-- == 0 || scene->inside[i]) break;
    if (scene->words[i]->small == SMALL_DET) return i;
    bool comma = before && i > 0 && scene_is(scene, i, ",") &&
                 may_describe(scene, i - 1); // "en anonym, høytstående …"
    bool name = scene->lexicon->lang == LANG_EN && (i > 0 || scene->words[i]->role) &&
                (scene->in[i].flags & TOKEN_CAPITAL) &&
                !scene->words[i]->pronoun; // "the Rovers manager", "Police chiefs"
    if (!comma && !name && !may_describe(scene, i)) break;
  }
  return noun;
}

static bool is_verb(const Scene *scene, uint32_t i)
{
  if (i >= scene->len || scene->inside[i]) return false;
  const Word *word = scene->words[i];
  return (word->cue && word->cue < CUE_NOUN) || word->small == SMALL_AUX;
}

// `out`: the candidates in front.
static void place(const Scene *scene, const CandidateVec *out, Candidate *c)
{
  const Token *in = scene->in;
  c->party.start = in[c->first].start;
  c->party.end = in[c->last - 1].end;
  const Candidate *last = out->len ? &out->items[out->len - 1] : NULL;
  if (last && last->outlet && last->last == c->first) return; // "disse ao Público Lawrence Flynn"
  uint32_t before = c->first;
  bool begun = scene->words[c->first]->small == SMALL_DET;
  uint32_t nouns = 0;                                          // between the preposition and this
  for (uint32_t steps = 0; before > 0 && steps < 8; steps++) { // over "the former president" to "with"
    SmallClass small = scene->words[before - 1]->small;
    if (small == SMALL_PREP || small == SMALL_OF) c->after_prep = true;
    if (small == SMALL_TO) c->after_to = true;
    if (small == SMALL_PREP || small == SMALL_OF || small == SMALL_TO) {
      c->loosely = nouns > 0;
      break;
    }
    bool name = (scene->in[before - 1].flags & TOKEN_CAPITAL) && !scene->words[before - 1]->pronoun;
    bool skips =
        small == SMALL_DET || scene->words[before - 1]->role || name || may_describe(scene, before - 1);
    if (!skips || scene->inside[before - 1]) break;
    if (begun) break; // an article begins the phrase: only a preposition can stand in front of it
    begun = small == SMALL_DET;
    nouns += !small && !scene->words[before - 1]->role && !name;
    before--;
  }
}

// "Socialdemokraternas Mikael Damberg"
static bool owns_person(const Scene *scene, const Name *name)
{
  const NameVec *names = &scene->notes->names;
  return name + 1 < names->items + names->len && name[1].first == name->last && name[1].type == ENTITY_PER &&
         name->type != ENTITY_PER;
}

// A genitive in front of a noun: "Putin's spokesman", "Kinas ambassadör", "USA:s". The s of Friis, Louis and
// Magnus is their own.
static bool is_owner(const Scene *scene, const Name *name)
{
  uint32_t next = name->last;
  if (next >= scene->len) return false;
  Str s = str_slice(scene->notes->text, name->start, name->end);
  if (token_is_possessive(&scene->in[next])) return true;
  bool apostrophe = (scene_is(scene, next, "'") || str_is(scene_text(scene, next), "’")) &&
                    !(scene->in[next].flags & TOKEN_SPACE_BEFORE) && next + 1 < scene->len &&
                    (scene->in[next + 1].flags & TOKEN_WORD) &&
                    (str_ends(s, STR("s")) || str_ends(s, STR("x")) || str_ends(s, STR("z")));
  if (apostrophe && !scene->inside[next]) return true; // "Davis' veninde"
  if (scene->lexicon->lang == LANG_EN || scene->lexicon->lang == LANG_IT) return false;
  bool own =
      str_ends(s, STR("is")) || str_ends(s, STR("os")) || str_ends(s, STR("us")) || str_ends(s, STR("ss"));
  bool genitive = (str_ends(s, STR("s")) && !own) || str_ends(s, STR("’")) || str_ends(s, STR("'"));
  if (!genitive) return false;
  const Word *word = scene->words[next];
  if (scene->lexicon->lang == LANG_DE && word->role) return true;
  return owns_person(scene, name) ||
         (is_lower_word(scene, next) && !word->cue && !word->small && !word->pronoun);
}

// What the noun at `noun` is of, as Party.of: "presidente di Confindustria", "segretario generale della Uil".
static uint16_t owner_of(const Scene *scene, uint32_t noun)
{
  enum { DESCRIBED = 2 }; // words between
  uint32_t i = noun + 1, end = noun + 1 + DESCRIBED;
  while (i < scene->len && i < end && may_describe(scene, i)) i++;
  if (i >= scene->len || scene->inside[i] || scene->words[i]->small != SMALL_OF) return 0;
  for (i++; i < scene->len && scene->words[i]->small == SMALL_DET;) i++;
  if (i >= scene->len || scene->inside[i] || !scene_is_word(scene, i)) return 0;
  return (uint16_t)(scene->in[i].hash | 1);
}

static void note_title(const Scene *scene, uint32_t noun, const Name *name, QuoteVec *titles)
{
  const Word *word = scene->words[noun];
  QuoteDraft draft = {.start = name->start, .end = name->end, .form = QUOTE_TITLE};
  draft.speaker = (Party){scene->in[noun].start, scene->in[noun].end, PARTY_ROLE, word->role,
                          owner_of(scene, noun), word->lemma};
  vec_push_in(scene->keep, titles, draft);
}

// "Ms. Roth": no office, but it tells the gender.
static void note_honor(const Scene *scene, const Name *name, QuoteVec *titles)
{
  char honor = name->first > 0 ? scene->words[name->first - 1]->honor : 0;
  if (!honor) return;
  QuoteDraft draft = {.start = name->start, .end = name->end, .form = QUOTE_TITLE};
  draft.speaker = (Party){.kind = PARTY_ROLE, .gender = honor};
  vec_push_in(scene->keep, titles, draft);
}

// The noun that names the name's office: right in front of it, or behind it after a comma.
static void find_title(const Scene *scene, const Name *name, QuoteVec *titles)
{
  if (is_owner(scene, name)) return; // "sprach der Präsident Fords Aussage an"
  bool body = name->type == ENTITY_ORG && name->first > 0 && scene->words[name->first - 1]->role == 'g';
  if (body && !scene->words[name->first - 1]->many) note_title(scene, name->first - 1, name, titles);
  if (name->type != ENTITY_PER) return;
  note_honor(scene, name, titles);
  bool comma = name->first > 0 && scene_is(scene, name->first - 1, ","); // "talsmann for organet, Ann Lee"
  for (uint32_t i = name->first - comma, steps = 0; i > 0 && steps < (comma ? 8 : 3); steps++) {
    i--;
    const Word *word = scene->words[i];
    if (word->role && word->role != 'g' && word->role != 'o') return note_title(scene, i, name, titles);
    bool degree = scene->in[i].flags & TOKEN_ABBREV; // "Sprecherin Dr. Eva Roth"
    bool plain = !word->small && (degree || !(scene->in[i].flags & TOKEN_CAPITAL));
    if (!scene_is_word(scene, i) || word->cue || word->small == SMALL_SUB || (!comma && !plain)) break;
  }
  if (!scene_is(scene, name->last, ",")) return;
  for (uint32_t i = name->last + 1; i < scene->len && i < name->last + 6; i++) {
    if (scene->words[i]->role) return note_title(scene, i, name, titles);
    if (scene->words[i]->cue || (scene->in[i].flags & TOKEN_PUNCT) || scene->words[i]->small == SMALL_SUB ||
        scene->words[i]->small == SMALL_PREP)
      return;
  }
}

// Whether "of" joins a ministry to the person in front: "il portavoce del ministero".
static bool hangs_on(const Scene *scene, const Candidate *body, const Candidate *person)
{
  return person->last + 1 == body->first && scene->words[person->last]->small == SMALL_OF &&
         person->party.kind == PARTY_ROLE;
}

// "la portavoce del dipartimento Heather Nauert": the name belongs to the noun in front of the preposition,
// whose place it takes.
static bool takes_noun(const Scene *scene, const Name *name, CandidateVec *out, Candidate *noun)
{
  uint32_t i = name->first, nouns = 0;
  for (; i > 0 && name->first - i < 6; i--) {
    const Word *word = scene->words[i - 1];
    bool person = word->role && word->role != 'g' && word->role != 'o';
    bool verb = word->cue && !(scene->in[i - 1].flags & TOKEN_CAPITAL); // not "Secretary of State"
    if (!scene_is_word(scene, i - 1) || person || verb) return false;
    bool to = word->small == SMALL_TO && scene_drops_subjects(scene); // "l'assessore alla Cultura"
    if (word->small == SMALL_OF || word->small == SMALL_PREP || to) break;
    if (word->small && word->small != SMALL_DET) return false;
    nouns += !word->small;
  }
  if (!i || !nouns) return false;
  for (size_t k = out->len; k-- > 0 && out->len - k <= 3;) {
    if (out->items[k].last != i - 1) continue;
    if (out->items[k].party.kind != PARTY_ROLE) return false;
    bool body = out->items[k].party.gender == 'g';
    if (body && k && hangs_on(scene, &out->items[k], &out->items[k - 1])) k--;
    *noun = out->items[k];
    size_t taken = body && k + 1 < out->len && out->items[k + 1].last == i - 1 ? 2 : 1;
    memmove(out->items + k, out->items + k + taken, (out->len - k - taken) * sizeof *out->items);
    out->len -= taken;
    return true;
  }
  return false;
}

// "Prof. Dr. h. c. Eva Roth": what stands in front is of the phrase, not of the name.
static uint32_t skip_degrees(const Scene *scene, uint32_t first)
{
  uint32_t begin = first;
  for (uint32_t i = first; i > 0 && first - i < DEGREES_MOST && scene->in[i - 1].flags & TOKEN_ABBREV; i--)
    if (scene->in[i - 1].flags & TOKEN_CAPITAL) begin = i - 1;
  return begin;
}

static void add_name(const Scene *scene, const Name *name, CandidateVec *out, QuoteVec *titles)
{
  Candidate c = {.first = name->first, .last = name->last, .type = name->type};
  c.party.kind = PARTY_NAME;
  c.first = skip_degrees(scene, c.first);
  place(scene, out, &c);
  c.party.start = name->start;
  c.party.end = name->end;
  Str words = str_slice(scene->notes->text, name->start, name->end);
  c.outlet = name->type == ENTITY_ORG && quotes_is_outlet(scene->quotes, words, scene->arena);
  c.owner = is_owner(scene, name) ||
            (name->type != ENTITY_PER && c.last < scene->len && scene->words[c.last]->role);
  Candidate noun;
  if (c.type == ENTITY_PER && takes_noun(scene, name, out, &noun)) {
    c.after_prep = noun.after_prep;
    c.after_to = noun.after_to;
    c.first = noun.first; // the phrase; the mention is the name
    note_title(scene, noun.last - 1, name, titles);
  }
  vec_push_in(scene->arena, out, c);
}

// "one wrote", "skriver någon": words that are a subject only beside a verb.
static bool stands_alone(const Scene *scene, uint32_t i)
{
  return is_verb(scene, i + 1) ||
         (i > 0 && is_verb(scene, i - 1) && !scene_is_word(scene, i + 1 < scene->len ? i + 1 : i));
}

// "said I", "säger vi": the one who writes is a speaker only right beside a verb of saying.
static bool says_itself(const Scene *scene, uint32_t i)
{
  bool before = i > 0 && is_verb(scene, i - 1) && scene->words[i - 1]->small != SMALL_AUX;
  return before || (is_verb(scene, i + 1) && scene->words[i + 1]->small != SMALL_AUX);
}

// "la madre 35enne Risa Kusuma": capitals behind a person's noun, where the tagger saw no name.
static bool add_unknown_name(const Scene *scene, uint32_t noun, uint32_t stop, CandidateVec *out)
{
  uint32_t first = noun + 1;
  if (first < stop && !(scene->in[first].flags & TOKEN_CAPITAL) &&
      (may_describe(scene, first) || (scene->in[first].flags & TOKEN_NUMBER)))
    first++;
  uint32_t last = first;
  while (last < stop && last < first + 4 && (scene->in[last].flags & TOKEN_CAPITAL) &&
         !scene->words[last]->small && !scene->words[last]->role && !scene->inside[last])
    last++;
  bool enough = last - first >= 2 || (last > first && first == noun + 1);
  if (!enough) return false;
  Candidate c = {.first = phrase_start(scene, noun), .last = last, .type = ENTITY_PER};
  c.party.kind = PARTY_NAME;
  place(scene, out, &c);
  c.party.start = scene->in[first].start;
  vec_push_in(scene->arena, out, c);
  return true;
}

// An agency or a paper that the tagger did not see.
static void add_outlet(const Scene *scene, uint32_t i, CandidateVec *out)
{
  uint64_t class;
  if (scene->inside[i] || !quotes_may_be_outlet(scene->quotes, scene->in[i].hash) ||
      !map_get(&scene->quotes->outlets, scene->in[i].lower, &class) || class != 'n')
    return;
  Candidate c = {.first = i, .last = i + 1, .type = ENTITY_ORG, .outlet = true};
  c.party.kind = PARTY_NAME;
  place(scene, out, &c);
  vec_push_in(scene->arena, out, c);
}

// Whether a noun of the North without an article, right behind a subject, is rather a verb that looks like
// it: "andre forsvarer", "Moen leder".
static bool is_predicate(const Scene *scene, uint32_t i)
{
  const Word *word = scene->words[i];
  Lang lang = scene->lexicon->lang;
  bool north = lang == LANG_SV || lang == LANG_NB || lang == LANG_NN || lang == LANG_DA;
  if (!north || !i || scene->inside[i - 1] || word->many || !str_eq(word->form, word->lemma)) return false;
  const Word *before = scene->words[i - 1],
             *behind = i + 1 < scene->len ? scene->words[i + 1] : &g_unknown_word;
  bool inverted = behind->pronoun && behind->small != SMALL_DET && !scene->inside[i + 1]; // "spiller hun"
  if (inverted && before->small != SMALL_DET) return true;
  bool name = (scene->in[i - 1].flags & TOKEN_CAPITAL) && !(scene->in[i - 1].flags & TOKEN_FIRST);
  return ((before->pronoun || before->role) && before->small != SMALL_DET) || name;
}

// "Opposition lawmakers", "the police chief": in English a noun that the next one is made of.
static bool is_made_of(const Scene *scene, uint32_t i)
{
  return scene->lexicon->lang == LANG_EN && i + 1 < scene->len && !scene->inside[i + 1] &&
         scene->words[i + 1]->role && scene->words[i + 1]->role != 'a' && !scene->words[i + 1]->small;
}

// "One of the managers", "en av lærerne": one, and nobody whom a title would mean. *first: where it begins.
static bool is_one_of(const Scene *scene, uint32_t *first)
{
  uint32_t i = *first;
  if (i > 0 && !scene->inside[i - 1] && scene->words[i - 1]->small == SMALL_DET) i--;
  if (i < 2 || scene->words[i - 1]->small != SMALL_OF || scene->inside[i - 2]) return false;
  if (!scene->words[i - 2]->one) return false;
  *first = i - 2;
  return true;
}

static void add_word(const Scene *scene, uint32_t i, CandidateVec *out)
{
  const Word *word = scene->words[i];
  Candidate c = {.first = i, .last = i + 1};
  if (word->pronoun == '1' || (word->pronoun == 'w' && !says_itself(scene, i))) return;
  bool noun = scene->lexicon->lang == LANG_DE && word->pronoun == 'c' && i + 1 < scene->len &&
              scene->in[i + 1].flags & TOKEN_CAPITAL && !scene->inside[i + 1];
  if (noun) return; // "sagte dieser Zeitung"
  if (word->pronoun == 'i') {
    if (!stands_alone(scene, i)) return;
    c.party.kind = PARTY_NOUN;
    c.party.gender = 'i'; // nobody whom a pronoun would mean
  } else if (word->pronoun && (word->pronoun != 'n' || scene->lexicon->lang == LANG_EN)) {
    c.party.kind = PARTY_PRONOUN;
    c.party.gender = word->pronoun;
  } else if (word->role) {
    bool describes = word->role == 'a' && may_describe(scene, i + 1); // "a 22-year-old student"
    if (describes || is_predicate(scene, i) || is_made_of(scene, i)) return;
    c.party.kind = PARTY_ROLE;
    c.first = phrase_start(scene, i);
    c.outlet = word->role == 'o';
    bool named = i + 1 < scene->len && scene_is(scene, i + 1, ","); // "one of its authors, Ann Lee,"
    bool one = word->many && !named && is_one_of(scene, &c.first);
    c.party.gender = word->many && !one ? 'p' : word->role == 'c' ? 0 : word->role;
    // "a minister" and "ministers" are not the one whom the article called minister
    if (!word->many && !scene->words[c.first]->fresh) c.party.lemma = word->lemma;
    c.party.of = scene->words[c.first]->own ? PARTY_OWN : owner_of(scene, i);
  } else {
    return;
  }
  place(scene, out, &c);
  vec_push_in(scene->arena, out, c);
}

// Whether the noun is right in front of the name at `stop`: "madre 35enne Risa", "Sprecherin Dr. Eva Roth",
// "il segretario generale Carlo Neri".
static bool is_near(const Scene *scene, uint32_t noun, uint32_t stop)
{
  if (stop > noun + 4) return false;
  bool behind = scene_drops_subjects(scene) || scene->lexicon->lang == LANG_FR; // adjectives
  if (behind && stop == noun + 2 && may_describe(scene, noun + 1) && !scene->inside[noun + 1]) return true;
  for (uint32_t i = noun + 1; i < stop; i++) {
    bool age = i == noun + 1 && (scene->in[i].flags & TOKEN_NUMBER);
    if (!age && !(scene->in[i].flags & TOKEN_ABBREV)) return false;
  }
  return true;
}

void candidates_find(const Scene *scene, CandidateVec *out, QuoteVec *titles)
{
  const NameVec *names = &scene->notes->names;
  uint32_t token = 0;
  for (size_t n = 0; n <= names->len; n++) {
    const Name *name = n < names->len ? &names->items[n] : NULL;
    uint32_t stop = name ? name->first : scene->len;
    for (; token < stop; token++) {
      char role = scene->words[token]->role;
      bool known = role || scene->words[token]->pronoun;
      if (!known && (scene->in[token].flags & TOKEN_CAPITAL)) add_outlet(scene, token, out);
      if (!known || scene->inside[token]) continue;
      if (role && name && name->type == ENTITY_PER && is_near(scene, token, stop))
        continue; // a title is part of its name
      if (role == 'g' && name && name->type == ENTITY_ORG && token + 1 == stop && !scene->inside[stop] &&
          !is_owner(scene, name))
        continue; // and so is what a body is: "facket Seko"
      bool person = role && role != 'g' && role != 'o';
      if (!person || !add_unknown_name(scene, token, stop, out)) add_word(scene, token, out);
    }
    if (!name) break;
    token = name->last > token ? name->last : token;
    if (!scene->inside[name->first]) {
      add_name(scene, name, out, titles);
      find_title(scene, name, titles);
    }
  }
}
