-- prelude: what of the script host is clearer in Lua than in C. Runs in every tagger's own state, before the tagger, and is
-- called with the host's functions: `core.api` is the module "newsmark" as scripts see it, here it is completed.
-- newsmark.tagger{…} checks what the script declares and copies it into a plain form that the script can no longer reach;
-- the function returned by this file hands that form to the host.
-- Messages carry no place of their own: newsmark.tagger raises them at the line of the script that called it.
local core = ...
local newsmark = core.api
local declared

local function fail(format, ...) error(format:format(...), 0) end

local function is_array(t)
  local count = 0
  for _ in pairs(t) do count = count + 1 end
  return count == #t
end

local function check_type(value, wanted, name)
  local got = type(value)
  if wanted == "array" then
    if got ~= "table" or not is_array(value) then fail("%s should be a list, not %s", name, got) end
  elseif wanted == "integer" then
    if math.type(value) ~= "integer" then fail("%s should be a whole number", name) end
  elseif wanted == "string or function" then
    if got ~= "string" and got ~= "function" then fail("%s should be a string or a function, not %s", name, got) end
  elseif got ~= wanted then
    fail("%s should be a %s, not %s", name, wanted, got)
  end
  return value
end

-- A name from the list `known` that is like `name`: the same letters but for one or two.
local function similar(name, known)
  local function count(s)
    local letters = {}
    for i = 1, #s do letters[s:byte(i)] = (letters[s:byte(i)] or 0) + 1 end
    return letters
  end
  local have = count(name)
  for _, candidate in ipairs(known) do
    local off = 0
    local want = count(candidate)
    for letter, n in pairs(want) do off = off + math.abs(n - (have[letter] or 0)) end
    for letter, n in pairs(have) do if not want[letter] then off = off + n end end
    if off <= 2 then return candidate end
  end
end

-- Read the members of `t` as `fields` says ({name = type}); anything else is a mistake, most often of spelling.
local function read(t, fields, where)
  check_type(t, "table", where)
  local known, out = {}, {}
  for name in pairs(fields) do known[#known + 1] = name end
  table.sort(known)
  for name, value in pairs(t) do
    local wanted = fields[name]
    if not wanted then
      local hint = type(name) == "string" and similar(name, known)
      fail("%s: unknown field %q%s", where, tostring(name),
        hint and (" (did you mean %q?)"):format(hint) or "; known: " .. table.concat(known, ", "))
    end
    out[name] = check_type(value, wanted, where .. "." .. name)
  end
  return out
end

local function read_strings(t, where)
  local out = {}
  for i, value in ipairs(check_type(t, "array", where)) do
    out[i] = check_type(value, "string", ("%s[%d]"):format(where, i))
  end
  return out
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local TAG = { label = "string", parent = "string", style = "string", light = "string", dark = "string", cvd = "string",
  link = "string", key = "string", symbol = "string", sensitive = "boolean", fields = "array" }
local LIST = { tag = "string", words = "array", file = "string", case = "string", whole = "boolean",
  value = "string or function", near = "array", languages = "array" }
local PATTERN = { tag = "string", re = "string", group = "integer", check = "function", value = "string or function",
  near = "array", languages = "array" }

local function read_tags(tags)
  check_type(tags, "table", "tags")
  local out = {}
  for id in pairs(tags) do
    if type(id) ~= "string" or not id:find("^%l[%w_-]*$") then
      fail("tags: %q is no name for a tag; use small letters, digits, - and _", tostring(id))
    end
  end
  for i, id in ipairs(sorted_keys(tags)) do
    local tag = read(tags[id], TAG, "tags." .. id)
    tag.id = id
    tag.fields = read_strings(tag.fields or {}, "tags." .. id .. ".fields")
    out[i] = tag
  end
  if #out == 0 then fail("tags: a tagger declares at least one tag") end
  return out
end

local function check_tag(tags, item, where)
  if not item.tag then fail("%s needs a tag", where) end
  if not tags[item.tag] then
    fail("%s: tag %q is not declared in tags (%s)", where, item.tag, table.concat(sorted_keys(tags), ", "))
  end
end

local function read_list(tags, list, where)
  local out = read(list, LIST, where)
  check_tag(tags, out, where)
  if not out.words == not out.file then fail("%s needs either words or file", where) end
  if out.case and out.case ~= "exact" and out.case ~= "fold" then
    fail('%s.case should be "exact" or "fold", not %q', where, out.case)
  end
  out.fold = out.case == "fold"
  out.whole = out.whole ~= false
  out.words = out.file and core.read_words(out.file) or read_strings(out.words, where .. ".words")
  out.near = read_strings(out.near or {}, where .. ".near")
  out.languages = read_strings(out.languages or {}, where .. ".languages")
  return out
end

local function read_pattern(tags, pattern, where)
  local out = read(pattern, PATTERN, where)
  check_tag(tags, out, where)
  if not out.re then fail("%s needs re, a regular expression", where) end
  out.group = out.group or 0
  if out.group < 0 then fail("%s.group should be 0 or more", where) end
  out.near = read_strings(out.near or {}, where .. ".near")
  out.languages = read_strings(out.languages or {}, where .. ".languages")
  return out
end

local function read_test(test, where)
  if type(test) == "string" then return { text = test } end
  check_type(test, "table", where)
  local text = test.text or test[1]
  if not text == not test.none then
    fail('%s should be a string with marks, { "…", lang = "sv" } or { none = "…" }', where)
  end
  return { text = check_type(text or test.none, "string", where), none = test.none ~= nil,
    lang = test.lang and check_type(test.lang, "string", where .. ".lang") }
end

local function read_all(items, reader, where)
  local out = {}
  for i, item in ipairs(check_type(items or {}, "array", where)) do out[i] = reader(item, ("%s[%d]"):format(where, i)) end
  return out
end

local function read_tagger(t)
  check_type(t, "table", "newsmark.tagger's argument")
  local known = { "api", "name", "tags", "languages", "triggers", "lists", "patterns", "scan", "filter", "filter_tags",
    "tests" }
  local is_known = {}
  for _, name in ipairs(known) do is_known[name] = true end
  for name, value in pairs(t) do
    if not is_known[name] and type(value) ~= "function" then -- functions may be kept here for others to call
      local hint = type(name) == "string" and similar(name, known)
      fail("unknown field %q%s", tostring(name),
        hint and (" (did you mean %q?)"):format(hint) or "; known: " .. table.concat(known, ", "))
    end
  end
  if t.api ~= 1 then fail("api should be 1: the version of the interface that the script is written for") end
  local tags = t.tags or {}
  return {
    name = check_type(t.name, "string", "name"),
    tags = read_tags(tags),
    languages = read_strings(t.languages or {}, "languages"),
    triggers = read_strings(t.triggers or {}, "triggers"),
    lists = read_all(t.lists, function(list, where) return read_list(tags, list, where) end, "lists"),
    patterns = read_all(t.patterns, function(p, where) return read_pattern(tags, p, where) end, "patterns"),
    scan = t.scan and check_type(t.scan, "function", "scan"),
    filter = t.filter and check_type(t.filter, "function", "filter"),
    filter_tags = read_strings(t.filter_tags or {}, "filter_tags"),
    tests = read_all(t.tests, read_test, "tests"),
  }
end

function newsmark.tagger(t)
  local ok, result = pcall(read_tagger, t)
  if not ok then error(result, 2) end
  if declared then error("newsmark.tagger was called twice: one file is one tagger", 2) end
  declared = result
  return t
end

function newsmark.sentences(doc)
  local sentences, i = doc.sentences, 0
  return function()
    i = i + 1
    return sentences[i]
  end
end

-- The handler runs once the stack is unwound: in the original it would run where no budget holds.
function xpcall(f, handler, ...)
  local function finish(ok, ...)
    if ok then return true, ... end
    return false, select(2, pcall(handler, ...))
  end
  return finish(pcall(f, ...))
end

function coroutine.wrap(f)
  local co = coroutine.create(f)
  local function finish(ok, ...)
    if ok then return ... end
    error((...), 0)
  end
  return function(...) return finish(coroutine.resume(co, ...)) end
end

function require(name)
  if name == "newsmark" then return newsmark end
  error(("there is no module %q: a tagger has \"newsmark\" alone"):format(tostring(name)), 2)
end

return function() return declared end
