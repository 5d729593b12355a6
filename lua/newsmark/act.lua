-- What the reader decides: each action is a command of the server (doc/protocol.md, "The reader's own marks"), said
-- about the selection, the text that an operator was given, or what is under the cursor. The server keeps it and
-- publishes the marks anew; here is only who asks it, with what, and what the reader is told.
local M = {}

local api = vim.api

-- What people call types, and the server's names.
local types = {
  person = "PER", org = "ORG", place = "LOC", date = "DATE", time = "TIME", duration = "DURATION", set = "SET",
  quote = "direct", quoted = "mixed", indirect = "indirect",
}
local type_order = { "person", "org", "place", "date", "time", "duration", "set", "quote", "quoted", "indirect" }
M.scopes = { "here", "article", "folder" }

local function say(text, level) vim.notify("newsmark: " .. text, level) end

--- The types there are by name, those of scripts behind ours.
---@return string[]
function M.types()
  return vim.list_extend(vim.deepcopy(type_order), require("newsmark.scripts").tag_ids())
end

-- --- places

local function document(buf) return { uri = vim.uri_from_bufnr(buf) } end

-- The place of a selection, whose ends are rows and byte columns, the last character's start among them.
local function place_between(buf, row, col, end_row, end_col, linewise)
  local last = api.nvim_buf_get_lines(buf, end_row, end_row + 1, true)[1]
  if linewise then
    col, end_col = 0, #last
  else
    local char = vim.fn.strpart(last, end_col):match("^[^\128-\191][\128-\191]*") or ""
    end_col = math.min(#last, end_col + math.max(1, #char))
  end
  local to = require("newsmark.position").encoder(buf)
  return { textDocument = document(buf), range = { start = to(row, col), ["end"] = to(end_row, end_col) } }
end

-- Between two marks of Vim: '[ and '], '< and '>.
local function place_of_marks(first, last, linewise)
  local from, to = api.nvim_buf_get_mark(0, first), api.nvim_buf_get_mark(0, last)
  return place_between(api.nvim_get_current_buf(), from[1] - 1, from[2], to[1] - 1, to[2], linewise)
end

local function place_here(kind)
  local buf, cursor = api.nvim_get_current_buf(), api.nvim_win_get_cursor(0)
  local to = require("newsmark.position").encoder(buf)
  return { textDocument = document(buf), position = to(cursor[1] - 1, cursor[2]), kind = kind }
end

-- --- asking the server

local function is_followed(uri)
  for _, state in pairs(require("newsmark.buffer").all()) do
    if state.uri == uri then return true end
  end
  return false
end

-- Run a command of the server; `done` gets its answer.
local function execute(command, argument, done)
  local clients = require("newsmark.client")
  local client = clients.client()
  if not client or not client.initialized then return say("the server does not run", vim.log.levels.WARN) end
  local uri = argument.textDocument.uri
  if not is_followed(uri) then
    local is_here = uri == vim.uri_from_bufnr(0)
    return say(is_here and "this buffer is not annotated" or "the article is closed", vim.log.levels.WARN)
  end
  local params = { command = "newsmark." .. command, arguments = { argument } }
  clients.request(client, "workspace/executeCommand", params, function(err, answer)
    if err then return say(err.message, vim.log.levels.WARN) end
    done(answer)
  end)
end

local function told(answer)
  if type(answer) == "table" and type(answer.message) == "string" then say(answer.message) end
end

--- Do it. What reaches further than one place is shown first, unless `bang`.
---@param command string "tag", "accept"
---@param argument table the place and what else the command takes
---@param options? {bang?: boolean, done?: fun()}
function M.act(command, argument, options)
  options = options or {}
  local function finish(answer)
    told(answer)
    if options.done then options.done() end
  end
  if not argument.scope or argument.scope == "here" or options.bang then return execute(command, argument, finish) end
  local asked = vim.tbl_extend("force", argument, { preview = true })
  execute(command, asked, function(answer)
    if answer.count == 0 then return say("there are no such words") end
    require("newsmark.preview").open(command, argument, answer, function() execute(command, argument, finish) end)
  end)
end

-- --- what is asked of the reader

local function choose_type(run)
  vim.ui.select(M.types(), { prompt = "Tag as", kind = "newsmark" }, function(choice)
    if choice then run(choice) end
  end)
end

local function ask_for(prompt, default, run)
  vim.ui.input({ prompt = prompt, default = default }, function(text)
    if text then run(text) end
  end)
end

-- The people of the article, likeliest first, as the server has them.
local function with_people(place, run)
  local clients = require("newsmark.client")
  local client = clients.client()
  if not client then return say("the server does not run", vim.log.levels.WARN) end
  local params = { textDocument = place.textDocument, position = place.position }
  clients.request(client, "newsmark/people", params, function(err, people)
    if err then return say(err.message, vim.log.levels.WARN) end
    run(people)
  end)
end

--- Their names, at once: for completion.
---@return string[]
function M.people_now()
  local params = { textDocument = document(api.nvim_get_current_buf()) }
  local people = require("newsmark.client").request_now("newsmark/people", params, 200)
  return vim.tbl_map(function(person) return person.name end, people or {})
end

local NOBODY, OTHER = "nobody", "another name …"

local function describe(person)
  if type(person) == "string" then return person end
  return ("%s  %d×"):format(person.name, person.mentions or 0)
end

-- Choose one of the article's people, or write a name, and go on with it: { name, entity?, mention? } or
-- { none = true }.
local function choose_person(place, what, run)
  with_people(place, function(people)
    local choices = vim.list_extend(vim.deepcopy(people), { NOBODY, OTHER })
    vim.ui.select(choices, { prompt = what, format_item = describe, kind = "newsmark" }, function(choice)
      if choice == NOBODY then
        run({ none = true })
      elseif choice == OTHER then
        ask_for(what .. ": ", nil, function(name) run({ name = name }) end)
      elseif choice then
        local mention = choice.range ~= vim.NIL and choice.range or nil
        local entity = choice.entity ~= vim.NIL and choice.entity or nil
        run({ name = choice.name, entity = entity, mention = mention })
      end
    end)
  end)
end

-- --- the actions

local actions = {}

local function with(place, more) return vim.tbl_extend("force", place, more) end

function actions.tag(place, given, options)
  local function go(name)
    given.type = name
    M.act("tag", with(place, { type = types[name] or name, name = given.name, value = given.value,
      scope = given.scope }), options)
  end
  if given.type then go(given.type) else choose_type(go) end
end

for _, command in ipairs({ "untag", "accept", "reject" }) do
  actions[command] = function(place, given, options) M.act(command, with(place, { scope = given.scope }), options) end
end

function actions.forget(place, _, options) M.act("forget", place, options) end

local function attribute(command, what)
  return function(place, given, options)
    place.kind = "quote"
    local function go(who)
      given.who = who
      M.act(command, with(place, who), options)
    end
    if given.who then
      -- Repeated elsewhere: the same one, but not that very mention.
      return go({ name = given.who.name, entity = given.who.entity, none = given.who.none })
    end
    if given.text == "-" then return go({ none = true }) end
    if given.text then return go({ name = given.text }) end
    choose_person(place, what, go)
  end
end
actions.speaker = attribute("setSpeaker", "Speaker")
actions.source = attribute("setSource", "Source")

-- An action with one line of text, which is asked for where it is not given.
local function with_text(command, member, prompt, default)
  return function(place, given, options)
    local function go(text)
      given.text = text
      M.act(command, with(place, { [member] = text, scope = given.scope }), options)
    end
    if given.text then return go(given.text) end
    ask_for(prompt, default and default() or nil, go)
  end
end

local function name_here()
  local who = require("newsmark.info").who(false)
  return who and who.name
end

local function note_here()
  for _, annotation in ipairs((require("newsmark.info").here())) do
    if type(annotation.note) == "string" then return annotation.note end
  end
end

actions.rename = with_text("renameEntity", "name", "Name: ", name_here)
actions.alias = with_text("addAlias", "alias", "Another name: ")
actions.split = with_text("splitEntity", "name", "Somebody else, called: ", name_here)
actions.note = with_text("note", "text", "Note: ", note_here)

-- Who in the folder is called so: their id and name, for an article in which they are not named.
local function find_in_folder(name, done)
  require("newsmark.folder").ask("entities", { name = name, limit = 20 }, function(answer)
    for _, row in ipairs(answer and answer.rows or {}) do
      if row.name:lower() == name:lower() then return done(row.entity, row.name) end
    end
    done(name)
  end)
end

-- Joining reaches all of the folder: the mentions there are shown first, if other articles have any.
local function join(argument, options)
  local who = require("newsmark.info").who(false)
  if options.bang or not who then return M.act("joinEntities", argument, options) end
  require("newsmark.folder").ask("mentions", { name = who.entity }, function(answer)
    local articles = {}
    for _, row in ipairs(answer and answer.rows or {}) do articles[row.uri] = true end
    local function run() M.act("joinEntities", argument, options) end
    if vim.tbl_count(articles) < 2 then return run() end
    local reached = { count = #answer.rows, articles = vim.tbl_count(articles), rows = answer.rows }
    require("newsmark.preview").open("joinEntities", argument, reached, run)
  end)
end

function actions.join(place, given, options)
  local function go(into, name)
    given.text, given.name = into, name
    join(with(place, { into = into, name = name }), options or {})
  end
  if given.text and given.name then return go(given.text, given.name) end
  if given.text then return find_in_folder(given.text, go) end
  choose_person(place, "The same as", function(who)
    if not who.none then go(who.entity or who.name, who.name) end
  end)
end

--- Do an action at a place.
---@param name string "tag", "speaker"
---@param place table
---@param given table what is known already; what is asked for is put in, for the next time
function M.at(name, place, given, options) actions[name](place, given, options) end

--- Do an action with what is under the cursor.
---@param name string
---@param given? table
---@param options? table
function M.here(name, given, options) M.at(name, place_here(), given or {}, options) end

--- Do an action with an annotation of this buffer.
---@param name string
---@param annotation table
---@param given? table
---@param options? table
function M.on(name, annotation, given, options)
  M.at(name, { textDocument = document(api.nvim_get_current_buf()), id = annotation.id }, given or {}, options)
end

--- Take the last action on this article back, or do it again.
---@param command "undo"|"redo"
function M.history(command) execute(command, { textDocument = document(api.nvim_get_current_buf()) }, told) end

--- Another command about this article as a whole; `silent`: without a word about it.
function M.about_article(command, more, done, silent)
  execute(command, with({ textDocument = document(api.nvim_get_current_buf()) }, more), function(answer)
    if not silent then told(answer) end
    if done then done(answer) end
  end)
end

-- --- operators

local pending -- the action of the last operator: { name, given }

--- 'operatorfunc'. With "." it comes again with the same `pending`, which by then knows what was chosen.
function M.operator(motion)
  M.at(pending.name, place_of_marks("[", "]", motion == "line"), pending.given)
end

--- For an action on what is under the cursor, which "." repeats elsewhere: the keys of such an operator.
function M.operator_here() M.at(pending.name, place_here(), pending.given) end

local function begin(func, name, given)
  pending = { name = name, given = given }
  vim.o.operatorfunc = "v:lua.require'newsmark.act'." .. func
end

--- The keys of an operator that waits for a motion, or takes the selection: for maps with "expr".
---@return string
function M.operate(name, given)
  begin("operator", name, vim.deepcopy(given or {}))
  return "g@"
end

--- The same for what is under the cursor.
---@return string
function M.operate_here(name, given)
  begin("operator_here", name, vim.deepcopy(given or {}))
  return "g@l"
end

-- --- the command line

-- "article name=Anna Berg" and so on: the scope, the name and the value out of words; the rest is text. A name or
-- value of several words ends at the next "key=" or at a scope.
local function parse(words)
  local given, rest, open = {}, {}, nil
  for _, word in ipairs(words) do
    local key, value = word:match("^(%l+)=(.*)$")
    if vim.tbl_contains(M.scopes, word) then
      given.scope, open = word, nil
    elseif key == "name" or key == "value" then
      given[key], open = value, key
    elseif open then
      given[open] = given[open] .. " " .. word
    else
      rest[#rest + 1] = word
    end
  end
  for _, key in ipairs({ "name", "value" }) do
    given[key] = given[key] and given[key]:gsub('^"(.*)"$', "%1") or nil
  end
  given.text = #rest > 0 and table.concat(rest, " ") or nil
  return given
end

-- All their words are the text: a name may hold any.
local takes_text = { speaker = true, source = true, note = true, rename = true, alias = true, join = true }

--- Run `:Newsmark {name} …`. A range means the text last selected.
---@param name string
---@param args table of the command
function M.command(name, args)
  local words = vim.list_slice(args.fargs, 2)
  local given
  if name == "tag" then
    given = parse(vim.list_slice(words, 2))
    given.type = words[1]
    if given.text then return say(("tag: %s is no scope"):format(given.text), vim.log.levels.ERROR) end
  elseif takes_text[name] then
    given = { text = #words > 0 and table.concat(words, " ") or nil }
  else
    given = parse(words)
    if given.text and name ~= "split" then
      return say(("%s: %s is no scope"):format(name, given.text), vim.log.levels.ERROR)
    end
  end
  local place
  if args.range == 2 then place = place_of_marks("<", ">", vim.fn.visualmode() == "V") else place = place_here() end
  M.at(name, place, given, { bang = args.bang })
end

return M
