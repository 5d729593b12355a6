// Acts about who is who. All but splitting are lines of the folder's list.
#include "server/acts_p.h"

#include "base/utf8.h"

// --- entities

// The entity that the act is about: its id, type and name here.
static bool find_entity(Act *act, EntityFacts *facts, uint8_t *type)
{
  Spot spot;
  Str id = json_get_str(act->args, "entity");
  const SpanVec *spans = &act_found(act)->spans;
  if (id.len) {
    *facts = (EntityFacts){.entity = id};
    *type = ENTITY_PER;
    for (size_t i = 0; i < spans->len; i++)
      if (spans->items[i].kind == SPAN_ENTITY && str_eq(spans->items[i].entity->entity, id)) {
        *facts = *spans->items[i].entity;
        *type = spans->items[i].type;
        break;
      }
    return true;
  }
  if (!act_find_spot(act, &spot)) return false;
  if (!spot.span || spot.span->kind != SPAN_ENTITY)
    return error_set(act->err, ERR_NOT_FOUND, "no person, organisation or place here");
  *facts = *spot.span->entity;
  *type = spot.span->type;
  return true;
}

// The folder's line about `entity`, parsed, or a new one; the caller deletes it.
static cJSON *entity_line(Act *act, Str entity, uint8_t type, Str *id)
{
  const DeskRoot *root = act->desk->root;
  for (size_t i = 0; i < root->lines.len; i++) {
    cJSON *line = json_parse(str_of(root->lines.items[i].text), NULL);
    if (str_is(json_get_str(line, "kind"), "entity") && str_eq(json_get_str(line, "entity"), entity) &&
        !json_get(line, "gone")) {
      *id = str_of(root->lines.items[i].id);
      return line;
    }
    cJSON_Delete(line);
  }
  Span span = {.kind = SPAN_ENTITY, .type = type};
  cJSON *line = cJSON_CreateObject();
  *id = decision_fresh_id(&act->arena);
  cJSON_AddStringToObject(line, "id", id->ptr);
  cJSON_AddStringToObject(line, "kind", "entity");
  cJSON_AddStringToObject(line, "entity", arena_dup(&act->arena, entity).ptr);
  cJSON_AddStringToObject(line, "type", arena_dup(&act->arena, span_type_name(&span)).ptr);
  return line;
}

static void add_to_list(cJSON *line, const char *key, const char *value)
{
  cJSON *list = cJSON_GetObjectItemCaseSensitive(line, key), *item;
  if (!list) list = cJSON_AddArrayToObject(line, key);
  cJSON_ArrayForEach(item, list) if (cJSON_IsString(item) && !strcmp(item->valuestring, value)) return;
  cJSON_AddItemToArray(list, cJSON_CreateString(value));
}

static void put_entity_line(Act *act, cJSON *line, Str id)
{
  cJSON_DeleteItemFromObject(line, "time");
  cJSON_AddStringToObject(line, "time", decision_time(&act->arena, (Str){0}).ptr);
  char *text = cJSON_PrintUnformatted(line);
  desk_put_line(act->desk, &act->step, id, text);
  cJSON_free(text);
  cJSON_Delete(line);
  act->count = 1;
}

bool act_rename_entity(Act *act)
{
  EntityFacts facts;
  uint8_t type;
  Str name = str_trim(json_get_str(act->args, "name")), id;
  if (!name.len) return error_set(act->err, ERR_USAGE, "name is missing");
  if (!find_entity(act, &facts, &type)) return false;
  cJSON *line = entity_line(act, facts.entity, type, &id);
  cJSON_DeleteItemFromObject(line, "name");
  cJSON_AddStringToObject(line, "name", arena_dup(&act->arena, name).ptr);
  put_entity_line(act, line, id);
  act->message = arena_printf(&act->arena, STR_FMT " is called " STR_FMT, STR_ARG(facts.name), STR_ARG(name));
  return true;
}

bool act_add_alias(Act *act)
{
  EntityFacts facts;
  uint8_t type;
  Str alias = str_trim(json_get_str(act->args, "alias")), id;
  if (!alias.len) return error_set(act->err, ERR_USAGE, "alias is missing");
  if (!find_entity(act, &facts, &type)) return false;
  cJSON *line = entity_line(act, facts.entity, type, &id);
  add_to_list(line, "aliases", arena_dup(&act->arena, alias).ptr);
  if (!json_get(line, "name") && facts.name.len)
    cJSON_AddStringToObject(line, "name", arena_dup(&act->arena, facts.name).ptr);
  put_entity_line(act, line, id);
  act->message =
      arena_printf(&act->arena, STR_FMT " is also called " STR_FMT, STR_ARG(facts.name), STR_ARG(alias));
  return true;
}

bool act_join_entities(Act *act)
{
  EntityFacts facts, into = {0};
  uint8_t type, into_type = ENTITY_PER;
  Str wanted = str_trim(json_get_str(act->args, "into")), id;
  if (!wanted.len) return error_set(act->err, ERR_USAGE, "into is missing");
  if (!find_entity(act, &facts, &type)) return false;
  into_type = type;
  const SpanVec *spans = &act_found(act)->spans;
  for (size_t i = 0; i < spans->len && !into.entity.len; i++) {
    const Span *span = &spans->items[i];
    if (span->kind != SPAN_ENTITY ||
        !(str_eq(span->entity->entity, wanted) || str_eq(span->entity->name, wanted)))
      continue;
    into = *span->entity;
    into_type = span->type;
  }
  bool is_id = memchr(wanted.ptr, ':', wanted.len) != NULL;
  if (!into.entity.len && !is_id)
    return error_set(act->err, ERR_NOT_FOUND, "nobody called " STR_FMT " in this article", STR_ARG(wanted));
  Str called = str_trim(json_get_str(act->args, "name"));
  if (!into.entity.len) into = (EntityFacts){.entity = wanted, .name = called.len ? called : wanted};
  if (str_eq(into.entity, facts.entity)) return error_set(act->err, ERR_USAGE, "they are one already");
  cJSON *line = entity_line(act, into.entity, into_type, &id);
  add_to_list(line, "same", arena_dup(&act->arena, facts.entity).ptr);
  if (!json_get(line, "name")) cJSON_AddStringToObject(line, "name", arena_dup(&act->arena, into.name).ptr);
  put_entity_line(act, line, id);
  act->message =
      arena_printf(&act->arena, STR_FMT " and " STR_FMT " are one", STR_ARG(facts.name), STR_ARG(into.name));
  return true;
}

bool act_split_entity(Act *act)
{
  Spot spot;
  Str name = str_trim(json_get_str(act->args, "name"));
  if (!name.len) return error_set(act->err, ERR_USAGE, "name is missing");
  if (!act_find_spot(act, &spot)) return false;
  if (!spot.span || spot.span->kind != SPAN_ENTITY)
    return error_set(act->err, ERR_NOT_FOUND, "no person, organisation or place here");
  if (act_in_folder(act)) return error_set(act->err, ERR_USAGE, "scope is here or article");
  Str folded = utf8_fold_in(&act->arena, name), type = span_type_name(spot.span);
  Str entity = arena_printf(&act->arena, "name:" STR_FMT, STR_ARG(folded));
  Spots spots = {0};
  act_spots(act, &spot, &spots);
  for (size_t i = 0; i < spots.len; i++) {
    Spot one = spots.items[i];
    if (!one.span || one.span->kind != SPAN_ENTITY) continue;
    one.note = act_note_at(act, one.start, one.end, SPAN_ENTITY);
    Decision draft = act_draft(&one, VERDICT_MADE, SPAN_ENTITY, type);
    draft.name = name;
    draft.entity = entity;
    act_put(act, &one, draft);
  }
  act->message = arena_printf(&act->arena, "%zu × " STR_FMT ": " STR_FMT, act->count,
                              STR_ARG(act_words(act, &spot)), STR_ARG(name));
  vec_release(&spots);
  return true;
}
