// folderfacts: the folder's index as scripts may ask it. Any thread: one at a time, by a lock.
#pragma once

#include "script/hostfolder.h"

HostFolder folderfacts_new(void); // for one host, which frees it
