// manifest: plugin.toml: what newsmark is, its tag types, settings, grammars and taggers. The one place of
// these facts. Read once at the start and constant from then on: any thread. A copy is compiled in, so that a
// broken or missing file costs its message only.
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "config/toml.h"

// A fault in a file that people write. The program goes on.
typedef struct ConfigIssue {
  Str file;            // path
  size_t line, column; // from 1; 0: the file as a whole
  Str text;            // one sentence: what is wrong and what to do
} ConfigIssue;
typedef VEC_OF(ConfigIssue) ConfigIssueVec; // in an arena

typedef VEC_OF(Str) StrVec; // in an arena

typedef struct NamedText {
  Str name, text;
} NamedText;
typedef VEC_OF(NamedText) NamedTextVec; // in an arena

typedef struct TagType {
  Str id;         // "person"
  Str label;      // for people: "Person"
  Str parent;     // "entity"; empty: none
  Str kind, type; // the annotations it stands for ("entity", "PER"); empty: a part, or a script's
  Str token_standard, token_native; // semantic token types of LSP
  Str link;                         // highlight group of Neovim and Vim
  Str style;            // underline, underdouble, underdotted, underdashed, undercurl, background, bold, none
  Str light, dark, cvd; // "#RRGGBB" on light and dark ground, and for colour-blind eyes; empty: none
  Str key;              // the key that tags it; empty: none
  Str symbol;           // LSP symbol kind by name: "Class"; see tag_symbol()
  bool sensitive;       // not to be shown where others look (lists, exports) unless asked for
  StrVec fields;        // what a script may say of it beside its value
  NamedTextVec exports; // name in other formats: {"conll", "PER"}
} TagType;
typedef VEC_OF(TagType) TagTypeVec;

typedef enum SettingType { SETTING_BOOL, SETTING_INTEGER, SETTING_STRING, SETTING_LIST } SettingType;

typedef struct SettingValue {
  SettingType type;
  bool boolean;
  int64_t integer;
  Str string;
  StrVec list; // of strings
} SettingValue;

typedef struct SettingDecl {
  Str name; // "highlight.mode"; a `*` stands for one segment: "taggers.*.enabled"
  Str description;
  SettingValue otherwise; // the default; its type is the setting's
  StrVec choices;         // the strings allowed; empty: any
  int64_t minimum;        // of a whole number
  bool user_only;         // a folder's file and an article may not set it
  size_t line;            // in plugin.toml
} SettingDecl;
typedef VEC_OF(SettingDecl) SettingDeclVec;

typedef struct Budget { // of one tagger
  uint32_t live_ms;     // an article after a key
  uint32_t document_ms; // an article from scratch
  uint32_t memory_mb;
  uint32_t spans; // in an article
} Budget;

typedef struct TaggerDecl {
  Str id, script; // "weapons", "taggers/weapons.lua" in the data folder
  int64_t api;
  bool enabled; // unless settings say otherwise
  StrVec languages, tags;
  StrVec data; // permission: the files it may read, in the data folder
  Budget budget;
} TaggerDecl;
typedef VEC_OF(TaggerDecl) TaggerDeclVec;

typedef struct GrammarDecl {
  Str name, path, queries;
  int64_t abi;
} GrammarDecl;
typedef VEC_OF(GrammarDecl) GrammarDeclVec;

typedef struct Manifest {
  Str id, name, version, description, license, homepage;
  StrVec keywords;
  Str core_binary, core_minimum;
  StrVec core_args;
  int64_t protocol;                    // of the newsmark/* messages
  StrVec languages, extensions, roots; // activation: file types, file endings, marks of a folder
  GrammarDeclVec grammars;
  TagTypeVec tags; // in the file's order; "custom" stands for a script's tag that says nothing
  SettingDeclVec settings;
  TaggerDeclVec taggers;
  Str path; // where it was read; empty: the copy compiled in
  ConfigIssueVec issues;
  Map tag_ids, setting_names; // to indices
  Arena arena;                // owns all of the above
} Manifest;

// Read `path` (NULL: the copy compiled in). Never NULL: where the file cannot be used *err has the sentence
// (else code ERR_NONE) and the copy stands in; a single bad entry is an issue and left out. The caller owns
// the result.
Manifest *manifest_new(const char *path, Error *err);
// The manifest in `text`, for tests. NULL with *err: no TOML, or no schema and version that we know.
Manifest *manifest_parse(Str text, const char *path, Error *err);
void manifest_free(Manifest *self);

const TagType *manifest_tag(const Manifest *self, Str id); // NULL where there is none
// The tag type of annotations of `kind` and `type` ("entity", "PER"; quotations of any type have one); NULL:
// none.
const TagType *manifest_tag_of(const Manifest *self, Str kind, Str type);
// The declaration that `name` falls under, patterns included; NULL: unknown.
const SettingDecl *manifest_setting(const Manifest *self, Str name);
const TaggerDecl *manifest_tagger(const Manifest *self, Str id);

Budget budget_default(void);
bool tag_colour_ok(Str colour); // "#RRGGBB"
bool tag_style_ok(Str style);
int tag_symbol(Str name); // LSP's number of the symbol kind: "Class" is 5; 0: there is no such kind
void config_issue_add(ConfigIssueVec *issues, Arena *arena, Str file, size_t line, size_t column,
                      const char *format, ...) __attribute__((format(printf, 6, 7)));
// The setting value that `toml` holds, for a setting of `type`. False where it is of another type.
bool setting_value_of(const Toml *toml, SettingType type, Arena *arena, SettingValue *out);
const char *setting_type_name(SettingType type); // "a whole number"
