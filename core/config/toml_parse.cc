// The only C++ of newsmark: toml++ (MIT) parses, and its tree is copied into plain C values. toml++ keeps
// tables sorted by name, so members are put back into the order of the file. No exception leaves this file.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

extern "C" {
#include "config/toml.h"
}

namespace
{

Str copy_text(std::string_view text, Arena *arena)
{
  return arena_dup(arena, Str{text.data(), text.size()});
}

Toml *copy_node(const toml::node &node, Arena *arena);

bool stands_before(const Toml *a, const Toml *b)
{
  return a->line != b->line ? a->line < b->line : a->column < b->column;
}

const Toml *chain(const std::vector<Toml *> &members)
{
  for (size_t i = 0; i + 1 < members.size(); i++) members[i]->next = members[i + 1];
  return members.empty() ? nullptr : members.front();
}

const Toml *copy_table(const toml::table &table, Arena *arena)
{
  std::vector<Toml *> members;
  for (auto &&[key, value] : table) {
    Toml *member = copy_node(value, arena);
    member->key = copy_text(key.str(), arena);
    if (key.source().begin.line) { // the key's place: where a reader looks
      member->line = key.source().begin.line;
      member->column = key.source().begin.column;
    }
    members.push_back(member);
  }
  std::stable_sort(members.begin(), members.end(), stands_before);
  return chain(members);
}

const Toml *copy_array(const toml::array &array, Arena *arena)
{
  std::vector<Toml *> members;
  for (auto &&value : array) members.push_back(copy_node(value, arena));
  return chain(members);
}

Toml *copy_node(const toml::node &node, Arena *arena)
{
  auto *out = static_cast<Toml *>(arena_zalloc(arena, sizeof(Toml)));
  out->line = node.source().begin.line;
  out->column = node.source().begin.column;
  out->type = TOML_MOMENT;
  if (const auto *text = node.as_string()) {
    out->type = TOML_STRING;
    out->string = copy_text(text->get(), arena);
  } else if (const auto *integer = node.as_integer()) {
    out->type = TOML_INTEGER;
    out->integer = integer->get();
    out->real = static_cast<double>(integer->get());
  } else if (const auto *real = node.as_floating_point()) {
    out->type = TOML_REAL;
    out->real = real->get();
  } else if (const auto *boolean = node.as_boolean()) {
    out->type = TOML_BOOL;
    out->boolean = boolean->get();
  } else if (const auto *array = node.as_array()) {
    out->type = TOML_ARRAY;
    out->first = copy_array(*array, arena);
  } else if (const auto *table = node.as_table()) {
    out->type = TOML_TABLE;
    out->first = copy_table(*table, arena);
  }
  return out;
}

} // namespace

extern "C" const Toml *toml_parse(Str text, const char *name, Arena *arena, Error *err)
{
  if (text.len > TOML_MAX_BYTES) {
    error_set(err, ERR_LIMIT, "%s: larger than 1 MB: no configuration file", name);
    return nullptr;
  }
  try {
    toml::table root = toml::parse(std::string_view(text.ptr ? text.ptr : "", text.len));
    return copy_node(root, arena);
  } catch (const toml::parse_error &e) {
    const std::string_view why = e.description();
    error_set(err, ERR_FORMAT, "%s:%u:%u: %.*s", name, static_cast<unsigned>(e.source().begin.line),
              static_cast<unsigned>(e.source().begin.column), static_cast<int>(why.size()), why.data());
  } catch (const std::bad_alloc &) {
    error_set(err, ERR_LIMIT, "%s: too large to read", name);
  } catch (...) {
    error_set(err, ERR_FORMAT, "%s: not a TOML file", name);
  }
  return nullptr;
}
