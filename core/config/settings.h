// settings: the values in force for an article, each with the place it came from.
// Layers, later ones over earlier ones: built in (plugin.toml) < the user's config.toml < the .newsmark.toml
// files of the article's folders, outermost first (`root = true` stops the way upwards) < the editor < the
// article's front matter. Files that are not there are normal. An unknown name, or a value that cannot be, is
// an issue and has no effect. Immutable once made; any thread.
#pragma once

#include "config/manifest.h"

#include <cjson/cJSON.h>

typedef enum SettingLayer {
  LAYER_BUILT_IN,
  LAYER_USER,
  LAYER_FOLDER,
  LAYER_EDITOR,
  LAYER_ARTICLE
} SettingLayer;

typedef struct SettingsSources { // what there is; all may be empty
  const char *user_file;         // config.toml
  const char *folder;  // where to look for .newsmark.toml, and upwards; absolute, or below the working folder
  const cJSON *editor; // an object: nested, or with dotted names; borrowed for the call
  Str front_matter;    // its lines; `newsmark: off`, `newsmark-lang: de`, `newsmark-<setting with - for .>:
                       // value`
  const char *article; // what to call the front matter's file in messages
} SettingsSources;

typedef struct Setting {
  Str name;
  SettingValue value;
  SettingLayer layer;
  Str file;    // empty: built in, or the editor
  size_t line; // 0: unknown
} Setting;

typedef struct Settings Settings;

// Never NULL. `manifest` is borrowed for the life of the result.
Settings *settings_new(const Manifest *manifest, const SettingsSources *sources);
void settings_free(Settings *self);

// The front matter of an article: the lines between a first line `---` and the next one; empty where there is
// none.
Str settings_front_matter(Str text);

// The setting called `name`; for a name under a pattern ("taggers.ships.enabled") NULL where no layer sets
// it.
const Setting *settings_find(const Settings *self, Str name);
// Its value; `otherwise` where settings_find() gives none or the type is another.
bool settings_bool(const Settings *self, const char *name, bool otherwise);
int64_t settings_int(const Settings *self, const char *name, int64_t otherwise);
Str settings_str(const Settings *self, const char *name); // empty where there is none
StrVec settings_list(const Settings *self, const char *name);

// All of them: the declared ones in plugin.toml's order, then those under patterns. Borrowed from `self`.
const Setting *settings_all(const Settings *self, size_t *count);
// Files read, in order of layer, and what was wrong in them. Borrowed from `self`.
const StrVec *settings_files(const Settings *self);
const ConfigIssueVec *settings_issues(const Settings *self);
const char *setting_layer_name(SettingLayer layer); // "folder"
