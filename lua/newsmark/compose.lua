-- The lines of a listing: text with the colours in it, and which row a line tells of.
local M = {}

local dates = require("newsmark.dates")

local ns = vim.api.nvim_create_namespace("newsmark_listing")
local NUMBER_WIDTH = 5 -- of a line's number, with the space behind it
local CONTEXT_MOST = 60
local MOST_QUESTION = 34 -- columns; the words stand below each other behind it

local types = { PER = "person", ORG = "organisation", LOC = "place" }
local groups = { PER = "NewsmarkPerson", ORG = "NewsmarkOrg", LOC = "NewsmarkPlace" }

local function width(text) return vim.fn.strdisplaywidth(text) end

local function given(value) return value ~= vim.NIL and value ~= "" and value or nil end

-- What is left of `text` in `most` columns; cut at its head where `from_end`.
local function cut(text, most, from_end)
  local chars = vim.fn.strchars(text)
  if width(text) <= most then return text end
  while chars > 0 and width(text) > most - 1 do
    local excess = math.max(1, math.floor((width(text) - most + 1) / 2))
    chars = chars - excess
    text = from_end and vim.fn.strcharpart(text, excess) or vim.fn.strcharpart(text, 0, chars)
  end
  return from_end and "…" .. text or text .. "…"
end

local function pad(text, columns, right)
  local spaces = (" "):rep(math.max(0, columns - width(text)))
  return right and spaces .. text or text .. spaces
end

-- A line out of pieces: { text, group? }.
local function line_of(pieces, row)
  local line = { text = "", marks = {}, row = row }
  for _, piece in ipairs(pieces) do
    local text = piece[1]:gsub("[\r\n]+", " ")
    if piece[2] and text ~= "" then table.insert(line.marks, { #line.text, #line.text + #text, piece[2] }) end
    line.text = line.text .. text
  end
  line.text = line.text:gsub("%s+$", "")
  for _, mark in ipairs(line.marks) do mark[2] = math.min(mark[2], #line.text) end
  line.marks = vim.tbl_filter(function(mark) return mark[1] < mark[2] end, line.marks)
  return line
end

local function plural(count, one, many) return ("%d %s"):format(count, count == 1 and one or many) end

-- The day of an article, without the clock that its date may have. nil: it is not known.
local function day_of(row)
  local date = given(row.date)
  return date and date:sub(1, 10)
end

-- Day, title and path of an article; where they do not fit the title gives way, then the path's folders.
local function article_line(row, columns)
  local date = row.date ~= nil and pad(day_of(row) or "no date", 10) .. "  " or "" -- nil: no question's row
  local title, path = (given(row.title) or ""):gsub("^#+%s*", ""), row.path
  if title == "" or title == path then
    return line_of({ { date, "NewsmarkListDate" }, { cut(path, columns - width(date), true), "NewsmarkListTitle" } })
  end
  local room = columns - width(date) - 2
  path = cut(path, math.max(16, room - math.min(width(title), math.floor(room * 0.7))), true)
  title = cut(title, math.max(16, room - width(path)))
  return line_of({
    { date, "NewsmarkListDate" }, { title, "NewsmarkListTitle" }, { "  " }, { path, "NewsmarkListPath" },
  })
end

local function number_of(row)
  local number = type(row.range) == "table" and row.range.start.line + 1 or "?"
  return { pad(tostring(number), NUMBER_WIDTH - 1, true) .. " ", "NewsmarkListPath" }
end

local function articles_in(rows)
  local seen, count = {}, 0
  for _, row in ipairs(rows) do
    if row.uri and not seen[row.uri] then
      seen[row.uri] = true
      count = count + 1
    end
  end
  return count
end

-- Rows under the heading of their article, in the order that they came.
local function by_article(lines, rows, columns, make)
  local uri
  for number, row in ipairs(rows) do
    if row.uri ~= uri then
      lines[#lines + 1] = line_of({})
      lines[#lines + 1] = article_line(row, columns)
      uri = row.uri
    end
    lines[#lines + 1] = make(row, number)
  end
end

-- The words in a column of their own, with what stands around them; `before` is the most that stands in front.
local function in_context(row, number, columns, group, widest, before)
  local side = math.min(CONTEXT_MOST, math.floor((columns - NUMBER_WIDTH - widest - 2) / 2))
  side = math.min(math.max(side, 12), before)
  local left = cut(row.left or "", side, true)
  return line_of({
    number_of(row),
    { pad(left, side, true), "NewsmarkListContext" },
    { row.text, group },
    { cut(row.right or "", math.max(12, columns - NUMBER_WIDTH - side - width(row.text) - 1)), "NewsmarkListContext" },
  }, number)
end

local function widest_text(rows)
  local most = 0
  for _, row in ipairs(rows) do most = math.max(most, math.min(30, width(row.text))) end
  return most
end

-- The most that stands in front of the words of a row.
local function widest_before(rows)
  local most = 0
  for _, row in ipairs(rows) do most = math.max(most, width(row.left or "")) end
  return most
end

local make = {}

function make.mentions(lines, rows, columns)
  local widest, before = widest_text(rows), widest_before(rows)
  by_article(lines, rows, columns, function(row, number)
    local group = groups[row.type] or require("newsmark.colors").tag_group(row.type)
    return in_context(row, number, columns, group, widest, before)
  end)
end

function make.search(lines, rows, columns)
  local widest, before = widest_text(rows), widest_before(rows)
  by_article(lines, rows, columns, function(row, number)
    return in_context(row, number, columns, "NewsmarkListMatch", widest, before)
  end)
end

function make.quotes(lines, rows, columns)
  by_article(lines, rows, columns, function(row, number)
    local speaker = given(row.speaker)
    local source = given(row.source)
    return line_of({
      number_of(row),
      { speaker or "nobody known", speaker and "NewsmarkSpeaker" or "NewsmarkListPath" },
      { source and (" (by %s)"):format(source) or "", "NewsmarkSource" },
      { ": " },
      { row.text, speaker and "NewsmarkQuote" or "NewsmarkUnattributed" },
    }, number)
  end)
end

-- Which part of its month or year a date means: "early", "mid", "late"; nil: all of it.
local function part_of(value, begin, till)
  local first = value:match("^%d%d%d%d%-%d%d$") and value .. "-01" or value:match("^%d%d%d%d$") and value .. "-01-01"
  if not first or #begin ~= 10 or #till ~= 10 or begin:sub(1, #value) ~= value then return nil end
  local last = value .. (#value == 4 and "-12-28" or "-28") -- or later
  if begin == first then return till < last and "early" or nil end
  return till >= last and "late" or "mid"
end

-- What a date is in a column: days and their times as they are sorted, the rest in words.
local function when(row)
  local value, begin, till = given(row.value) or "", given(row.begin), given(row["until"])
  if begin == till and (begin or ""):match("^%d+%-%d%d%-%d%d$") and value:match("^P") then value = begin end -- "now"
  local day, time = value:match("^(%d%d%d%d%-%d%d%-%d%d)T?(.*)$")
  if (begin == nil) ~= (till == nil) and (not time or time == "") then
    return (begin and "since " or "until ") .. (day or dates.say(value):gsub(" of ", " "))
  elseif day then
    return ("%s %s%s"):format(day, dates.weekday_of(day):sub(1, 3), time == "" and "" or " " .. dates.time_of(time))
  elseif value:sub(1, 1) == "P" then
    return ("%s – %s"):format(begin or "?", till or "?")
  end
  local part = begin and part_of(value, begin, till)
  return (part and part .. " " or "") .. dates.say(value):gsub(" of ", " ")
end

-- The day that gives a date its place.
local function place_of(row) return given(row.begin) or given(row["until"]) end

-- The heading of a date: its year, month or day.
local function period(row, by)
  local begin = place_of(row)
  if not begin then return "No date known" end
  local year, month, day = begin:match("^(%-?%d+)%-?(%d*)%-?(%d*)")
  local is_year = (given(row.value) or ""):match("^%d%d%d%d$")
  if by == "year" or month == "" or is_year then return year end
  if by == "month" or day == "" then return (dates.say(year .. "-" .. month):gsub(" of ", " ")) end
  return dates.say(begin)
end

-- Years, unless all that is told of lies in fewer than three.
local function usual_period(rows)
  local first, last
  for _, row in ipairs(rows) do
    local year = tonumber((place_of(row) or ""):match("^%d%d%d%d"))
    if year then first, last = math.min(first or year, year), math.max(last or year, year) end
  end
  return first and last - first < 3 and "month" or "year"
end

-- The columns of a timeline: of the date, of the words before and around it, of the path (0: there is no
-- room for one).
local function timeline_columns(rows, columns)
  local date, path = 0, 0
  for _, row in ipairs(rows) do
    date = math.max(date, math.min(24, width(when(row))))
    path = math.max(path, math.min(32, width(row.path)))
  end
  if columns < 80 then date = math.min(14, date) end
  path = columns < 90 and 0 or math.min(path, math.floor(columns * 0.25))
  local around = columns - date - path - (path > 0 and 7 or 5)
  local before = math.min(40, math.max(8, math.floor((around - widest_text(rows)) / 2)))
  return { date = date, path = path, before = before, around = math.min(around, 2 * before + widest_text(rows)) }
end

function make.timeline(lines, rows, columns, listing)
  local by = listing.params.by or usual_period(rows)
  local fit = timeline_columns(rows, columns)
  local heading
  for number, row in ipairs(rows) do
    local now = period(row, by)
    if now ~= heading then
      lines[#lines + 1] = line_of({})
      lines[#lines + 1] = line_of({ { now, "NewsmarkListTitle" } })
      heading = now
    end
    local behind = fit.around - fit.before - width(row.text)
    lines[#lines + 1] = line_of({
      { "  " .. pad(cut(when(row), fit.date), fit.date) .. "  ", "NewsmarkListDate" },
      { pad(cut(row.left or "", fit.before, true), fit.before, true), "NewsmarkListContext" },
      { row.text, "NewsmarkDate" },
      { pad(cut(row.right or "", math.max(4, behind)), behind), "NewsmarkListContext" },
      { fit.path > 0 and "  " .. cut(row.path, fit.path, true) or "", "NewsmarkListPath" },
    }, number)
  end
end

local BESIDE_NAME = 42 -- columns of an entity's kind and counts, with the spaces between

-- The first and the last day of an entity's articles: in full, their years, or nothing, as there is room.
local function between_in(row, room)
  local first, last = given(row.first), given(row.last)
  if not first or room < 11 then return "" end
  if room < 23 then first, last = first:sub(1, 4), last:sub(1, 4) end
  return first == last and first or ("%s – %s"):format(first, last)
end

function make.entities(lines, rows, columns)
  local widest = 16
  for _, row in ipairs(rows) do widest = math.max(widest, math.min(30, width(row.name))) end
  widest = math.max(16, math.min(widest, columns - BESIDE_NAME - 11))
  local room = columns - BESIDE_NAME - widest
  lines[#lines + 1] = line_of({})
  lines[#lines + 1] = line_of({
    { pad("name", widest + 2) .. "kind          mentions articles quotes", "NewsmarkListPath" },
    { room >= 11 and "  between" or "", "NewsmarkListPath" },
  })
  for number, row in ipairs(rows) do
    local name = cut(row.name, widest)
    lines[#lines + 1] = line_of({
      { name, groups[row.type] },
      { (" "):rep(widest + 2 - width(name)) },
      { pad(types[row.type] or row.type, 14) },
      { ("%8d %8d %6s  "):format(row.mentions, row.articles, row.quotes > 0 and row.quotes or "") },
      { between_in(row, room), "NewsmarkListDate" },
    }, number)
  end
end

local verdict_words = { made = "made", accepted = "accepted", rejected = "rejected", noted = "note" }

-- What a person decided in an article: what has lost its place first.
function make.decisions(lines, rows)
  local heading
  for number, row in ipairs(rows) do
    local is_orphan = type(row.range) ~= "table"
    local now = is_orphan and "Without a place: the words are no longer found" or "In the article"
    if now ~= heading then
      lines[#lines + 1] = line_of({})
      lines[#lines + 1] = line_of({ { now, "NewsmarkListTitle" } })
      heading = now
    end
    local around = is_orphan and { row.left or "", row.right or "" } or { "", "" }
    lines[#lines + 1] = line_of({
      number_of(row),
      { pad(verdict_words[row.verdict] or row.verdict, 9), row.verdict == "rejected" and "NewsmarkListPath" or nil },
      { pad(types[row.type] or row.type, 13) },
      { cut(around[1], 30, true), "NewsmarkListContext" },
      { row.text, groups[row.type] or "NewsmarkListMatch" },
      { cut(around[2], 30), "NewsmarkListContext" },
      { given(row.name) and row.name ~= row.text and " = " .. row.name or "" },
      { given(row.why) and "  " .. row.why or "", "NewsmarkListPath" },
      { given(row.note) and "  ✎ " .. row.note or "", "NewsmarkHint" },
    }, number)
  end
end

function make.doubts(lines, rows)
  local most = 0
  for _, row in ipairs(rows) do most = math.max(most, math.min(width(row.question), MOST_QUESTION)) end
  lines[#lines + 1] = line_of({})
  for number, row in ipairs(rows) do
    lines[#lines + 1] = line_of({
      number_of(row), { pad(row.question, most + 2), "NewsmarkListTitle" },
      { row.text, row.kind == "quote" and "NewsmarkQuote" or groups[row.type] or "NewsmarkDate" },
    }, number)
  end
  lines[#lines + 1] = line_of({})
  lines[#lines + 1] = line_of({
    { "a right   x wrong   s who said it   t it is a …   n name in full   u undo   <CR> go there",
      "NewsmarkListPath" },
  })
end

local states = { unread = "unread", work = "in work", done = "done" }

function make.articles(lines, rows)
  lines[#lines + 1] = line_of({})
  for number, row in ipairs(rows) do
    lines[#lines + 1] = line_of({
      { pad(states[row.state] or row.state, 9), row.state == "done" and "NewsmarkListPath" or "NewsmarkListTitle" },
      { ("%5d reviewed  "):format(row.reviewed or 0), "NewsmarkListPath" },
      { row.path, row.state == "done" and "NewsmarkListPath" or nil },
      { (row.orphans or 0) > 0 and ("  %s"):format(plural(row.orphans, "orphan", "orphans")) or "", "WarningMsg" },
    }, number)
  end
end

local function milliseconds(us) return us and ("%.1f"):format(us / 1000) or "-" end

function make.scripts(lines, rows)
  lines[#lines + 1] = line_of({})
  lines[#lines + 1] = line_of({
    { "script          from     state      articles  tags   p50 ms  p99 ms  budget ms", "NewsmarkListPath" },
  })
  local looks = { running = "NewsmarkListDate", untrusted = "WarningMsg" }
  for number, row in ipairs(rows) do
    lines[#lines + 1] = line_of({
      { pad(cut(row.id, 15), 16), "NewsmarkListTitle" },
      { pad(row.origin, 9) },
      { pad(row.state, 11), looks[row.state] or "ErrorMsg" },
      { ("%8d %5d %8s %7s %9s"):format(row.articles, row.spans, milliseconds(row.p50Us), milliseconds(row.p99Us),
        row.budget and row.budget.documentMs or "-") },
    }, number)
    if type(row.error) == "table" then
      local place = row.error.line > 0 and ("line %d: "):format(row.error.line) or ""
      lines[#lines + 1] = line_of({ { "    " .. place .. row.error.text, "ErrorMsg" } }, number)
    end
  end
end

local function count_of_all(kind, rows)
  if kind == "entities" then return plural(#rows, "name", "names") end
  if kind == "articles" then return plural(#rows, "article", "articles") end
  if kind == "decisions" then return plural(#rows, "decision", "decisions") end
  if kind == "doubts" then return plural(#rows, "question", "questions") end
  if kind == "scripts" then return plural(#rows, "script", "scripts") end
  local nouns = { mentions = { "mention", "mentions" }, quotes = { "quotation", "quotations" },
    timeline = { "date", "dates" }, search = { "article", "articles" } }
  local count = plural(#rows, nouns[kind][1], nouns[kind][2])
  return kind == "search" and count or ("%s in %s"):format(count, plural(articles_in(rows), "article", "articles"))
end

-- `more`: these are the first ones.
local function count_of(kind, rows, more)
  if more then return "the first " .. count_of_all(kind, rows) .. ", m shows more" end
  return count_of_all(kind, rows)
end

local titles = {
  entities = "Names", mentions = "Mentions", quotes = "Quotations", timeline = "Timeline", search = "Search",
  articles = "Articles", decisions = "What people decided", doubts = "Open", scripts = "Scripts",
}

local function title_of(listing)
  if listing.kind == "articles" and not listing.params.state then return "Articles worked on" end
  return titles[listing.kind]
end

local function head(listing, rows, trouble)
  local name = listing.label or listing.params.name
  local words = listing.params.words
  local pieces = { { title_of(listing), "NewsmarkListTitle" } }
  if name then
    local link = listing.kind == "quotes" and " by " or " of "
    vim.list_extend(pieces, { { link }, { name, "NewsmarkListTitle" } })
  end
  if words then
    vim.list_extend(pieces, { { listing.kind == "search" and " for " or " with " }, { words, "NewsmarkListMatch" } })
  end
  for _, key in ipairs({ "type", "from", "until", "state" }) do
    if listing.params[key] then pieces[#pieces + 1] = { (" %s %s"):format(key, listing.params[key]) } end
  end
  if not trouble or #rows > 0 then
    pieces[#pieces + 1] = { " · " .. count_of(listing.kind, rows, listing.more), "NewsmarkListPath" }
  end
  if trouble then
    pieces[#pieces + 1] = { " · " .. trouble, "WarningMsg" }
  elseif listing.ready == false then
    pieces[#pieces + 1] = { " · the folder is still being read", "NewsmarkListPath" }
  end
  return line_of(pieces)
end

--- The lines of a listing whose rows are in `pending`.
---@param listing newsmark.Listing
---@param columns integer of its window
---@param trouble? string
---@return {text: string, marks: {[1]: integer, [2]: integer, [3]: string}[], row?: integer}[]
function M.lines(listing, columns, trouble)
  local rows = listing.pending
  local lines = { head(listing, rows, trouble) }
  if #rows > 0 then make[listing.kind](lines, rows, columns, listing) end
  return lines
end

--- The lines of what an action would reach, words in context under their articles.
---@param rows table[]
---@param columns integer
---@param title string
---@param count integer how many there are in all
function M.preview(rows, columns, title, count)
  local lines = {
    line_of({ { title, "NewsmarkListTitle" } }), line_of({ { "y does it, n leaves it", "NewsmarkListPath" } }),
  }
  local widest, before = widest_text(rows), widest_before(rows)
  by_article(lines, rows, columns, function(row, number)
    return in_context(row, number, columns, "NewsmarkListMatch", widest, before)
  end)
  local rest = count - #rows
  if rest > 0 then lines[#lines + 1] = line_of({ { ("… and %d more"):format(rest), "NewsmarkListPath" } }) end
  return lines
end

--- Put composed lines into a buffer.
function M.put(buf, lines)
  vim.bo[buf].modifiable = true
  vim.api.nvim_buf_set_lines(buf, 0, -1, true, vim.tbl_map(function(line) return line.text end, lines))
  vim.bo[buf].modifiable = false
  vim.api.nvim_buf_clear_namespace(buf, ns, 0, -1)
  for number, line in ipairs(lines) do
    for _, mark in ipairs(line.marks) do
      vim.api.nvim_buf_set_extmark(buf, ns, number - 1, mark[1], { end_col = mark[2], hl_group = mark[3] })
    end
  end
end

--- A row on one line, without colours: for the quickfix list.
---@return string
function M.plain(row, kind)
  local date = day_of(row) or ""
  if kind == "quotes" then return ("%s %s: %s"):format(date, given(row.speaker) or "nobody known", row.text) end
  if kind == "doubts" then return ("%s %s"):format(row.question, row.text) end
  if kind == "timeline" then return ("%s: %s%s%s"):format(when(row), row.left or "", row.text, row.right or "") end
  return ("%s %s[%s]%s"):format(date, row.left or "", row.text, row.right or "")
end

return M
