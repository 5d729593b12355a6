#include "server/docsettings.h"

#include "config/paths.h"

#include <stdlib.h>

#define MOST_FRONT_MATTER ((size_t)16 << 10)

// The front matter, in `arena`. What does not begin with a fence is not read further.
static Str front_matter(const Snapshot *text, Arena *arena)
{
  size_t len = snapshot_len(text);
  Str head = snapshot_read(text, 0, len < 6 ? len : 6, arena); // a byte order mark and a fence
  if (!str_starts(head, STR("---")) && !str_starts(head, STR("\xEF\xBB\xBF---"))) return (Str){"", 0};
  return settings_front_matter(
      snapshot_read(text, 0, len < MOST_FRONT_MATTER ? len : MOST_FRONT_MATTER, arena));
}

void docsettings_read(DocSettings *self, const SettingsFrom *from, cJSON *fresh, const char *path,
                      const Snapshot *text)
{
  if (!from->manifest) {
    cJSON_Delete(fresh);
    return;
  }
  Arena scratch = {0};
  Str front = front_matter(text, &scratch);
  uint64_t hash = str_hash(front);
  if (fresh) {
    cJSON_Delete(self->editor);
    self->editor = fresh;
  }
  if (!self->settings || fresh || self->front_hash != hash) {
    char *folder = *path ? path_dir(path) : NULL;
    settings_free(self->settings);
    self->settings = settings_new(from->manifest, &(SettingsSources){.user_file = from->user_file,
                                                                     .folder = folder ? folder : ".",
                                                                     .editor = self->editor,
                                                                     .front_matter = front,
                                                                     .article = path});
    self->front_hash = hash;
    self->reads++;
    free(folder);
  }
  self->serial = from->serial;
  arena_release(&scratch);
}

void docsettings_release(DocSettings *self)
{
  settings_free(self->settings);
  cJSON_Delete(self->editor);
  *self = (DocSettings){0};
}

bool docsettings_enabled(const DocSettings *self)
{
  return !self->settings || settings_bool(self->settings, "enabled", true);
}

bool docsettings_hints(const DocSettings *self)
{
  return self->settings && settings_bool(self->settings, "inlay_hints", false);
}

bool docsettings_doubts(const DocSettings *self)
{
  return self->settings && settings_bool(self->settings, "doubts", false);
}

void docsettings_apply(const DocSettings *self, ArticleInfo *info)
{
  if (!self->settings) return;
  Str lang = settings_str(self->settings, "language");
  if (lang.len) info->lang = lang_of(lang);
  info->dct = settings_str(self->settings, "date");
}
