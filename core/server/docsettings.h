// docsettings: what the settings say of an open document: whether it is annotated, in which language, of
// which day. Read again when its front matter, the editor's settings or a settings file changed; else that
// costs a look at the document's first line. One thread at a time: the document's job.
#pragma once

#include "annotate/pipeline.h"
#include "config/settings.h"

typedef struct SettingsFrom { // the loop thread's; a job has a copy
  const Manifest *manifest;   // borrowed; NULL: there are no settings
  const char *user_file;      // borrowed; NULL: none
  uint64_t serial;            // rises when the editor's settings or a file changed
} SettingsFrom;

typedef struct DocSettings { // zeroed: nothing read
  Settings *settings;
  cJSON *editor; // owned
  uint64_t serial, front_hash;
  uint64_t reads, told; // how often they were read, and which of these the client was told of
} DocSettings;

// `fresh` is the editor's layer where `from->serial` is new to `self`, else NULL; it is taken. `path` is
// empty where the document is no file.
void docsettings_read(DocSettings *self, const SettingsFrom *from, cJSON *fresh, const char *path,
                      const Snapshot *text);
void docsettings_release(DocSettings *self);
bool docsettings_enabled(const DocSettings *self);
bool docsettings_hints(const DocSettings *self);  // resolved dates as inlay hints
bool docsettings_doubts(const DocSettings *self); // open questions as diagnostics
// Language and day, where they are set. Borrowed from `self` until the next read.
void docsettings_apply(const DocSettings *self, ArticleInfo *info);
